import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { RecordingError } from '../../src/adapters/recording/format.ts'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { RecordingWriter } from '../../src/adapters/recording/writer.ts'
import { checkRecording } from '../../src/app/record/check.ts'
import type { RecordingEntry, RecordingMeta } from '../../src/core/recording.ts'
import type { Facts } from '../../src/core/types.ts'
import { temporaryFolder } from '../support/temporary.ts'
import { address, checkpoint, header, page } from './store-things.ts'

const META: RecordingMeta = {
  chain: 'local',
  chainId: 31337,
  blockTimeS: 2,
  markets: [{ name: 'aave', protocol: 'aave-v3', addressesProvider: address(9), rules: 'auto', priceReadsS: 60 }],
  source: 'node',
  version: 'test',
}

/** The bloom is not kept: it only saves requests of a live feed. */
const bare = (facts: Facts): Facts => ({ ...facts, block: { ...facts.block, logsBloom: `0x${'00'.repeat(256)}` } })
const pageEntry = (number: bigint, derived = 1): RecordingEntry => ({
  kind: 'page',
  facts: bare(page(number)),
  derived,
})

const few = (): RecordingEntry[] => [
  { kind: 'state', market: 'aave', state: { ...checkpoint({ ...header(9n), logsBloom: `0x${'00'.repeat(256)}` }) } },
  pageEntry(10n),
  { kind: 'gap', from: 11n, to: 19n },
  pageEntry(20n, 0),
  { kind: 'proof', market: 'aave', block: 20n, checked: 7, mismatched: 0 },
  pageEntry(21n),
]

describe('a recording', () => {
  const folder = temporaryFolder('recording')
  let files = 0
  const fresh = (): string => join(folder, `${files++}.plimsoll`)

  /** Flushed after the entries of these numbers, so that there are several frames. */
  function written(entries: readonly RecordingEntry[], flushAfter: readonly number[] = [2]): string {
    const path = fresh()
    const writer = RecordingWriter.create(path, META)
    for (const [i, entry] of entries.entries()) {
      writer.append(entry)
      if (flushAfter.includes(i)) writer.flush()
    }
    writer.finish()
    writer.close()
    return path
  }

  function readAll(path: string): RecordingEntry[] {
    const recording = openRecording(path)
    try {
      return [...recording.entries()].map((entry) => {
        if (entry.kind !== 'state') return entry
        const { block, accounts, cells } = entry.state
        return { ...entry, state: { block, accounts: [...accounts], cells: [...cells] } }
      })
    } finally {
      recording.close()
    }
  }

  const faultOf = (work: () => unknown): RecordingError => {
    try {
      work()
    } catch (error) {
      expect(error).to.be.instanceOf(RecordingError)
      return error as RecordingError
    }
    throw new Error('nothing was refused')
  }

  it('gives back what was put in, whatever it is', () => {
    const entries = fc.array(
      fc.record({ step: fc.bigInt(1n, 50n), gap: fc.boolean(), proof: fc.boolean(), derived: fc.nat(2) }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(entries, fc.array(fc.nat(60), { maxLength: 5 }), (steps, flushAfter) => {
        let block = 9n
        const put: RecordingEntry[] = [few()[0] as RecordingEntry]
        for (const { step, gap, proof, derived } of steps) {
          if (gap && step > 1n) put.push({ kind: 'gap', from: block + 1n, to: block + step - 1n })
          block += step
          put.push(pageEntry(block, derived))
          if (proof) put.push({ kind: 'proof', market: 'aave', block, checked: Number(step), mismatched: derived })
        }
        expect(readAll(written(put, flushAfter))).to.deep.equal(put)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused whichever byte is altered, with the place named', () => {
    const path = written(few())
    const good = readFileSync(path)
    const other = fresh()
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good)
      bad[at] = (bad[at] as number) ^ 0x10
      writeFileSync(other, bad)
      const { code, what } = faultOf(() => checkRecording(other))
      expect(code, `byte ${at}`).to.match(/^(RECORDING_DAMAGED|RECORDING_VERSION|NO_RECORDING)$/)
      if (code === 'RECORDING_DAMAGED') expect(what, `byte ${at}`).to.match(/after block \d+|first page|beginning/)
    }
  })

  it('is refused wherever it is cut, also between two frames', () => {
    const path = written(few(), [0, 1, 2, 3, 4])
    const good = readFileSync(path)
    const other = fresh()
    const codes = new Set<string>()
    for (let length = 0; length < good.length; length++) {
      writeFileSync(other, good.subarray(0, length))
      codes.add(faultOf(() => checkRecording(other)).code)
    }
    expect([...codes].sort()).to.include.members(['RECORDING_DAMAGED', 'RECORDING_UNFINISHED'])
  })

  it('names the page before the damage', () => {
    const path = written(few(), [0, 1, 2, 3, 4])
    const good = readFileSync(path)
    good[good.length - 70] = (good[good.length - 70] as number) ^ 1
    writeFileSync(path, good)
    expect(faultOf(() => checkRecording(path)).what).to.contain('after block 2')
  })

  it('goes on after whatever a crash left, and ends as if nothing had been', () => {
    const entries = few()
    const whole = written(entries, [2])
    const good = readFileSync(whole)
    for (let length = good.length - 1; length > 0; length--) {
      const path = fresh()
      writeFileSync(path, good.subarray(0, length))
      let kept = 0
      let resumed: ReturnType<typeof RecordingWriter.resume>
      try {
        resumed = RecordingWriter.resume(path, () => kept++)
      } catch (error) {
        // Not even the beginning is there: nothing to go on from.
        expect(error).to.be.instanceOf(RecordingError)
        continue
      }
      for (const entry of entries.slice(kept)) resumed.writer.append(entry)
      resumed.writer.finish()
      resumed.writer.close()
      expect(readAll(path), `cut at ${length}`).to.deep.equal(entries)
      expect(checkRecording(path).digest).to.equal(checkRecording(whole).digest)
    }
  })

  it('does not go on behind damage in its middle', () => {
    const path = written(few(), [0, 1, 2, 3, 4])
    const bytes = readFileSync(path)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] as number) ^ 1
    writeFileSync(path, bytes)
    expect(faultOf(() => RecordingWriter.resume(path, () => {})).code).to.equal('RECORDING_DAMAGED')
  })

  it('is never overwritten, never goes back, and holds one beginning', () => {
    const path = written(few())
    expect(faultOf(() => RecordingWriter.create(path, META)).code).to.equal('RECORDING_EXISTS')
    const { writer } = RecordingWriter.resume(path, () => {})
    expect(() => writer.append(pageEntry(21n))).to.throw(RangeError, '21')
    writer.close()
    const joined = fresh()
    writeFileSync(joined, Buffer.concat([readFileSync(path), readFileSync(written(few()))]))
    expect(faultOf(() => checkRecording(joined)).code).to.equal('RECORDING_DAMAGED')
  })

  for (const [name, bytes, code] of [
    ['an empty file', '', 'NO_RECORDING'],
    ['another kind of file', 'PK\u0003\u0004 a zip, perhaps, or a picture', 'NO_RECORDING'],
    ['a later version', 'PLIMSOLL RECORDING 9\nwhatever', 'RECORDING_VERSION'],
  ] as const)
    it(`is not ${name}`, () => {
      const path = fresh()
      writeFileSync(path, bytes)
      expect(faultOf(() => openRecording(path)).code).to.equal(code)
    })

  it('says so when there is no file, or no folder to write to', () => {
    expect(faultOf(() => openRecording(fresh())).code).to.equal('NO_RECORDING')
    expect(faultOf(() => RecordingWriter.create(join(folder, 'nowhere', 'x'), META)).code).to.equal(
      'RECORDING_UNWRITABLE',
    )
  })

  it('reads on from a place at the end of a frame', () => {
    const path = written(few(), [0, 1, 2, 3, 4])
    const recording = openRecording(path)
    const entries = recording.entries()
    for (let i = 0; i < 3; i++) entries.next()
    const place = { ...recording.place }
    recording.close()
    const again = openRecording(path, place)
    expect([...again.entries()]).to.deep.equal(few().slice(3))
    again.close()
    truncateSync(path, 0)
  })
})

import { appendFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { RecordingWriter } from '../../../../src/adapters/recording/writer.ts'
import { openStore } from '../../../../src/adapters/store/sqlite.ts'
import { PlimsollError } from '../../../../src/core/errors.ts'
import type { Store } from '../../../../src/core/ports.ts'
import type { RecordingEntry } from '../../../../src/core/recording.ts'
import type { HourRow } from '../../../../src/core/risk/hour-row.ts'
import { told } from '../../../protocols/aave-v3/told.ts'
import { temporaryFolder } from '../../../support/temporary.ts'
import { BIN_S, bodyOf, CountedStore, Recorded, shortSighted, stretched } from './recordings.ts'

describe('history from recordings', function () {
  this.timeout(120_000)
  let recorded: Recorded
  let live: readonly HourRow[]
  let whole: string
  let store: Store
  let stores = 0

  before(async () => {
    const story = await told({
      ...{ accounts: 60, seed: 7, rival: true },
      play: async (devnet, keepUp) => {
        const blocks = devnet.story(90)
        for (let step = await blocks.next(); step !== undefined; step = await blocks.next()) {
          await keepUp()
          if (step.step % 20 === 19) await devnet.history.reorg(6)
        }
        await devnet.control.mine(6)
      },
    })
    recorded = new Recorded(story, temporaryFolder('backfill'))
    live = recorded.live()
    whole = recorded.write('whole.plimsoll', recorded.entries())
  })
  after(() => recorded?.told.close())

  beforeEach(() => {
    store = openStore(join(recorded.folder, `${stores++}.db`))
  })
  afterEach(() => store.close())

  const hoursOf = (rows: readonly HourRow[]): number[] => [...new Set(rows.map(({ hour }) => hour))]
  const fill = (...paths: string[]) => recorded.fill(store, paths)

  async function refusal(work: () => unknown): Promise<PlimsollError> {
    try {
      await work()
    } catch (error) {
      if (error instanceof PlimsollError) return error
      throw error
    }
    return expect.fail('it was taken')
  }

  it('is, to the byte, what the daemon counted as it happened, through its reorganisations', async () => {
    const done = await fill(whole)
    expect(recorded.rows(store)).to.deep.equal(live)
    const bins = hoursOf(live)
    expect(bins.length).to.be.above(15)
    const liquidations = live.filter(({ root }) => root === '').reduce((sum, row) => sum + bodyOf(row).liquidations, 0)
    expect(liquidations).to.be.above(10)
    const [market] = done.markets
    expect(market).to.include({ market: 'main', chainId: 1, written: bins.length, kept: 0, tooOld: 0, missing: 0 })
    expect(market).to.include({ partial: 1, firstHour: bins[0], lastHour: bins.at(-1) })
    expect([market?.fromBlock, market?.toBlock]).to.deep.equal([
      recorded.pages[0]?.block.number,
      recorded.pages.at(-1)?.block.number,
    ])
    expect(done).to.include({ complete: true, pages: recorded.pages.length })
  })

  it('leaves depth and what a node is asked open', async () => {
    await fill(whole)
    for (const row of recorded.rows(store))
      if (row.root === '') expect(bodyOf(row).extras).to.equal(null)
      else expect(JSON.parse(row.body)).to.include({ depthUsd: null })
  })

  it('writes nothing a second time, and never a word about the bin that is open', async () => {
    await fill(whole)
    const before = recorded.rows(store)
    const counted = new CountedStore(store)
    const again = await recorded.fill(counted, [whole])
    expect([counted.saved, counted.open]).to.deep.equal([[], []])
    expect(again.markets[0]).to.include({ written: 0, kept: hoursOf(live).length, partial: 1, missing: 0 })
    expect(recorded.rows(store)).to.deep.equal(before)
    expect(store.openBin(recorded.history)).to.equal(undefined)
  })

  it('keeps bins that are whole, replaces those that were watched in part, and leaves the open one alone', async () => {
    const bins = hoursOf(live)
    const [, own, part] = [bins[0], bins[4], bins[7]] as [number, number, number]
    const mark = (hour: number, partial: boolean): HourRow[] =>
      live
        .filter((row) => row.hour === hour)
        .map((row) => ({ ...row, body: JSON.stringify({ ...JSON.parse(row.body), mark: true, partial }) }))
    const there = [...mark(own, false), ...mark(part, true), ...mark(bins[0] as number, true)]
    store.saveHours(there, [{ market: recorded.history, body: '{"open":1}' }])
    const done = await fill(whole)
    const expected = live.map(
      (row) => there.find(({ hour, root }) => hour !== part && hour === row.hour && root === row.root) ?? row,
    )
    expect(recorded.rows(store)).to.deep.equal(expected)
    // The first is watched in part here and there: what is there stays.
    expect(done.markets[0]).to.include({ written: bins.length - 2, kept: 2 })
    expect(store.openBin(recorded.history)).to.equal('{"open":1}')
  })

  it('goes on from file to file where one ends and the next begins, in whatever order they are named', async () => {
    const cut =
      recorded.pages.findIndex(({ block }) => Number(block.timestamp) % BIN_S >= 24 && block.number > 20n) + 21
    const first = recorded.write('first.plimsoll', recorded.entries(0, cut))
    const second = recorded.write('second.plimsoll', recorded.entries(cut))
    const done = await fill(second, first)
    expect(recorded.rows(store)).to.deep.equal(live)
    expect(done.markets[0]).to.include({ written: hoursOf(live).length, partial: 1, missing: 0 })
    // By themselves: the bin in which they meet is not to be had.
    const other = openStore(join(recorded.folder, 'apart.db'))
    for (const path of [first, second]) await recorded.fill(other, [path])
    const edge = Math.floor(Number(recorded.pages[cut]?.block.timestamp) / BIN_S)
    const apart = recorded.rows(other)
    expect(shortSighted(apart.filter(({ hour }) => hour !== edge))).to.deep.equal(
      shortSighted(live.filter(({ hour }) => hour !== edge)),
    )
    expect(
      apart.filter(({ hour, root }) => hour === edge && root === '').map((row) => bodyOf(row).partial),
    ).to.deep.equal([true])
    // A recording that covers it mends that.
    const mended = await recorded.fill(other, [whole])
    expect(mended.markets[0]).to.include({ written: 1, partial: 1 })
    expect(recorded.rows(other).filter(({ hour }) => hour === edge)).to.deep.equal(
      live.filter(({ hour }) => hour === edge),
    )
    other.close()
  })

  it('judges nothing of what no file tells, and says how many bins that are', async () => {
    const hole = [30, 52] as const
    const first = recorded.write('before.plimsoll', recorded.entries(0, hole[0]))
    const second = recorded.write('after.plimsoll', recorded.entries(hole[1]))
    const done = await fill(first, second)
    const at = (i: number): number => Math.floor(Number(recorded.pages[i]?.block.timestamp) / BIN_S)
    const rows = recorded.rows(store)
    const lost = hoursOf(live).filter((hour) => hour >= at(hole[0] - 1) && hour <= at(hole[1] - 1))
    expect(shortSighted(rows.filter(({ hour }) => !lost.includes(hour)))).to.deep.equal(
      shortSighted(live.filter(({ hour }) => !lost.includes(hour))),
    )
    expect(hoursOf(rows).filter((hour) => lost.includes(hour))).to.deep.equal([at(hole[1] - 1)])
    expect(done.markets[0]).to.include({ partial: 2, missing: lost.length - 1 })
  })

  it("takes a daemon's absence for what it is: blocks in one page, bins that cannot be judged", async () => {
    const [state, ...pages] = recorded.entries()
    const from = recorded.pages[30]?.block.number ?? 0n
    const absent: RecordingEntry = { kind: 'gap', from, to: (recorded.pages[50]?.block.number ?? 0n) - 1n }
    // Its last page holds what happened meanwhile; that of these pages is not known any more.
    const entries = [state as RecordingEntry, ...pages.slice(0, 30), absent, ...pages.slice(50)]
    await fill(recorded.write('away.plimsoll', entries))
    const rows = recorded.rows(store).filter(({ root }) => root === '')
    const at = (i: number): number => Math.floor(Number(recorded.pages[i]?.block.timestamp) / BIN_S)
    const edges = [at(29), at(50)]
    for (const row of rows.filter(({ hour }) => edges.includes(hour))) expect(bodyOf(row).partial).to.equal(true)
    expect(rows.filter(({ hour }) => hour > at(29) && hour < at(50))).to.deep.equal([])
    expect(rows.reduce((sum, row) => sum + bodyOf(row).merged, 0)).to.equal(20)
    // From a node the same says that there was nothing: every bin is told.
    const other = openStore(join(recorded.folder, 'node.db'))
    await recorded.fill(other, [recorded.write('quiet.plimsoll', entries, { source: 'node' })])
    expect(hoursOf(recorded.rows(other))).to.deep.equal(hoursOf(live))
    expect(
      recorded.rows(other).filter(({ root, body }) => root === '' && body.includes('"partial":true')),
    ).to.have.length(1)
    other.close()
  })

  it('does not write what is older than is kept, nor anything the second time', async () => {
    const bins = hoursOf(live)
    const keepDays = 1
    // The newest bin of the store says what is old.
    const limit = bins[6] as number
    const newest = {
      market: recorded.history,
      root: '',
      hour: limit + (keepDays * 86_400) / BIN_S,
      body: '{"partial":false}',
    }
    store.saveHours([newest], [])
    const done = await recorded.fill(store, [whole], { keepDays })
    const kept = [...live.filter(({ hour }) => hour >= limit), newest]
    expect(recorded.rows(store)).to.deep.equal(kept)
    expect(done.markets[0]).to.include({ tooOld: 6, written: bins.length - 6, missing: 0 })
    const again = await recorded.fill(store, [whole], { keepDays })
    expect(again.markets[0]).to.include({ tooOld: 6, written: 0 })
    expect(recorded.rows(store)).to.deep.equal(kept)
  })

  it('asked to stop, keeps what it has, and comes to the same end when it is begun again', async () => {
    const long = recorded.write('long.plimsoll', stretched(recorded.entries(), 20))
    const straight = openStore(join(recorded.folder, 'straight.db'))
    await recorded.fill(straight, [long])
    const stop = new AbortController()
    const counted = new CountedStore(store)
    const save = counted.saveHours.bind(counted)
    counted.saveHours = (rows, open) => {
      save(rows, open)
      stop.abort()
    }
    const cut = await recorded.fill(counted, [long], { signal: stop.signal })
    expect(cut.complete).to.equal(false)
    expect(cut.markets[0]?.written).to.be.within(1, hoursOf(live).length - 3)
    const done = await recorded.fill(store, [long])
    expect(recorded.rows(store)).to.deep.equal(recorded.rows(straight))
    expect(done.markets[0]?.kept).to.equal(cut.markets[0]?.written)
    straight.close()
  })

  it('of a recording without the end of a bin: none', async () => {
    const done = await fill(recorded.write('short.plimsoll', recorded.entries(0, 1)))
    expect(done.markets[0]).to.include({ firstHour: null, lastHour: null, written: 0, missing: 0, partial: 0 })
    expect(recorded.rows(store)).to.deep.equal([])
  })

  it('leaves out markets that the configuration does not have, with a word; having none is an error', async () => {
    const { market } = recorded
    const stranger = `0x${'57'.repeat(20)}` as const
    const as = (name: string, addressesProvider = market.addressesProvider) => ({
      ...{ name, protocol: 'aave-v3', addressesProvider, rules: 'auto', priceReadsS: 0 },
    })
    const said: string[] = []
    const say = (line: string) => void said.push(line)
    const two = recorded.write('two.plimsoll', recorded.entries(), {
      markets: [as('other', stranger), as('as recorded')],
    })
    await recorded.fill(store, [two], { say })
    expect(recorded.rows(store)).to.deep.equal(live)
    expect(said).to.have.length(1)
    expect(said[0]).to.include('other').and.to.include('two.plimsoll')
    for (const [name, meta] of [
      ['address', { markets: [as('main', stranger)] }],
      ['chain', { chainId: 10 }],
    ] as const) {
      const path = recorded.write(`other-${name}.plimsoll`, recorded.entries(), meta)
      const { code, exitCode, message } = await refusal(() => fill(path))
      expect([code, exitCode]).to.deep.equal(['UNKNOWN_MARKET', 2])
      expect(message).to.include(market.addressesProvider).and.to.include('chain 1')
    }
  })

  it('refuses what is no whole recording; what came before a damage stays counted', async () => {
    const at = (name: string) => join(recorded.folder, name)
    writeFileSync(at('diary'), 'Dear diary, today nobody was liquidated.')
    const bytes = readFileSync(whole)
    writeFileSync(at('older'), Buffer.concat([Buffer.from('PLIMSOLL RECORDING 1\n'), bytes.subarray(21)]))
    const frames = framed('frames')
    writeFileSync(at('unfinished'), readFileSync(frames).subarray(0, -52))
    writeFileSync(at('empty'), bytes.subarray(0, 21))
    for (const [name, code] of [
      ['nowhere', 'NO_RECORDING'],
      ['diary', 'NO_RECORDING'],
      ['older', 'RECORDING_VERSION'],
      ['unfinished', 'RECORDING_UNFINISHED'],
      ['empty', 'RECORDING_DAMAGED'],
    ] as const)
      expect((await refusal(() => fill(at(name)))).code, name).to.equal(code)
    expect(recorded.rows(store)).to.deep.equal([])
    appendFileSync(frames, bytes.subarray(21, 60))
    expect((await refusal(() => fill(frames))).code).to.equal('RECORDING_DAMAGED')
    expect(recorded.rows(store)).to.deep.equal(live)
    truncateSync(frames, readFileSync(frames).length - 39)
    expect((await fill(frames)).markets[0]).to.include({ written: 0, kept: hoursOf(live).length })
  })

  /** The same in frames of ten pages, the mark of its end in one of its own. */
  function framed(name: string): string {
    const path = recorded.write(name, recorded.entries(0, 0))
    const { writer } = RecordingWriter.extend(path)
    for (const [i, entry] of recorded.entries().slice(1).entries()) {
      writer.append(entry)
      if (i % 10 === 9) writer.flush()
    }
    writer.flush()
    writer.finish()
    writer.close()
    return path
  }
})

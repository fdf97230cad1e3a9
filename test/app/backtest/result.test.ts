import { expect } from 'chai'
import { note, nothingSeen, resultOf } from '../../../src/app/backtest/result.ts'
import type { Seen } from '../../../src/app/backtest/resume.ts'
import { offlineSettings } from '../../../src/app/offline/settings.ts'
import { resolve } from '../../../src/config/resolve.ts'
import { schema } from '../../../src/config/schema.ts'
import type { RecordingEntry, RecordingMeta } from '../../../src/core/recording.ts'
import { address, header, page } from '../../core/fake-protocol.ts'

const PROVIDER = address(0xabc)

const meta = (...names: readonly string[]): RecordingMeta => ({
  chain: 'local',
  chainId: 31337,
  blockTimeS: 12,
  markets: names.map((name) => ({
    name,
    protocol: 'aave-v3',
    addressesProvider: PROVIDER,
    rules: 'auto',
    priceReadsS: 0,
  })),
  source: 'node',
  version: '0',
})

const state = (block: number): RecordingEntry => ({
  kind: 'state',
  market: 'a',
  state: { block: header(block), accounts: [], cells: [] },
})

function seenOf(entries: readonly RecordingEntry[]): Seen {
  const seen = nothingSeen()
  for (const entry of entries) note(seen, entry)
  return seen
}

/** Of a recording that ends in `block`. */
function resultAt(block: bigint, seen: Seen, markets = meta('a'), limits: Readonly<Record<string, object>> = {}) {
  const file = schema.parse({
    chains: { local: { id: 31337, rpc: ['http://127.0.0.1:9'] } },
    markets: markets.markets.map(({ name, protocol }) => ({
      name,
      protocol,
      chain: 'local',
      addressesProvider: PROVIDER,
    })),
    executor: { markets: limits },
  })
  const settings = offlineSettings(markets, resolve(file, '.'), {})
  const place = { bytes: 0, link: Buffer.from('00ff', 'hex'), block, frames: 0, unpacked: 0, isEnd: true }
  return resultOf('/some/where/x.plimsoll', { meta: markets, place }, settings, {
    seen,
    happened: [],
    ours: [],
    refused: [],
  })
}

describe('what a backtest says of its circumstances', () => {
  it('counts blocks with and without a page, and pages of logs alone', () => {
    const read = { to: PROVIDER, data: '0x', result: '0x' } as const
    const seen = seenOf([
      state(9),
      { kind: 'page', facts: { ...page(12, []), reads: [read] }, derived: 1 },
      { kind: 'gap', from: 13n, to: 17n },
      { kind: 'page', facts: { ...page(18, []), reads: [read] }, derived: 0 },
    ])
    const { recording, blocks } = resultAt(20n, seen)
    expect(recording).to.deep.include({ file: 'x.plimsoll', fromBlock: 10n, toBlock: 20n, pages: 2, derivedPages: 1 })
    expect(recording).to.deep.include({ fromTimestamp: 12n, toTimestamp: 18n, digest: '00ff' })
    expect(blocks).to.equal(11)
  })

  it('has a time, not 1970, where no page was', () => {
    const { recording, blocks } = resultAt(30n, seenOf([state(9), { kind: 'gap', from: 10n, to: 30n }]))
    expect(recording).to.deep.include({ fromTimestamp: 9n, toTimestamp: 9n, pages: 0 })
    expect(blocks).to.equal(21)
  })

  it('says which market has other limits than the parameters it shows', () => {
    const limits = { a: { minProfitUsd: 5 }, b: { minProfitUsd: 5 }, c: { minProfitUsd: 7, maxDebtUsd: 1000 } }
    const { parameters, assumptions } = resultAt(10n, seenOf([state(9)]), meta('a', 'b', 'c'), limits)
    expect(parameters).to.deep.include({ minProfitUsd8: 500_000_000n, maxDebtUsd8: null })
    expect(assumptions.filter((words) => words.includes('parameters'))).to.deep.equal([
      'The parameters are those of a; for c they are minProfitUsd 7.00000000, maxDebtUsd 1000.00000000.',
    ])
  })
})

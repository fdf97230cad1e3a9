import { expect } from 'chai'
import { encodeAbiParameters, encodeFunctionData, type Hex, pad, parseAbi, parseAbiParameters } from 'viem'
import { createQuotes, type Quotes } from '../../../src/app/offline/quotes.ts'
import { type OfflineSettings, offlineSettings } from '../../../src/app/offline/settings.ts'
import { resolve } from '../../../src/config/resolve.ts'
import { schema } from '../../../src/config/schema.ts'
import { Book } from '../../../src/core/book.ts'
import type { Plan, Quote, Seizure } from '../../../src/core/plan.ts'
import type { Batch } from '../../../src/core/ports.ts'
import type { Call, Facts, Read } from '../../../src/core/types.ts'
import { address, fakeProtocol, page } from '../../core/fake-protocol.ts'

const [COLLATERAL, DEBT, FACTORY, QUOTER, ROUTER] = [1, 2, 0xfac, 0x9c0, 0x40].map(address) as [Hex, Hex, Hex, Hex, Hex]
const ABI = parseAbi([
  'function getPool(address,address,uint24) view returns (address)',
  'function quoteExactInput(bytes path, uint256 amountIn)',
])
const POOL = { feeTier: 500, path: `${COLLATERAL}0001f4${DEBT.slice(2)}` as Hex }

/** Collateral is the wrapped native coin at 2 dollars, debt a dollar. */
const book = new Book('m', {
  ...fakeProtocol,
  market: () => ({
    pool: address(9),
    revision: 1n,
    rules: 'x',
    reserves: [
      {
        asset: COLLATERAL,
        source: address(8),
        root: address(8),
        symbol: 'WETH',
        decimals: 0,
        priceUsd8: 200_000_000n,
        liquidationThresholdBps: 0n,
        liquidationBonusBps: 0n,
        available: 0n,
        supplyRateRay: 0n,
        borrowRateRay: 0n,
        frozen: false,
        paused: false,
      },
    ],
  }),
})

const SEIZURE: Seizure = {
  borrower: address(7),
  collateralAsset: COLLATERAL,
  debtAsset: DEBT,
  debtToCover: 1_000n,
  firstCover: 0n,
  debtCovered: 1_000n,
  collateralSeized: 600n,
  protocolFee: 0n,
  flashPremium: 0n,
  grossBase: 0n,
  debtPriceUsd8: 100_000_000n,
  debtDecimals: 0,
}

function settingsOf(chain: object): OfflineSettings {
  const base = { id: 31337, rpc: ['http://127.0.0.1:9'], wrappedNative: COLLATERAL }
  const market = { name: 'm', protocol: 'aave-v3', chain: 'local', addressesProvider: address(0xabc) }
  const config = resolve(schema.parse({ chains: { local: { ...base, ...chain } }, markets: [market] }), '.')
  const meta = { chain: 'local', chainId: 31337, blockTimeS: 12, source: 'daemon', version: '0' } as const
  const recorded = { ...market, addressesProvider: address(0xabc), rules: 'auto', priceReadsS: 0 }
  return offlineSettings({ ...meta, markets: [recorded] }, config, { slippageBps: 100 })
}
const SETTINGS = settingsOf({ uniswapV3: { quoter: QUOTER, router: ROUTER, factory: FACTORY } })

const poolCall = (fee: number): Call => ({
  to: FACTORY,
  data: encodeFunctionData({ abi: ABI, functionName: 'getPool', args: [COLLATERAL, DEBT, fee] }),
})
/** Answers of the factory to all four fee tiers. */
const pools = (exists: boolean): Read[] =>
  [500, 3000, 100, 10000].map((fee) => ({
    ...poolCall(fee),
    result: pad(exists && fee === POOL.feeTier ? address(0x900) : '0x0'),
  }))
const quoteOf = (path: Hex): Hex =>
  encodeFunctionData({ abi: ABI, functionName: 'quoteExactInput', args: [path, 600n] })
const quoted = (amountOut: bigint): Read => ({
  to: QUOTER,
  data: quoteOf(POOL.path),
  result: encodeAbiParameters(parseAbiParameters('uint256, uint160[], uint32[], uint256'), [amountOut, [], [], 9n]),
})
const at = (block: number, reads: readonly Read[]): Facts => ({ ...page(block, []), reads })

const open = (remembered: readonly Read[] = [], node?: Batch, settings = SETTINGS): Quotes =>
  createQuotes({ settings, books: new Map([['m', book]]), node, remembered })

const planOf = (quote: Quote): Plan => ({
  kind: 'plan',
  quote,
  healthFactor: 0n,
  profit: 0n,
  minProfit: 0n,
  grossUsd8: 0n,
  costUsd8: 0n,
  netUsd8: 0n,
  deadline: 0n,
})

/** What the next page's quote brings, and where it is from. */
async function turned(quotes: Quotes, facts: Facts): Promise<string> {
  quotes.turn(facts)
  const [quote] = await quotes.router.quote('m', [SEIZURE], facts)
  return quote === undefined ? 'none' : `${quotes.originOf(planOf(quote))} ${quote.amountOut}`
}

describe('quotes of a backtest', () => {
  it('are those that were recorded on the page; the pools may have been asked for before', async () => {
    const quotes = open()
    expect(await turned(quotes, at(1, [...pools(true), quoted(1_150n)]))).to.equal('recorded 1150')
    expect(await turned(quotes, at(2, [quoted(1_140n)]))).to.equal('recorded 1140')
  })

  it('are assumed where nothing was recorded: the oracle’s price less the slippage', async () => {
    const quotes = open()
    expect(await turned(quotes, at(1, []))).to.equal('assumed 1188')
    // A quote of the page before is no quote of this one.
    expect(await turned(quotes, at(2, [...pools(true), quoted(1_150n)]))).to.equal('recorded 1150')
    expect(await turned(quotes, at(3, []))).to.equal('assumed 1188')
  })

  it('are assumed, too, where the chain has no exchange configured', async () => {
    expect(await turned(open([], undefined, settingsOf({})), at(1, []))).to.equal('assumed 1188')
  })

  it('are none where the recording says that there is no pool', async () => {
    expect(await turned(open(), at(1, pools(false)))).to.equal('none')
  })

  it('are asked of a node, at the page’s block, where there is one and nothing was recorded', async () => {
    const asked: unknown[] = []
    const answers = new Map([...pools(true), quoted(1_155n)].map((read) => [`${read.to}${read.data}`, read]))
    const node: Batch = {
      async read(calls, where) {
        asked.push(where)
        return calls.map((call) => answers.get(`${call.to}${call.data}`) ?? { ...call, result: undefined })
      },
    }
    const quotes = open([], node)
    const facts = at(5, [])
    expect(await turned(quotes, facts)).to.equal('node 1155')
    expect(asked).to.deep.equal(asked.map(() => ({ blockHash: facts.block.hash })))
    expect(asked.length).to.be.above(0)
    expect(await turned(quotes, at(6, [...pools(true), quoted(1_150n)]))).to.equal('recorded 1150')
  })

  it('do not depend on where a run began: a pool that came later is known either way', async () => {
    const first = at(1, pools(false))
    const second = at(2, [...pools(true), quoted(1_150n)])
    const whole = open()
    const early = open()
    for (const quotes of [whole, early]) expect(await turned(quotes, first)).to.equal('none')
    const resumed = open(early.remembered)
    expect([await turned(whole, second), await turned(resumed, second)]).to.deep.equal([
      'recorded 1150',
      'recorded 1150',
    ])
  })

  it('know a pool from either side: what was asked for one sale answers for the opposite one', async () => {
    const back: Seizure = { ...SEIZURE, collateralAsset: DEBT, debtAsset: COLLATERAL }
    const forth = `${DEBT}0001f4${COLLATERAL.slice(2)}` as Hex
    const answer = { ...quoted(290n), data: quoteOf(forth) }
    const early = open()
    await turned(early, at(1, [...pools(true), quoted(1_150n)]))
    for (const quotes of [early, open(early.remembered)]) {
      const facts = at(2, [answer])
      quotes.turn(facts)
      const found = await quotes.router.quote('m', [back], facts)
      expect(found.map((quote) => [quotes.originOf(planOf(quote)), quote.amountOut])).to.deep.equal([
        ['recorded', 290n],
      ])
    }
  })
})

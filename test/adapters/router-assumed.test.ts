import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import fc from 'fast-check'
import { NotRecorded, RecordedBatch } from '../../src/adapters/recording/batch.ts'
import { assumedQuote } from '../../src/adapters/router/assumed.ts'
import type { Seizure } from '../../src/core/plan.ts'
import type { Facts } from '../../src/core/types.ts'
import { address, header, page } from './store-things.ts'

const seizure = (over: Partial<Seizure> = {}): Seizure => ({
  borrower: address(1),
  collateralAsset: address(2),
  debtAsset: address(3),
  debtToCover: 2_000_000_000n,
  firstCover: 0n,
  debtCovered: 2_000_000_000n,
  collateralSeized: 10n ** 18n,
  protocolFee: 0n,
  flashPremium: 1_000_000n,
  grossBase: 0n,
  debtPriceUsd8: 10n ** 8n,
  debtDecimals: 6,
  ...over,
})

const gasOf = JSON.parse(readFileSync(new URL('../contracts/gas.json', import.meta.url), 'utf8')) as Record<
  'WETH to USDC' | 'WETH to USDC in two calls',
  number
>

const facts: Facts = { block: { ...header(5n), baseFeeWei: 8_000_000_000n }, logs: [], reads: [] }
const terms = {
  slippageBps: 50,
  priorityFeeWei: 100_000_000n,
  nativePriceUsd8: 3_000n * 10n ** 8n,
  collateralPriceUsd8: 3_000n * 10n ** 8n,
  collateralDecimals: 18,
}

describe('a quote that nobody gave', () => {
  for (const [slippageBps, amountOut] of [
    [0, 3_000_000_000n],
    [50, 2_985_000_000n],
    [10_000, 0n],
  ] as const)
    it(`sells at the oracle's price less ${slippageBps} basis points`, () => {
      expect(assumedQuote(seizure(), facts, { ...terms, slippageBps }).amountOut).to.equal(amountOut)
    })

  it('sells nothing where collateral and debt are one asset', () => {
    const quote = assumedQuote(seizure({ debtAsset: address(2), collateralSeized: 77n }), facts, terms)
    expect(quote.amountOut).to.equal(77n)
    expect(quote.gas < assumedQuote(seizure(), facts, terms).gas).to.equal(true)
  })

  it('plans gas for a second call, more than it was measured to cost', () => {
    const gas = (firstCover: bigint) => assumedQuote(seizure({ firstCover }), facts, terms).gas
    const measured = gasOf['WETH to USDC in two calls'] - gasOf['WETH to USDC']
    expect(Number(gas(1n) - gas(0n))).to.be.within(measured, 1.5 * measured)
  })

  it('bids the highest base fee that the next block can have', () => {
    expect(assumedQuote(seizure(), facts, terms).gasPriceWei).to.equal(9_100_000_000n)
  })

  it('never gives more than the oracle does, in whatever units', () => {
    const amounts = fc.bigInt(0n, 10n ** 30n)
    const prices = fc.bigInt(1n, 10n ** 14n)
    fc.assert(
      fc.property(
        amounts,
        prices,
        prices,
        fc.nat(27),
        fc.nat(27),
        fc.nat(10_000),
        (amount, price, debtPrice, c, d, bps) => {
          const given = seizure({ collateralSeized: amount, debtPriceUsd8: debtPrice, debtDecimals: d })
          const asked = { ...terms, slippageBps: bps, collateralPriceUsd8: price, collateralDecimals: c }
          const { amountOut } = assumedQuote(given, facts, asked)
          // amountOut · debt price ≤ amount · price, both in units of both assets.
          expect(amountOut * debtPrice * 10n ** BigInt(c) <= amount * price * 10n ** BigInt(d)).to.equal(true)
        },
      ),
    )
  })
})

describe('answers of the time', () => {
  it('are those of the present page, and lookups of any page before', async () => {
    const batch = new RecordedBatch(({ to }) => to === address(2))
    batch.turn(page(10n))
    const [first, lasting] = page(10n).reads
    if (first === undefined || lasting === undefined) throw new Error('a page of two reads')
    expect(await batch.read([lasting, first])).to.deep.equal([lasting, first])
    batch.turn({ ...page(11n), reads: [] })
    expect(await batch.read([lasting])).to.deep.equal([lasting])
    const fault = await batch.read([first]).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(fault).to.be.instanceOf(NotRecorded)
    const later = new RecordedBatch(({ to }) => to === address(2), batch.remembered)
    expect(await later.read([lasting])).to.deep.equal([lasting])
  })
})

import { expect } from 'chai'
import fc from 'fast-check'
import { type Address, pad, toHex } from 'viem'
import {
  type Candidate,
  decide,
  type Limits,
  type Plan,
  type Quote,
  REFUSAL_REASONS,
  type Refusal,
  refuse,
  type Seizure,
  screenCandidate,
} from '../../src/core/plan.ts'

const address = (value: number): Address => pad(toHex(value), { size: 20 })
const [BORROWER, COLLATERAL, DEBT, OTHER] = [1, 2, 3, 4].map(address) as [Address, Address, Address, Address]
const NOW = 1_700_000_000n
const USD = 10n ** 8n
const TOKEN = 10n ** 6n

/** 1000 tokens of debt at 1 dollar, 6 decimals. */
const seizure = (fields: Partial<Seizure> = {}): Seizure => ({
  borrower: BORROWER,
  collateralAsset: COLLATERAL,
  debtAsset: DEBT,
  debtToCover: 1001n * TOKEN,
  firstCover: 0n,
  debtCovered: 1000n * TOKEN,
  collateralSeized: 10n ** 18n,
  protocolFee: 0n,
  flashPremium: TOKEN / 2n,
  grossBase: 50n * USD,
  debtPriceUsd8: USD,
  debtDecimals: 6,
  ...fields,
})

const candidate = (fields: Partial<Candidate> = {}): Candidate => ({
  account: 0,
  borrower: BORROWER,
  healthFactor: 99n * 10n ** 16n,
  totalCollateralBase: 1500n * USD,
  totalDebtBase: 1400n * USD,
  seizures: [seizure()],
  forbidden: undefined,
  ...fields,
})

/** 1050 tokens out, 1 dollar of gas: 49.5 gross, 48.5 net. */
const quote = (fields: Partial<Quote> = {}): Quote => ({
  seizure: seizure(),
  path: '0x',
  amountOut: 1050n * TOKEN,
  gas: 500_000n,
  gasPriceWei: 10n ** 9n,
  l1FeeWei: 0n,
  nativePriceUsd8: 2000n * USD,
  ...fields,
})

const limits = (fields: Partial<Limits> = {}): Limits => ({
  minProfitUsd8: 0n,
  maxDebtUsd8: undefined,
  maxGasWei: undefined,
  denyBorrowers: new Set(),
  denyAssets: new Set(),
  deadlineS: 60n,
  ...fields,
})

function planOf(result: Plan | Refusal): Plan {
  if (result.kind === 'plan') return result
  throw new Error(`refused: ${result.reason} ${result.detail}`)
}

const decided = (quotes: readonly Quote[], fields: Partial<Limits> = {}): Plan | Refusal =>
  decide(candidate(), quotes, NOW, limits(fields))

const reasonOf = (result: unknown): unknown =>
  typeof result === 'object' && result !== null && 'reason' in result ? result.reason : result

describe('screenCandidate', () => {
  const second = seizure({ collateralAsset: OTHER, debtCovered: 10n * TOKEN })
  const both = candidate({ seizures: [seizure(), second] })

  for (const [what, of, fields, expected] of [
    ['lets everything through without limits', both, {}, both.seizures],
    ['a borrower on the list', both, { denyBorrowers: new Set([BORROWER]) }, 'denied-borrower'],
    ['another borrower on the list', both, { denyBorrowers: new Set([OTHER]) }, both.seizures],
    ['what the pool forbids', candidate({ forbidden: 'reserve-paused' }), {}, 'reserve-paused'],
    ['one collateral on the list', both, { denyAssets: new Set([COLLATERAL]) }, [second]],
    ['every collateral on the list', both, { denyAssets: new Set([COLLATERAL, OTHER]) }, 'denied-asset'],
    ['the debt asset on the list', both, { denyAssets: new Set([DEBT]) }, 'denied-asset'],
    ['debt above the limit', both, { maxDebtUsd8: 10n * USD - 1n }, 'debt-too-large'],
    ['debt at the limit', both, { maxDebtUsd8: 10n * USD }, [second]],
    ['all debt below the limit', both, { maxDebtUsd8: 1000n * USD }, both.seizures],
    [
      'only the denied asset within the limit',
      both,
      { maxDebtUsd8: 10n * USD, denyAssets: new Set([OTHER]) },
      'debt-too-large',
    ],
  ] as const)
    it(what, () => {
      const result = screenCandidate(of, limits(fields))
      expect(reasonOf(result)).to.deep.equal(expected)
    })

  it('names the operator before the pool', () => {
    const result = screenCandidate(
      candidate({ forbidden: 'reserve-paused' }),
      limits({ denyBorrowers: new Set([BORROWER]) }),
    )
    expect(reasonOf(result)).to.equal('denied-borrower')
  })
})

describe('decide', () => {
  it('works out profit, costs and deadline', () => {
    const plan = planOf(decided([quote()], { minProfitUsd8: 5n * USD }))
    expect(plan).to.deep.equal({
      kind: 'plan',
      quote: quote(),
      healthFactor: 99n * 10n ** 16n,
      profit: (TOKEN * 99n) / 2n,
      minProfit: 6n * TOKEN,
      grossUsd8: (USD * 99n) / 2n,
      costUsd8: USD,
      netUsd8: (USD * 97n) / 2n,
      deadline: NOW + 60n,
    })
  })

  it('counts the L1 fee, and rounds the cost up to the next 1e-8 dollar', () => {
    const plan = planOf(decided([quote({ l1FeeWei: 1n })]))
    expect(plan.costUsd8).to.equal(USD + 1n)
    expect(plan.minProfit).to.equal(TOKEN + 1n)
  })

  it('takes the quote that leaves most after its own costs, the first of equals', () => {
    const dear = quote({ amountOut: 1051n * TOKEN, gas: 2_000_000n })
    const cheap = quote({ path: '0x01' })
    const equal = quote({ path: '0x02' })
    const poor = quote({ amountOut: 1049n * TOKEN })
    expect(planOf(decided([dear, poor, cheap, equal])).quote.path).to.equal('0x01')
  })

  for (const [what, quotes, fields, reason] of [
    ['no quote', [], {}, 'no-route'],
    ['gas above the limit', [quote()], { maxGasWei: 10n ** 9n - 1n }, 'gas-price'],
    ['gas at the limit', [quote()], { maxGasWei: 10n ** 9n }, 'plan'],
    ['net at the limit', [quote()], { minProfitUsd8: (USD * 97n) / 2n }, 'plan'],
    ['net just below the limit', [quote()], { minProfitUsd8: (USD * 97n) / 2n + 1n }, 'unprofitable'],
    ['a loss', [quote({ amountOut: 1000n * TOKEN })], {}, 'unprofitable'],
    ['dear gas named before the loss it causes', [quote({ gasPriceWei: 10n ** 12n })], { maxGasWei: 1n }, 'gas-price'],
  ] as const)
    it(`${what}: ${reason}`, () => {
      const result = decided(quotes, fields)
      expect(result.kind === 'plan' ? 'plan' : result.reason).to.equal(reason)
    })

  it('does not round a loss away', () => {
    // One smallest unit short, worth far less than 1e-8 dollar, with free gas and no profit asked for.
    const wei = seizure({ debtDecimals: 18, debtCovered: 10n, flashPremium: 0n })
    const result = decided([quote({ seizure: wei, amountOut: 9n, gas: 0n })])
    expect(reasonOf(result)).to.equal('unprofitable')
  })

  it('always rounds against us: a plan keeps what the contract will enforce, and that pays costs and profit', () => {
    const amount = fc.bigInt({ min: 0n, max: 2n ** 100n })
    const small = fc.bigInt({ min: 0n, max: 10n ** 6n })
    const quotes = fc.record({
      amountOut: fc.oneof(amount, small),
      gas: small,
      gasPriceWei: fc.oneof(small, fc.bigInt({ min: 0n, max: 10n ** 12n })),
      l1FeeWei: small,
      nativePriceUsd8: fc.bigInt({ min: 0n, max: 10n ** 13n }),
      seizure: fc
        .record({
          debtCovered: fc.oneof(amount, small),
          flashPremium: small,
          debtPriceUsd8: fc.bigInt({ min: 1n, max: 10n ** 14n }),
          debtDecimals: fc.constantFrom(0, 2, 6, 8, 18),
        })
        .map(seizure),
    })
    fc.assert(
      fc.property(fc.array(quotes.map(quote), { minLength: 1, maxLength: 4 }), small, (all, minProfitUsd8) => {
        const result = decided(all, { minProfitUsd8 })
        if (result.kind === 'refusal') {
          expect(result.reason).to.equal('unprofitable')
          return
        }
        const { quote: best, profit, minProfit, netUsd8, costUsd8 } = result
        const unit = 10n ** BigInt(best.seizure.debtDecimals)
        expect(profit >= minProfit, 'the contract would not take it').to.equal(true)
        expect(minProfit * best.seizure.debtPriceUsd8 >= (costUsd8 + minProfitUsd8) * unit).to.equal(true)
        expect(costUsd8 * 10n ** 18n >= (best.gas * best.gasPriceWei + best.l1FeeWei) * best.nativePriceUsd8).to.equal(
          true,
        )
        expect(netUsd8 * unit <= profit * best.seizure.debtPriceUsd8 - costUsd8 * unit).to.equal(true)
        for (const one of all) {
          const other = decided([one], { minProfitUsd8 })
          if (other.kind === 'plan') expect(other.netUsd8 <= netUsd8).to.equal(true)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('refuse', () => {
  it('keeps who and how healthy', () => {
    expect(refuse(candidate(), 'gas-price', '7 wei')).to.deep.equal({
      kind: 'refusal',
      borrower: BORROWER,
      reason: 'gas-price',
      detail: '7 wei',
      healthFactor: 99n * 10n ** 16n,
    })
  })

  it('has a sentence for every reason', () => {
    for (const [reason, sentence] of Object.entries(REFUSAL_REASONS)) {
      expect(reason).to.match(/^[a-z]+(-[a-z]+)*$/)
      expect(sentence).to.match(/^[A-Z].*\.$/)
    }
  })
})

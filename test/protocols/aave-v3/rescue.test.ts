import { expect } from 'chai'
import fc from 'fast-check'
import type { Ledger } from '../../../src/core/ledger.ts'
import { RAY, WAD } from '../../../src/core/math.ts'
import type { KnownForRescue, Protocol, Rescue } from '../../../src/core/protocol.ts'
import { type AccountSpec, assetOf, bookOf, NOW, type ReserveSpec, reserve } from './world.ts'

const USD = 10n ** 8n
const ETHER = 10n ** 18n
const TARGET = (WAD * 3n) / 2n

const decimals = fc.constantFrom(6, 8, 18)
const price = fc.double({ min: 6, max: 13, noNaN: true }).map((e) => BigInt(Math.round(10 ** e)))
const index = fc.bigInt({ min: RAY, max: 2n * RAY })
const reserves: fc.Arbitrary<ReserveSpec[]> = fc.array(
  fc
    .record({ decimals, priceUsd8: price, liquidityIndex: index, variableBorrowIndex: index })
    .map((some) => reserve(some)),
  { minLength: 4, maxLength: 4 },
)
/** Dollars (8 decimals) of two collaterals, and of two debts, which are a share of both together. */
const worth = fc.double({ min: 4, max: 15, noNaN: true }).map((e) => BigInt(Math.round(10 ** e)))
const percent = fc.bigInt({ min: 1n, max: 60n })
const sides = fc.tuple(worth, worth, percent, percent).map(([a, b, c, d]) => {
  const share = (of: bigint): bigint => ((a + b) * of) / 100n
  return [a, b, share(c), share(d)] as const
})
const target = fc.bigInt({ min: WAD + WAD / 100n, max: 3n * WAD })

const scaledOf = (r: ReserveSpec, base: bigint): bigint => (base * 10n ** BigInt(r.decimals)) / r.priceUsd8 + 1n

const owedOf = (scaled: bigint, r: ReserveSpec): bigint => (scaled * r.variableBorrowIndex + RAY - 1n) / RAY
const repaidOf = (scaled: bigint, r: ReserveSpec, amount: bigint): bigint =>
  amount >= owedOf(scaled, r) ? 0n : scaled - (amount * RAY) / r.variableBorrowIndex
const takenOf = (scaled: bigint, r: ReserveSpec, amount: bigint): bigint =>
  scaled - (amount * RAY + r.liquidityIndex - 1n) / r.liquidityIndex

/** The account after the pool has booked a way out: repayments burn the floor, supplies mint it, withdrawals burn the ceil (3.5 on). */
function after(market: readonly ReserveSpec[], account: AccountSpec, { kind, asset, amount, repays }: Rescue): bigint {
  type Side = AccountSpec['debts']
  const book = (side: Side, of: string | undefined, by: (scaled: bigint, r: ReserveSpec) => bigint): Side =>
    side.map(([at, scaled]) => (assetOf(at) === of ? [at, by(scaled, market[at] ?? reserve())] : [at, scaled]))
  const repaid = kind === 'repay' ? { asset, amount } : repays
  const debts = book(account.debts, repaid?.asset, (scaled, r) => repaidOf(scaled, r, repaid?.amount ?? 0n))
  const collaterals = book(account.collaterals, kind === 'repay' ? undefined : asset, (scaled, r) =>
    kind === 'add' ? scaled + (amount * RAY) / r.liquidityIndex : takenOf(scaled, r, amount),
  )
  const spec = { ...account, collaterals, debts: debts.filter(([, scaled]) => scaled > 0n) }
  return bookOf({ reserves: market, accounts: [spec] }).account(0, NOW)?.healthFactor ?? 0n
}

/** One unit less of what decides: what is repaid, or added, or both sides of one asset. */
function less(option: Rescue): Rescue {
  const { repays, amount, asset } = option
  if (repays === undefined) return { ...option, amount: amount - 1n }
  const short = { ...repays, amount: repays.amount - 1n }
  return { ...option, repays: short, amount: repays.asset === asset ? amount - 1n : amount }
}

const idOf = (asset: string): number => [0, 1, 2, 3].find((id) => assetOf(id) === asset) ?? -1

/** The same, written into the ledger by the plug; it stays as it was. */
const taken = (ledger: Ledger, protocol: Protocol, option: Rescue): bigint | undefined =>
  ledger.speculate(2n, () => {
    protocol.takeRescue(ledger, 0, NOW, option)
    return protocol.standing(ledger, 0, NOW)?.healthFactor
  })

describe('Aave V3 rescue', () => {
  it('brings health to the target in integers, and one unit less would not', () => {
    const seen = { repay: 0, add: 0, sell: 0 }
    const shape = fc.constantFrom([0, 1, 2, 3], [0, 1, 1, 2], [0, 1, 0, 1])
    fc.assert(
      fc.property(reserves, sides, target, shape, (market, [a, b, c, d], wanted, at) => {
        const scaled = (side: number, base: bigint) => {
          const id = at[side] ?? 0
          return [id, scaledOf(market[id] ?? reserve(), base)] as const
        }
        const account = { collaterals: [scaled(0, a), scaled(1, b)], debts: [scaled(2, c), scaled(3, d)] }
        const { protocol, ledger } = bookOf({ reserves: market, accounts: [account] })
        for (const option of protocol.rescue(ledger, 0, NOW, wanted)) {
          const { kind, asset, amount, healthFactor } = option
          seen[kind]++
          const what = `${kind} ${idOf(asset)}`
          expect(after(market, account, option), what).to.equal(healthFactor)
          expect(taken(ledger, protocol, option), `${what}, taken in the ledger`).to.equal(healthFactor)
          expect(healthFactor >= wanted, `${what} reaches`).to.equal(true)
          if (amount > 1n) expect(after(market, account, less(option)) < wanted, `${what} least`).to.equal(true)
        }
      }),
      { numRuns: 5000 },
    )
    for (const kind of ['repay', 'add', 'sell'] as const) expect(seen[kind], kind).to.be.above(1000)
  })

  const market = [reserve({ priceUsd8: 2000n * USD }), reserve({ decimals: 6 }), reserve()]
  const account: AccountSpec = { collaterals: [[0, ETHER]], debts: [[1, 1_500_000_000n]] }
  const options = (over: readonly ReserveSpec[] = market, one = account, known: KnownForRescue = {}) => {
    const { protocol, ledger } = bookOf({ reserves: over, accounts: [one] })
    return protocol.rescue(ledger, 0, NOW, TARGET, known)
  }
  const advise = (over: readonly ReserveSpec[] = market, one = account) =>
    options(over, one).map(({ kind, asset, amount }) => [kind, idOf(asset), amount] as const)
  const obstacles = (over: readonly ReserveSpec[], one = account) =>
    Object.fromEntries(options(over, one).map(({ kind, obstacle }) => [kind, obstacle]))

  it('advises the closed forms: repay D − A/T, add (T·D − A)/LT, sell (T·D − A)/(T·r − LT)', () => {
    // A = 1660, D = 1500, T = 1.5
    const [repay, add, sell] = advise()
    expect(repay).to.deep.equal(['repay', 1, 393_333_334n])
    expect(add?.slice(0, 2)).to.deep.equal(['add', 0])
    expect(Number(add?.[2]) / 1e18).to.be.closeTo((2250 - 1660) / 0.83 / 2000, 1e-9)
    expect(sell?.slice(0, 2)).to.deep.equal(['sell', 0])
    expect(Number(sell?.[2]) / 1e18).to.be.closeTo((2250 - 1660) / (1.5 - 0.83) / 2000, 1e-9)
  })

  it('sizes a sale by what a venue gives, and says what is lost by it', () => {
    // Ten per cent less than the oracle says.
    const sale = { collateralAsset: assetOf(0), debtAsset: assetOf(1), sold: ETHER, received: 1_800_000_000n }
    const sell = options(market, account, { sales: [sale] }).find(({ kind }) => kind === 'sell')
    const usd = (2250 - 1660) / (1.5 * 0.9 - 0.83)
    expect(Number(sell?.amount) / 1e18).to.be.closeTo(usd / 2000, 1e-9)
    expect(Number(sell?.repays?.amount) / 1e6).to.be.closeTo(usd * 0.9, 1e-5)
    expect(Number(sell?.costBase) / 1e8).to.be.closeTo(usd * 0.1, 1e-5)
    // With less than LT/T of the value coming back no sale helps.
    const bad = { ...sale, received: 1_100_000_000n }
    expect(options(market, account, { sales: [bad] }).map(({ kind }) => kind)).to.deep.equal(['repay', 'add'])
  })

  it('an asset that is held and owed pays for itself in the pool: (T·D − A)/(T − LT)', () => {
    const looped: AccountSpec = { collaterals: [[1, 2_000_000_000n]], debts: [[1, 1_500_000_000n]] }
    const sell = options(market, looped).find(({ kind }) => kind === 'sell')
    expect(Number(sell?.amount) / 1e6).to.be.closeTo((2250 - 1660) / (1.5 - 0.83), 1e-5)
    expect(sell).to.include({ costBase: 0n, obstacle: undefined })
    expect(sell?.repays).to.deep.include({ asset: assetOf(1), amount: sell?.amount })
  })

  it('puts what can be taken first, then the smaller cost, then the smaller value', () => {
    const sale = { collateralAsset: assetOf(0), debtAsset: assetOf(1), sold: ETHER, received: 1_900_000_000n }
    const held: AccountSpec = {
      collaterals: [
        [0, 4n * ETHER],
        [1, 10n],
      ],
      debts: [[1, 4_600_000_000n]],
    }
    const kinds = (over: readonly ReserveSpec[]) =>
      options(over, held, { sales: [sale] }).map(({ kind, asset, obstacle }) =>
        `${kind} ${idOf(asset)} ${obstacle ?? ''}`.trim(),
      )
    expect(kinds(market)).to.deep.equal(['repay 1', 'add 0', 'add 1', 'sell 0'])
    const frozen = [reserve({ priceUsd8: 2000n * USD }), reserve({ decimals: 6, frozen: true })]
    expect(kinds(frozen)).to.deep.equal(['repay 1', 'add 0', 'sell 0', 'add 1 frozen'])
  })

  it('has nothing to say to the healthy, to those without debt, and where no amount would do', () => {
    expect(advise(market, { ...account, debts: [[1, 1_000_000_000n]] })).to.deep.equal([])
    expect(advise(market, { ...account, debts: [] })).to.deep.equal([])
    const twoDebts: AccountSpec = {
      collaterals: [],
      debts: [
        [1, 1_500_000_000n],
        [2, ETHER],
      ],
    }
    expect(advise(market, twoDebts)).to.deep.equal([])
  })

  it('never advises to repay more than is owed', () => {
    const hopeless: AccountSpec = { collaterals: [], debts: [[1, 1_500_000_001n]] }
    expect(advise(market, hopeless)).to.deep.equal([['repay', 1, 1_500_000_001n]])
  })

  /** Health 1.43: a withdrawal of what the sale needs leaves it above 1. */
  const safe: AccountSpec = { collaterals: [[0, ETHER]], debts: [[1, 1_160_000_000n]] }
  const debtWith = (changed: Partial<ReserveSpec>) => [
    reserve({ priceUsd8: 2000n * USD }),
    reserve({ decimals: 6, ...changed }),
  ]
  const collateralWith = (changed: Partial<ReserveSpec>) => [
    reserve({ priceUsd8: 2000n * USD, ...changed }),
    reserve({ decimals: 6 }),
  ]
  const none = undefined
  for (const [what, over, expected] of [
    ['nothing stands in the way', market, { repay: none, add: none, sell: none }],
    ['a paused debt cannot be repaid', debtWith({ paused: true }), { repay: 'paused', add: none, sell: 'paused' }],
    ['an inactive one neither', debtWith({ active: false }), { repay: 'inactive', add: none, sell: 'inactive' }],
    ['a frozen one can', debtWith({ frozen: true }), { repay: none, add: none, sell: none }],
    [
      'a paused collateral stays as it is',
      collateralWith({ paused: true }),
      { repay: none, add: 'paused', sell: 'paused' },
    ],
    ['a frozen one takes nothing more', collateralWith({ frozen: true }), { repay: none, add: 'frozen', sell: none }],
    [
      'an inactive one stays as it is',
      collateralWith({ active: false }),
      { repay: none, add: 'inactive', sell: 'inactive' },
    ],
    [
      'what is lent out cannot be taken out',
      collateralWith({ available: 5n }),
      { repay: none, add: none, sell: 'not-liquid' },
    ],
    ['without a threshold nothing is gained by adding', collateralWith({ ltBps: 0 }), { repay: none }],
  ] as const)
    it(what, () => {
      const told = obstacles(over, safe)
      // Without a threshold health is 0 and only the whole debt helps; a sale would be refused on the way.
      for (const [kind, obstacle] of Object.entries(expected)) expect(told, kind).to.include({ [kind]: obstacle })
      if ('add' in expected) expect(Object.keys(told)).to.have.members(['repay', 'add', 'sell'])
      else expect(told).to.not.have.property('add')
    })

  it('a sale must leave health at 1 while the debt is still there', () => {
    // A = 1660, D = 1500: a sale of 881 dollars is needed, 193 can be taken out.
    expect(obstacles(market)).to.deep.equal({ repay: none, add: none, sell: 'health-on-the-way' })
  })

  it('collateral with an LTV of 0 must be taken out before any other', () => {
    const over = [reserve({ priceUsd8: 2000n * USD }), reserve({ decimals: 6 }), reserve({ ltvBps: 0, priceUsd8: USD })]
    const one: AccountSpec = { ...safe, collaterals: [...safe.collaterals, [2, 10n * ETHER]] }
    const sales = options(over, one).filter(({ kind }) => kind === 'sell')
    expect(sales.map(({ asset, obstacle }) => [idOf(asset), obstacle])).to.deep.equal([[0, 'ltv-zero-first']])
  })

  it('a target that is reached already needs nothing', () => {
    const { protocol, ledger } = bookOf({ reserves: market, accounts: [safe] })
    const health = protocol.account(ledger, 0, NOW)?.healthFactor ?? 0n
    expect(protocol.rescue(ledger, 0, NOW, health)).to.deep.equal([])
    expect(protocol.rescue(ledger, 0, NOW, health + 1n)).to.have.length(3)
  })
})

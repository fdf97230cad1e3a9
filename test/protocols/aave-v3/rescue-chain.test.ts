import { expect } from 'chai'
import type { Address } from 'viem'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { createRandom } from '../../../scripts/devnet/random.ts'
import { poolCall } from '../../../scripts/differential/abis.ts'
import { type ContractSet, contractSets } from '../../../scripts/differential/ground.ts'
import { WAD } from '../../../src/core/math.ts'
import type { Rescue } from '../../../src/core/protocol.ts'
import type { RescueObstacle } from '../../../src/core/rescue.ts'
import type { Call } from '../../../src/core/types.ts'
import { MARKET } from '../../../src/protocols/aave-v3/cells.ts'
import { Moments } from '../../../src/protocols/aave-v3/moment.ts'
import { capReads, fitsUnderCap } from '../../../src/protocols/aave-v3/rescue-cap.ts'
import { rulesFor } from '../../../src/protocols/aave-v3/rules.ts'
import { attempt, refusal } from './rescue/attempt.ts'
import { type Owners, openOwners } from './rescue/owners.ts'
import { makeTrouble } from './rescue/troubles.ts'

const OWNERS = 110
const lender = namedAccount('lender')
const BLOCK_S = 12n

/** With which errors the pool says it: by name, in V3.0.2 by number. */
const REFUSALS: Readonly<Partial<Record<RescueObstacle, Readonly<Record<ContractSet, string>>>>> = {
  paused: { 'aave-v3.6': 'ReservePaused', 'aave-v3.0.2': '29' },
  frozen: { 'aave-v3.6': 'ReserveFrozen', 'aave-v3.0.2': '28' },
  'supply-cap': { 'aave-v3.6': 'SupplyCapExceeded', 'aave-v3.0.2': '51' },
  'not-liquid': { 'aave-v3.6': 'Panic', 'aave-v3.0.2': 'Panic' },
  'health-on-the-way': { 'aave-v3.6': 'HealthFactorLowerThanLiquidationThreshold', 'aave-v3.0.2': '35' },
  'ltv-zero-first': { 'aave-v3.6': 'LtvValidationFailed', 'aave-v3.0.2': '57' },
}

const wayOf = ({ kind, asset, repays }: Rescue): string =>
  kind === 'sell' ? (repays?.asset === asset ? 'sell in the pool' : 'sell') : kind

/** One unit less of what decides: what is repaid, added, or both sides of a sale in the pool. */
function less(option: Rescue): Rescue {
  const { repays, amount } = option
  const decides = repays && { ...repays, amount: repays.amount - 1n }
  return { ...option, repays: decides, amount: wayOf(option) === 'sell' ? amount : amount - 1n }
}

interface Tally {
  owners: number
  inEMode: number
  readonly taken: Record<string, number>
  readonly obstacles: Record<string, number>
}

/** Every way out of everybody, tried on the real contracts. */
async function tryAll(owners: Owners, seed: number): Promise<Tally> {
  const { book, batch } = owners.mirror
  const { protocol, ledger, head } = book
  if (head === undefined) throw new Error('the mirror is empty')
  const random = createRandom(seed)
  const at = head.timestamp + BLOCK_S
  const tally: Tally = { owners: 0, inEMode: 0, taken: {}, obstacles: {} }
  const count = (of: Record<string, number>, what: string) => {
    of[what] = (of[what] ?? 0) + 1
  }
  for (const owner of owners.addresses) {
    const account = book.find(lower(owner))
    const view = account === undefined ? undefined : book.account(account, at)
    if (account === undefined || view === undefined || view.totalDebtBase === 0n) continue
    const target = view.healthFactor + BigInt(random.int(1, 40)) * (WAD / 100n)
    if (target < WAD) continue
    const reads = await batch.read(protocol.rescueReads(ledger, account), { blockHash: head.hash })
    tally.owners++
    if (view.eMode !== 0) tally.inEMode++
    for (const option of protocol.rescue(ledger, account, at, target, { reads })) {
      const said = `${owner}: ${wayOf(option)} ${option.amount} ${option.symbol}, ${option.repays?.symbol}, to ${target}`
      if (option.obstacle === undefined) {
        expect(option.healthFactor >= target, said).to.equal(true)
        expect(await attempt(owners, owner, option, at), said).to.equal(option.healthFactor)
        const short = option.amount > 1n ? await attempt(owners, owner, less(option), at) : undefined
        expect(short === undefined || short < target, `${said}: one unit less`).to.equal(true)
        count(tally.taken, wayOf(option))
      } else {
        const error = await refusal(owners, owner, protocol.rescueCalls(ledger, owner, option), at)
        expect(error, `${said}: ${option.obstacle}`).to.equal(REFUSALS[option.obstacle]?.[owners.ground.set])
        count(tally.obstacles, option.obstacle)
      }
    }
  }
  return tally
}

const lower = (address: Address): Address => `0x${address.slice(2).toLowerCase()}`

describe('Aave V3 ways out on the real contracts', function () {
  this.timeout(300_000)

  for (const set of contractSets)
    describe(set, () => {
      let owners: Owners
      before(async () => {
        owners = await openOwners(set, { seed: 1, owners: OWNERS })
      })
      after(() => owners?.close())

      it('each leaves the promised health to the wei, and one unit less falls short', async () => {
        const { owners: tried, inEMode, taken, obstacles } = await tryAll(owners, 1)
        expect(tried).to.be.at.least(100)
        expect(inEMode).to.be.at.least(15)
        for (const way of ['repay', 'add', 'sell', 'sell in the pool']) expect(taken[way], way).to.be.above(30)
        expect(obstacles).to.have.all.keys('health-on-the-way')
      })

      it('what stands in the way is what the pool refuses with: pauses, full and frozen reserves, LTV 0, no liquidity', async () => {
        await makeTrouble(owners)
        const { taken, obstacles } = await tryAll(owners, 2)
        for (const way of ['repay', 'add', 'sell', 'sell in the pool']) expect(taken[way], way).to.be.above(15)
        for (const obstacle of Object.keys(REFUSALS)) expect(obstacles[obstacle], obstacle).to.be.above(3)
      })

      it('a reserve takes as much as is foretold, and not a unit more', async () => {
        for (const { asset, most } of await room(owners)) {
          const supply = (amount: bigint) => supplyCall(owners, asset, amount)
          const at = soon(owners)
          expect(await refusal(owners, lender, [supply(most)], at), asset).to.equal(undefined)
          expect(await refusal(owners, lender, [supply(most + 1n)], at), asset).to.equal(REFUSALS['supply-cap']?.[set])
        }
      })
    })
})

const soon = ({ mirror }: Owners): bigint => (mirror.book.head?.timestamp ?? 0n) + BLOCK_S

const supplyCall = ({ ground }: Owners, asset: Address, amount: bigint): Call => ({
  to: ground.addresses.pool,
  data: poolCall('supply', [asset, amount, lender, 0]),
})

/** The most that each full reserve still takes, found by asking `fitsUnderCap`. */
async function room(owners: Owners): Promise<{ asset: Address; most: bigint }[]> {
  const { book, batch } = owners.mirror
  const { ledger, head } = book
  const rules = rulesFor('auto', ledger.get(MARKET.revision))
  if (rules === undefined || head === undefined) throw new Error('the mirror is empty')
  const moment = new Moments().at(ledger, soon(owners), rules)
  const everybody = Array.from({ length: ledger.size }, (_, account) => capReads(ledger, account)).flat()
  const reads = await batch.read(everybody, { blockHash: head.hash })
  return moment.reserves.flatMap((reserve) => {
    if (!reserve || !['WETH', 'USDC'].includes(reserve.symbol)) return []
    let [fits, exceeds] = [0n, 10n ** 30n]
    while (exceeds - fits > 1n) {
      const middle = (fits + exceeds) / 2n
      if (fitsUnderCap(ledger, reserve, moment, middle, reads)) fits = middle
      else exceeds = middle
    }
    return [{ asset: reserve.asset, most: fits }]
  })
}

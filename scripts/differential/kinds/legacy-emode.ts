import { zeroAddress } from 'viem'
import { deployFeed } from '../../devnet/deploy-tokens.ts'
import { Deployer } from '../../devnet/deployer.ts'
import { legacyEModes, legacyReserves, legacySymbols } from '../../devnet/legacy/parameters.ts'
import { feedCall, legacyCall, oracleCall } from '../abis.ts'
import { oracleOf } from '../world.ts'
import { configure, someCategory, terms } from './governance.ts'
import { type Kind, type Planned, sending, someReserve, type Turn } from './kind.ts'

/** A key of the oracle for a category's price: its own, none, a reserve, or one that nobody has a price for. */
function someKey(turn: Turn) {
  const { world, random } = turn
  const draw = random.next()
  if (draw < 0.5) return world.eModePrice?.key ?? zeroAddress
  if (draw < 0.8) return zeroAddress
  return draw < 0.97 ? someReserve(turn).asset : world.umbrella
}

function eModeTerms(turn: Turn): Planned {
  const { ltv, lt, bonus } = terms(turn.random)
  const args = [someCategory(turn), Number(ltv || 1n), Number(lt), Number(bonus), someKey(turn), 'another'] as const
  return configure(turn.world, legacyCall('setEModeCategory', args))
}

/** One as it was at first, but for its price now and then. */
function mendEMode(turn: Turn): Planned {
  const { id, ltvBps, ltBps, bonusBps, priceUsd8, label } = turn.random.pick(legacyEModes)
  const usual = priceUsd8 === 0 ? zeroAddress : (turn.world.eModePrice?.key ?? zeroAddress)
  const key = turn.random.chance(0.7) ? usual : someKey(turn)
  return configure(turn.world, legacyCall('setEModeCategory', [id, ltvBps, ltBps, bonusBps, key, label]))
}

/** Moves an asset in or out, with borrowers in place; often back to where it was listed. */
function eModeMember(turn: Turn): Planned {
  const { world, random } = turn
  if (random.chance(0.5)) {
    const symbol = random.pick(legacySymbols)
    const asset = world.listings.find((listing) => listing.symbol === symbol)?.asset ?? zeroAddress
    return configure(world, legacyCall('setAssetEModeCategory', [asset, legacyReserves[symbol].eModeCategory]))
  }
  const category = random.chance(0.4) ? 0 : someCategory(turn)
  return configure(world, legacyCall('setAssetEModeCategory', [someReserve(turn).asset, category]))
}

function eModePrice({ world, random }: Turn): Planned | undefined {
  if (world.eModePrice === undefined) return undefined
  const { governance: from } = world.addresses
  const usual = BigInt(legacyEModes.find(({ priceUsd8 }) => priceUsd8 !== 0)?.priceUsd8 ?? 0)
  const price = random.pick([usual, usual, (usual * 11n) / 10n, (usual * 9n) / 10n, usual / 3n, 1n, 0n, 10n ** 14n])
  return sending(world, { from, to: world.eModePrice.aggregator, data: feedCall('report', [price]) })
}

/** Another source under the key, or none: then the fallback oracle is asked, which may be none either. */
function eModeSource({ world, random }: Turn): Planned | undefined {
  const own = world.eModePrice
  if (own === undefined) return undefined
  const { governance } = world.addresses
  const draw = random.next()
  return {
    async send() {
      const deployer = await Deployer.create(world.chain, governance)
      const another = draw < 0.3 ? await deployFeed(deployer, 'another', 3_000n * 10n ** 8n) : own
      const source = draw > 0.85 ? zeroAddress : another.source
      await deployer.call(oracleOf(world), oracleCall('setAssetSources', [[own.key], [source]]))
    },
  }
}

const sets = ['aave-v3.0.2'] as const
export const legacyEModeKinds: readonly Kind[] = [
  { name: 'category: terms', weight: 1, sets, plan: eModeTerms },
  { name: 'category: mended', weight: 1.5, sets, plan: mendEMode },
  { name: 'category: members', weight: 2, sets, plan: eModeMember },
  { name: 'category: price', weight: 1.5, sets, plan: eModePrice },
  { name: 'category: source of its price', weight: 0.6, sets, plan: eModeSource },
]

import { type Address, concatHex, encodeAbiParameters, encodeFunctionData, type Hex, zeroAddress } from 'viem'
import { liquidatorAbi, liquidatorBytecode } from '../../adapters/contracts/liquidator.ts'
import { getHeader, Rpc } from '../../adapters/rpc/client.ts'
import { createBatch } from '../../adapters/rpc/multicall.ts'
import type { ChainConfig, MarketConfig, MarketExecutor } from '../../config/config.ts'
import type { Batch } from '../../core/ports.ts'
import type { MarketView } from '../../core/protocol.ts'
import { type LiquidatorFacts, readLiquidator } from '../liquidator-reads.ts'
import { discover } from '../open-chain.ts'
import { type Area, areaOf, type Finding } from './finding.ts'

export interface MarketPlace {
  readonly chain: ChainConfig
  readonly market: MarketConfig
  readonly executor: MarketExecutor | undefined
  /** Who sends or would send. */
  readonly keeper: Address | undefined
  /** Without a contract nothing can be sent. */
  readonly sends: boolean
}

/** The pool, its rules, its prices, and our contract for it. Nothing where no node answers: that was said before. */
export async function checkMarket(place: MarketPlace): Promise<readonly Finding[]> {
  const { chain, market } = place
  const area = areaOf(`market ${market.name}`)
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem: () => {} })
  try {
    await rpc.connect()
  } catch {
    return [area.warning('pool', { what: 'not looked at', why: 'no node of its chain can be used', fix: 'See above.' })]
  }
  try {
    const batch = await createBatch(rpc, chain.multicall)
    const head = await getHeader(rpc, 'latest')
    if (head === undefined) throw new RangeError('a node without a head was let pass')
    const book = await discover({ rpc, batch }, market, head)
    const view = book.protocol.market(book.ledger)
    return [rules(area, view), oracle(area, view), ...(await contract(area, place, { rpc, batch, pool: view.pool }))]
  } catch (error) {
    return [area.threw('pool', error, 'Correct addressesProvider (or the chain) of the market.')]
  }
}

function rules(area: Area, { pool, revision, rules: known }: MarketView): Finding {
  if (known !== undefined) return area.ok('pool', `${pool}, revision ${revision}, rules ${known}`)
  return area.failed('pool', {
    what: `the pool reports revision ${revision}, whose rules are not known here`,
    why: 'it is only watched through its own answers, and nothing is sent',
    fix: `Upgrade Plimsoll, or name the rules that fit: rules: auto, ${revision} = aave-v3.6.`,
  })
}

function oracle(area: Area, { reserves }: MarketView): Finding {
  const silent = reserves.filter(({ priceUsd8 }) => priceUsd8 === 0n).map(({ symbol }) => symbol)
  if (silent.length === 0) return area.ok('oracle', `answers for all ${reserves.length} reserves`)
  const trouble = {
    what: `no price for ${silent.join(', ')}`,
    why: 'accounts that hold or owe it cannot be valued, and are not liquidated',
    fix: 'Ask the chain: the price source of the asset is missing, or it reverts.',
  }
  return silent.length === reserves.length ? area.failed('oracle', trouble) : area.warning('oracle', trouble)
}

interface Chain {
  readonly rpc: Rpc
  readonly batch: Batch
  readonly pool: Address
}

async function contract(area: Area, { executor, keeper, sends }: MarketPlace, chain: Chain): Promise<Finding[]> {
  const address = executor?.contract
  if (address === undefined) {
    if (!sends) return [area.ok('contract', 'none is configured; none is needed in this mode')]
    const why = 'nothing can be sent for this market'
    return [area.failed('contract', { what: 'none is configured', why, fix: 'Deploy one: plimsoll deploy.' })]
  }
  const said = await readLiquidator(chain.batch, address, keeper ?? zeroAddress)
  if (said.pool !== chain.pool)
    return [
      area.failed('contract', {
        what: `${address} is not a Liquidator for the pool ${chain.pool}`,
        why: said.pool === undefined ? 'it does not answer as one' : `it works for ${said.pool}`,
        fix: 'Correct executor.markets.*.contract, or deploy one: plimsoll deploy.',
      }),
    ]
  return [await bytecode(area, chain, address, said), owner(area, said, keeper), ...keeperOf(area, said, keeper)]
}

/** The node runs our own constructor with the contract's own parameters: what it would deploy must be what stands there. */
async function bytecode(area: Area, { rpc, batch }: Chain, address: Address, said: LiquidatorFacts): Promise<Finding> {
  const data = encodeFunctionData({ abi: liquidatorAbi, functionName: 'SWAP_ROUTER' })
  const [answer] = await batch.read([{ to: address, data }], 'latest')
  const router: Address = `0x${(answer?.result ?? '0x').slice(26).padStart(40, '0')}`
  const types = Array.from({ length: 5 }, () => ({ type: 'address' }) as const)
  const values = [said.pool, router, said.treasury, said.owner, said.owner].map((one) => one ?? zeroAddress)
  const creation = concatHex([liquidatorBytecode, encodeAbiParameters(types, values)])
  const [theirs, ours] = await Promise.all([
    rpc.request('eth_getCode', [address, 'latest']),
    rpc.request('eth_call', [{ data: creation }, 'latest']).catch(() => undefined),
  ])
  if ((theirs as Hex) === ours)
    return area.ok('contract', `${address} is the Liquidator of this version, treasury ${said.treasury}`)
  return area.warning('contract', {
    what: `the code at ${address} is not that of this version`,
    why: 'it was deployed by another version, or is not what it says it is; it answers like a Liquidator',
    fix: 'Deploy a new one (plimsoll deploy), or make sure that you know this one.',
  })
}

function owner(area: Area, { owner: who }: LiquidatorFacts, keeper: Address | undefined): Finding {
  if (who === undefined || who !== keeper?.toLowerCase()) return area.ok('owner', who ?? 'none')
  return area.warning('owner', {
    what: `the keeper ${who} owns the contract too`,
    why: 'a stolen hot key could appoint other keepers and move what is left in it to the treasury',
    fix: 'Let a cold address own it: transferOwnership, then acceptOwnership.',
  })
}

function keeperOf(area: Area, { isKeeper }: LiquidatorFacts, keeper: Address | undefined): Finding[] {
  if (keeper === undefined) return []
  if (isKeeper) return [area.ok('keeper', `${keeper} may liquidate`)]
  const why = 'the contract only answers its keepers'
  return [
    area.failed('keeper', { what: `the contract does not know ${keeper}`, why, fix: 'Let its owner call setKeeper.' }),
  ]
}

import { type Address, concatHex, encodeAbiParameters, type Hex, keccak256, type PrivateKeyAccount } from 'viem'
import { liquidatorBytecode } from '../adapters/contracts/liquidator.ts'
import { getHeader, isRevert, Rpc } from '../adapters/rpc/client.ts'
import { completeReads } from '../adapters/rpc/feed.ts'
import { pause } from '../adapters/rpc/heads.ts'
import { createBatch } from '../adapters/rpc/multicall.ts'
import type { ChainConfig, MarketConfig } from '../config/config.ts'
import { ChainError, ConfigError, RpcFault } from '../core/errors.ts'
import { PRIORITY_FEE_WEI } from './fees.ts'
import { readLiquidator } from './liquidator-reads.ts'
import { newBook } from './open-chain.ts'

export interface Deployment {
  readonly contract: Address
  readonly transactionHash: Hex
  readonly pool: Address
  readonly router: Address
  readonly treasury: Address
  readonly owner: Address
  readonly keeper: Address
}

export interface DeployOptions {
  readonly chain: ChainConfig
  readonly market: MarketConfig
  readonly account: PrivateKeyAccount
  readonly treasury: Address
  readonly owner: Address
  readonly keeper: Address
  readonly signal: AbortSignal
  readonly onProblem: (problem: string) => void
}

const RECEIPT_POLL_MS = 500

/** Deploys the Liquidator of one market and reads back what it says of itself. */
export async function deployLiquidator(options: DeployOptions): Promise<Deployment> {
  const { chain, treasury, owner, keeper } = options
  const router = chain.uniswapV3?.router
  if (router === undefined) throw noRouter(chain)
  const rpc = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem: options.onProblem })
  await rpc.connect()
  const pool = await poolOf(rpc, options)
  const data = concatHex([
    liquidatorBytecode,
    encodeAbiParameters(CONSTRUCTOR, [pool, router, treasury, owner, keeper]),
  ])
  const { contract, transactionHash } = await sendCreation(rpc, options, data)
  const said = await readLiquidator(await createBatch(rpc, chain.multicall), contract, keeper)
  const wanted = { pool, treasury, owner, isKeeper: true }
  for (const [what, value] of Object.entries(wanted))
    if (said[what as keyof typeof wanted] !== (typeof value === 'string' ? value.toLowerCase() : value))
      throw new ChainError({
        code: 'DEPLOYED_WRONG',
        what: `the contract at ${contract} says ${what} ${said[what as keyof typeof wanted]}`,
        why: `it should be ${value}`,
        fix: `Do not use it. Check that the node is on chain ${chain.id} and deploy again.`,
      })
  return { contract, transactionHash, pool, router, treasury, owner, keeper }
}

const CONSTRUCTOR = [
  { type: 'address' },
  { type: 'address' },
  { type: 'address' },
  { type: 'address' },
  { type: 'address' },
] as const

async function poolOf(rpc: Rpc, { chain, market }: DeployOptions): Promise<Address> {
  const head = await getHeader(rpc, 'latest')
  const probe = newBook(market)
  if (head) probe.apply(await completeReads({ batch: await createBatch(rpc, chain.multicall) }, head, [], [probe]))
  const { pool } = probe.protocol.market(probe.ledger)
  if (BigInt(pool) !== 0n) return pool
  throw new ChainError({
    code: 'NO_POOL',
    what: `market "${market.name}": ${market.addressesProvider} names no pool on chain "${chain.name}"`,
    why: 'it is not the PoolAddressesProvider of a lending market there',
    fix: `Correct addressesProvider of market "${market.name}".`,
  })
}

/** Sign, send, wait for the receipt. */
async function sendCreation(
  rpc: Rpc,
  { chain, account, signal }: DeployOptions,
  data: Hex,
): Promise<{ contract: Address; transactionHash: Hex }> {
  const head = await getHeader(rpc, 'latest')
  const nonce = Number(await rpc.request('eth_getTransactionCount', [account.address, 'pending']))
  const gas = await estimate(rpc, account.address, data)
  const maxFeePerGas = 2n * (head?.baseFeeWei ?? 0n) + PRIORITY_FEE_WEI
  const raw = await account.signTransaction({
    type: 'eip1559',
    chainId: chain.id,
    nonce,
    data,
    gas: (gas * 12n) / 10n,
    maxFeePerGas,
    maxPriorityFeePerGas: PRIORITY_FEE_WEI,
  })
  const transactionHash = keccak256(raw)
  await rpc.request('eth_sendRawTransaction', [raw]).catch((error: unknown) => {
    throw error instanceof RpcFault ? notTaken(account.address, error) : error
  })
  for (;;) {
    const receipt = (await rpc.request('eth_getTransactionReceipt', [transactionHash])) as Receipt | null
    if (receipt !== null && BigInt(receipt.status) === 1n) return { contract: receipt.contractAddress, transactionHash }
    if (receipt !== null) throw reverted(transactionHash)
    await pause(RECEIPT_POLL_MS, signal)
    signal.throwIfAborted()
  }
}

interface Receipt {
  readonly status: Hex
  readonly contractAddress: Address
}

async function estimate(rpc: Rpc, from: Address, data: Hex): Promise<bigint> {
  try {
    return BigInt((await rpc.request('eth_estimateGas', [{ from, data }])) as Hex)
  } catch (error) {
    if (!(error instanceof RpcFault) || !isRevert(error)) throw error
    throw reverted(from, error)
  }
}

const reverted = (who: Hex, cause?: unknown): ChainError =>
  new ChainError(
    {
      code: 'DEPLOY_REVERTED',
      what: `the deployment reverts (${who})`,
      why: 'its constructor refuses an address: pool and router must be contracts, the others not zero',
      fix: 'Check treasury, owner, keeper and the router of the chain.',
    },
    { cause },
  )

/** Nodes word it each in their own way; most often the account cannot pay. */
const notTaken = (account: Address, cause: RpcFault): ConfigError =>
  new ConfigError(
    {
      code: 'DEPLOY_NOT_TAKEN',
      what: `the node does not take the deployment of ${account}`,
      why: cause.message,
      fix: `Give ${account} enough of the chain's coin to pay for it, then deploy again.`,
    },
    { cause },
  )

export const noRouter = (chain: ChainConfig): ConfigError =>
  new ConfigError({
    code: 'NO_ROUTER',
    what: `chain "${chain.name}" has no Uniswap V3 SwapRouter in the configuration`,
    why: 'the contract sells what it seizes there',
    fix: `Set chains.${chain.name}.uniswapV3 (quoter, router, factory).`,
  })

import { network } from 'hardhat'
import {
  type Abi,
  type Address,
  concatHex,
  decodeErrorResult,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  getAddress,
  type Hex,
  isHex,
  numberToHex,
  parseEventLogs,
  type RpcTransactionReceipt,
  toHex,
} from 'viem'
import { mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { type Compiled, contract } from './compile.ts'

export interface Rpc {
  request(args: { method: string; params?: unknown[] }): Promise<unknown>
}
export type Contract = { address: Address; abi: Abi }
export type Call = { target: Address; data: Hex }
export type Receipt = RpcTransactionReceipt
type Options = { value?: bigint; gas?: bigint; timestamp?: bigint }

/** Hardhat's well-known test key, whose accounts the chain holds unlocked. */
const mnemonic = 'test test test test test test test test test test test junk'
export function key(index: number): PrivateKeyAccount {
  const { privateKey } = mnemonicToAccount(mnemonic, { addressIndex: index }).getHdKey()
  if (!privateKey) throw new Error('the mnemonic gives no private key')
  return privateKeyToAccount(toHex(privateKey))
}
export const [deployer, owner, keeper, stranger, user] = [0, 1, 2, 3, 4].map((i) => key(i).address) as [
  Address,
  Address,
  Address,
  Address,
  Address,
]
/** Receives only; nobody holds its key. */
export const treasury: Address = '0x7e57000000000000000000000000000000000001'

class Refused extends Error {
  readonly data: Hex
  constructor(data: Hex, cause: unknown) {
    super(reason(data), { cause })
    this.name = 'Refused'
    this.data = data
  }
}

/** `NotKeeper(0x…)`, `Error(Too little received)`, or the selector of an error we do not know. */
export function reason(data: Hex): string {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: contract('Liquidator').abi, data })
    return `${errorName}(${args.join(', ')})`
  } catch {
    return data.slice(0, 10)
  }
}

/** Hands back why the chain refused, or `accepted`. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: unknown) => {
      if (error instanceof Refused) return error.message
      throw error
    },
  )
}

export const call = ({ address, abi }: Contract, functionName: string, ...args: unknown[]): Call => ({
  target: address,
  data: encodeFunctionData({ abi, functionName, args }),
})

/** Deploys, sends and reads on a chain that mines each transaction at once. */
export class Bench {
  readonly rpc: Rpc
  constructor(rpc: Rpc) {
    this.rpc = rpc
  }

  static async open(): Promise<Bench> {
    const { provider } = await network.create()
    return new Bench({ request: (args) => provider.request(args) })
  }

  async transact(from: Address, to: Address | undefined, data: Hex, options: Options = {}): Promise<Receipt> {
    const { value = 0n, gas = 10_000_000n, timestamp } = options
    if (timestamp !== undefined) await this.#request('evm_setNextBlockTimestamp', numberToHex(timestamp))
    const request = { from, ...(to && { to }), data, value: numberToHex(value), gas: numberToHex(gas) }
    const hash = await this.#request('eth_sendTransaction', request)
    return (await this.#request('eth_getTransactionReceipt', hash)) as Receipt
  }

  send(from: Address, to: Contract, functionName: string, args: unknown[] = [], options?: Options): Promise<Receipt> {
    return this.transact(from, to.address, call(to, functionName, ...args).data, options)
  }

  async deploy({ abi, bytecode }: Compiled, args: unknown[] = [], options?: Options): Promise<Contract> {
    const data = encodeDeployData({ abi, bytecode, args })
    const { contractAddress } = await this.transact(deployer, undefined, data, options)
    if (!contractAddress) throw new Error('the chain deployed nothing')
    return { address: getAddress(contractAddress), abi }
  }

  /** Creation code that is nothing but SELFDESTRUCT: the ether arrives without the target being asked. */
  forceEther(to: Address, value: bigint): Promise<Receipt> {
    return this.transact(deployer, undefined, concatHex(['0x73', to, '0xff']), { value })
  }

  async read(at: Contract, functionName: string, args: unknown[] = [], from: Address = stranger): Promise<unknown> {
    const { target, data } = call(at, functionName, ...args)
    const result = (await this.#request('eth_call', { from, to: target, data }, 'latest')) as Hex
    return decodeFunctionResult({ abi: at.abi, functionName, data: result, args })
  }

  async number(at: Contract, functionName: string, args: unknown[] = []): Promise<bigint> {
    const value = await this.read(at, functionName, args)
    if (typeof value !== 'bigint') throw new TypeError(`${functionName} answered ${String(value)}`)
    return value
  }

  balance(token: Contract, account: Address): Promise<bigint> {
    return this.number(token, 'balanceOf', [account])
  }

  async ether(account: Address): Promise<bigint> {
    return BigInt((await this.#request('eth_getBalance', account, 'latest')) as Hex)
  }

  /** Timestamp of the newest block, in seconds. */
  async now(): Promise<bigint> {
    const block = (await this.#request('eth_getBlockByNumber', 'latest', false)) as { timestamp: Hex }
    return BigInt(block.timestamp)
  }

  async #request(method: string, ...params: unknown[]): Promise<unknown> {
    try {
      return await this.rpc.request({ method, params })
    } catch (error) {
      const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined
      if (isHex(data)) throw new Refused(data, error)
      if (error instanceof Error && error.message.includes('ran out of gas')) throw new Refused('0x', error)
      throw error
    }
  }
}

/** Arguments of the events of that name which `from` emitted. */
export function eventsOf(receipt: Receipt, from: Contract, eventName: string): unknown[] {
  const logs = receipt.logs.filter((log) => log.address.toLowerCase() === from.address.toLowerCase())
  const parsed = parseEventLogs({
    abi: from.abi,
    eventName,
    logs: logs.map((log) => ({ ...log, blockNumber: 0n, blockTimestamp: 0n, logIndex: 0, transactionIndex: 0 })),
  })
  return parsed.map((log) => ('args' in log ? log.args : undefined))
}

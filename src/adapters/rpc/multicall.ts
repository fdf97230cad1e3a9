import {
  type Address,
  concatHex,
  decodeAbiParameters,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  multicall3Abi,
  parseAbiParameters,
} from 'viem'
import { RpcFault } from '../../core/errors.ts'
import type { At, Batch, Node } from '../../core/ports.ts'
import type { Call, Read } from '../../core/types.ts'
import { batchBytecode } from '../contracts/batch.ts'
import { codesBytecode } from '../contracts/codes.ts'

/** One way to put many calls into one `eth_call`. */
interface Envelope {
  /** Calls a request. A balance costs about 12,000 gas through its proxy; nodes give an eth_call 16 million at least. */
  readonly size: number
  wrap(calls: readonly Call[]): { readonly to?: Address; readonly data: Hex }
  unwrap(answer: Hex): readonly (Hex | undefined)[]
}

/** Multicall3 on the chain, or our own Batch brought along as init code where the chain has none. */
export async function createBatch(node: Node, multicall: Address): Promise<Batch> {
  const code = await node.request('eth_getCode', [multicall, 'latest'])
  const envelope = typeof code === 'string' && code.length > 2 ? multicall3(multicall) : deployless
  return {
    async read(calls, at, options) {
      const inSizes = async (envelope: Envelope, some: readonly Call[]): Promise<Read[]> => {
        const size = Math.min(options?.size ?? envelope.size, envelope.size)
        const reads: Read[] = []
        for (let i = 0; i < some.length; i += size)
          reads.push(...(await readSome(node, envelope, some.slice(i, i + size), at)))
        return reads
      }
      const told = await inSizes(
        envelope,
        calls.filter((call) => !asksForCode(call)),
      )
      if (told.length === calls.length) return told
      const kinds = await inSizes(codes, calls.filter(asksForCode))
      return calls.map((call) => (asksForCode(call) ? kinds : told).shift() as Read)
    },
  }
}

const asksForCode = ({ data }: Call): boolean => data === '0x'

/** One request; in halves when the node finds it too much. */
async function readSome(node: Node, envelope: Envelope, calls: readonly Call[], at: At): Promise<Read[]> {
  try {
    const answer = await node.request('eth_call', [envelope.wrap(calls), blockParameter(at)])
    if (typeof answer !== 'string' || answer.length <= 2)
      throw new RpcFault('eth_call', -32603, 'empty answer from the batch', undefined)
    const results = envelope.unwrap(answer as Hex)
    if (results.length !== calls.length)
      throw new RpcFault('eth_call', -32603, 'the batch does not answer every call', undefined)
    return calls.map((call, i) => ({ ...call, result: results[i] }))
  } catch (error) {
    if (!(error instanceof RpcFault) || calls.length === 1 || isAbsent(error)) throw error
    const half = Math.ceil(calls.length / 2)
    return [
      ...(await readSome(node, envelope, calls.slice(0, half), at)),
      ...(await readSome(node, envelope, calls.slice(half), at)),
    ]
  }
}

/** The node does not have the block or its state: fewer calls would not help. */
const isAbsent = ({ message }: RpcFault): boolean =>
  /not found|unknown block|missing|pruned|not available/i.test(message)

const blockParameter = (at: At): unknown =>
  typeof at === 'string' ? at : { blockHash: at.blockHash, requireCanonical: true }

const multicall3 = (address: Address): Envelope => ({
  size: 500,
  wrap: (calls) => ({
    to: address,
    data: encodeFunctionData({
      abi: multicall3Abi,
      functionName: 'aggregate3',
      args: [calls.map(({ to, data }) => ({ target: to, allowFailure: true, callData: data }))],
    }),
  }),
  unwrap: (answer) =>
    decodeFunctionResult({ abi: multicall3Abi, functionName: 'aggregate3', data: answer }).map((result) =>
      result.success ? result.returnData : undefined,
    ),
})

const CALLS = parseAbiParameters('(address to, bytes data)[] calls')
const RESULTS = parseAbiParameters('(bool success, bytes data)[] results')

/** `contracts/Codes.sol`. */
const codes: Envelope = {
  size: 2000,
  wrap: (calls) => ({
    data: concatHex([codesBytecode, encodeAbiParameters([{ type: 'bytes' }], [concatHex(calls.map(({ to }) => to))])]),
  }),
  unwrap: (answer) =>
    answer
      .slice(4)
      .match(/../g)
      ?.map((byte): Hex => `0x${byte}`) ?? [],
}

/** `contracts/Batch.sol`: the answer is bounded by the size of a contract's code. */
const deployless: Envelope = {
  size: 100,
  wrap: (calls) => ({ data: concatHex([batchBytecode, encodeAbiParameters(CALLS, [calls])]) }),
  unwrap: (answer) =>
    decodeAbiParameters(RESULTS, answer)[0].map((result) => (result.success ? result.data : undefined)),
}

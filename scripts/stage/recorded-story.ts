import { join } from 'node:path'
import { type Address, decodeEventLog, type Hex, parseAbi, toEventSelector } from 'viem'
import type { BacktestReport } from '../../src/app/backtest/report-schema.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { mine, next, type StageChain } from './chain.ts'
import { journalOf, reached } from './judge.ts'
import { type Daemon, openStage, type Stage } from './stage.ts'

export interface RecordedStory {
  readonly stage: Stage
  readonly chain: StageChain
  /** The daemon's own recording. */
  readonly file: string
  readonly config: string
  /** What the daemon said while it ran. */
  readonly journal: readonly JournalEntry[]
}

export interface RecordedStoryOptions {
  readonly chain: 'ethereum' | 'optimism'
  readonly accounts: number
  readonly seed: number
  readonly blocks?: number
  readonly say: (line: string) => void
}

const FINALITY = 4

/** The story with a rival, the daemon live and recording; played to its end, and until all of it is final and on disk. */
export async function playRecorded({ chain: name, say, ...options }: RecordedStoryOptions): Promise<RecordedStory> {
  const stage = await openStage({
    chains: [{ chain: name, tickMs: 0, rival: true, ...options }],
    mode: 'live',
    finality: FINALITY,
    recording: true,
    say,
  })
  try {
    const chain = stage.chains[0] as StageChain
    const daemon = await stage.start()
    for (let block = await next(chain); block !== undefined; block = await next(chain))
      await settle(daemon, chain, block)
    for (let i = 0; i <= FINALITY; i++) await settle(daemon, chain, await mine(chain))
    const journal = await journalOf(daemon.url)
    await daemon.process.kill()
    const file = join(stage.folder, 'recordings', `${name}.plimsoll`)
    return { stage, chain, file, config: join(stage.folder, 'plimsoll.yaml'), journal }
  } catch (error) {
    await stage.close()
    throw error
  }
}

/** The daemon has the block, and the journal has come to rest: what it wants to do about it is done. */
async function settle({ url }: Daemon, chain: StageChain, block: number): Promise<void> {
  await reached(url, chain, block)
  const last = async (): Promise<number> => (await journalOf(url)).at(-1)?.seq ?? 0
  for (let rest = 0, before = await last(); rest < 3; ) {
    await new Promise((resolve) => setTimeout(resolve, 40))
    const now = await last()
    rest = now === before ? rest + 1 : 0
    before = now
  }
}

const abi = parseAbi([
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
])

export interface ChainLiquidation {
  readonly block: bigint
  readonly tx: Hex
  readonly logIndex: number
  readonly collateralAsset: Address
  readonly user: Address
  readonly liquidator: Address
  readonly debtCovered: bigint
  readonly collateralSeized: bigint
}

/** What the chain itself says was liquidated in these blocks. */
export async function liquidationsOn(chain: StageChain, from: number, to: number): Promise<ChainLiquidation[]> {
  const [event] = abi
  const quantity = (block: number): string => `0x${block.toString(16)}`
  const topics = [toEventSelector(event)]
  const filter = { address: chain.addresses['pool'], topics, fromBlock: quantity(from), toBlock: quantity(to) }
  const logs = (await chain.rpc('eth_getLogs', filter)) as readonly {
    readonly topics: [Hex, ...Hex[]]
    readonly data: Hex
    readonly blockNumber: Hex
    readonly transactionHash: Hex
    readonly logIndex: Hex
  }[]
  return logs.map(({ topics, data, blockNumber, transactionHash, logIndex }) => {
    const { args } = decodeEventLog({ abi, topics, data })
    return {
      block: BigInt(blockNumber),
      tx: transactionHash,
      logIndex: Number(logIndex),
      collateralAsset: args.collateralAsset,
      user: args.user,
      liquidator: args.liquidator,
      debtCovered: args.debtToCover,
      collateralSeized: args.liquidatedCollateralAmount,
    }
  })
}

/** A backtest of the recording through the command line, as a user runs it. */
export async function backtestOf({ stage, file }: RecordedStory, ...args: string[]): Promise<BacktestReport> {
  const { code, output } = await stage.command('backtest', file, '--json', ...args)
  const text = output.slice(output.findIndex((line) => line.startsWith('{'))).join('\n')
  if (code !== 0) throw new Error(`plimsoll backtest ended with ${code}:\n${output.join('\n')}`)
  return JSON.parse(text.slice(0, text.lastIndexOf('}') + 1)) as BacktestReport
}

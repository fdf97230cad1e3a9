import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Address, keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { stringify } from 'yaml'
import { writeKeystore } from '../../src/adapters/keystore.ts'
import { type ChainOptions, fund, marketName, mine, type StageChain, startStageChain } from './chain.ts'
import { type Child, event, startChild } from './child.ts'
import { authorize } from './judge.ts'

/** Two (or one) local markets, contracts deployed, a configuration, and the daemon as a user starts it. */
export interface Stage {
  readonly chains: readonly StageChain[]
  readonly keeper: Address
  readonly treasury: Address
  readonly folder: string
  /** The daemon, once it is ready. */
  start(args?: readonly string[]): Promise<Daemon>
  /** Another command, to its end. */
  command(...args: string[]): Promise<{ readonly code: number | null; readonly output: readonly string[] }>
  close(): Promise<void>
}

export interface Daemon {
  readonly process: Child
  readonly url: string
}

export interface StageOptions {
  readonly chains: readonly ChainOptions[]
  readonly mode: 'watch' | 'dry-run' | 'simulate' | 'live'
  readonly telegram?:
    | {
        readonly token: string
        readonly apiRoot: string
        /** Each with one user, whose id is the chat's. */
        readonly chats: readonly { readonly chatId: number; readonly role: string; readonly language?: 'en' | 'zh' }[]
      }
    | undefined
  readonly minProfitUsd?: number
  /** Seconds between blocks as the configuration says, where it is not the chain's own. */
  readonly blockTimeS?: number
  /**
   * Depth in blocks at which a block counts as final; default: 64. These nodes call every block final at once; a depth
   * leaves room for their reorganisations.
   */
  readonly finality?: number
  /** The daemon keeps recordings, in `recordings/`. */
  readonly recording?: boolean
  /** The wave measured in bins of so many seconds of the chain, looked at so often. */
  readonly risk?: { readonly binS: number; readonly everyS: number }
  /** The exchange's pools are mirrored, as the factory has them. */
  readonly pools?: boolean
  /** Of its HTTP; without one nothing can be changed over it. */
  readonly token?: string
  /** The URL under which the daemon reaches a chain, where it is not the chain's own; asked once the chains run. */
  readonly through?: (chain: StageChain) => Promise<string>
  readonly say: (message: string) => void
}

export const PLIMSOLL = fileURLToPath(new URL('../../bin/plimsoll.js', import.meta.url))
/** Throw-away keys of local chains, the same at every start. Never use them anywhere else. */
const KEEPER_KEY = keccak256(stringToHex('plimsoll local keeper'))
const TREASURY = privateKeyToAccount(keccak256(stringToHex('plimsoll local treasury'))).address
const PASSWORD = 'local-chains-only'
const FUNDS_WEI = 100n * 10n ** 18n

export async function openStage(options: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-'))
  const env = { KEEPER_PASSWORD: PASSWORD }
  const keeper = privateKeyToAccount(KEEPER_KEY).address
  const opened: StageChain[] = []
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((chain) => chain.process.kill()))
    await rm(folder, { recursive: true, force: true })
  }
  try {
    options.say(`starting ${options.chains.map(({ chain }) => chain).join(' and ')}: Aave V3.6, Uniswap V3, borrowers`)
    opened.push(...(await Promise.all(options.chains.map(startStageChain))))
    await writeKeystore(join(folder, 'keeper.json'), KEEPER_KEY, PASSWORD)
    const contracts = new Map<string, Address>()
    const { through = async ({ http }: StageChain) => http } = options
    const urls = new Map(await Promise.all(opened.map(async (chain) => [chain.chain, await through(chain)] as const)))
    const configure = () => writeConfig(folder, options, opened, { contracts, urls })
    await configure()
    const command = (...args: string[]) => runToEnd([...args], folder, env)
    if (options.mode !== 'watch')
      for (const chain of opened) contracts.set(chain.chain, await deploy(chain, keeper, command, options.say))
    await configure()
    const live = options.mode === 'live' ? ['--live'] : []
    const start = async (args: readonly string[] = []) => {
      const daemon = await startDaemon(['run', ...live, ...args], folder, env)
      if (options.token !== undefined) authorize(daemon.url, options.token)
      return daemon
    }
    return { chains: opened, keeper, treasury: TREASURY, folder, start, command, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** `plimsoll deploy`, while the chain mines. */
async function deploy(
  chain: StageChain,
  keeper: Address,
  command: Stage['command'],
  say: (message: string) => void,
): Promise<Address> {
  await fund(chain, keeper, FUNDS_WEI)
  say(`deploying the Liquidator on ${chain.chain}`)
  const deployed = command('deploy', '--json', '--market', marketName(chain), '--treasury', TREASURY)
  let done = false
  void deployed.finally(() => {
    done = true
  })
  while (!done) {
    const [pending, mined] = await Promise.all(
      ['pending', 'latest'].map((at) => chain.rpc('eth_getTransactionCount', keeper, at)),
    )
    if (Number(pending) > Number(mined)) await mine(chain)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { code, output } = await deployed
  const json = output.slice(output.findIndex((line) => line.startsWith('{'))).join('\n')
  if (code !== 0) throw new Error(`plimsoll deploy on ${chain.chain} ended with ${code}:\n${output.join('\n')}`)
  return (JSON.parse(json.slice(0, json.lastIndexOf('}') + 1)) as { contract: Address }).contract
}

async function writeConfig(
  folder: string,
  options: StageOptions,
  chains: readonly StageChain[],
  { contracts, urls }: { readonly contracts: ReadonlyMap<string, Address>; readonly urls: ReadonlyMap<string, string> },
): Promise<void> {
  const { mode, telegram, minProfitUsd = 5, blockTimeS, finality = 64, recording = false, risk, pools, token } = options
  const config = {
    chains: Object.fromEntries(
      chains.map((chain) => [
        chain.chain,
        {
          ...chainConfig(chain),
          rpc: [urls.get(chain.chain)],
          finality,
          ...(blockTimeS === undefined ? {} : { blockTimeS }),
          ...(pools && { pools: 'auto' }),
        },
      ]),
    ),
    markets: chains.map((chain) => ({
      name: marketName(chain),
      protocol: 'aave-v3',
      chain: chain.chain,
      addressesProvider: chain.addresses['addressesProvider'],
      fromBlock: 0,
      uiPoolDataProvider: chain.addresses['uiPoolDataProvider'],
    })),
    executor: {
      mode,
      signer: { keystore: './keeper.json' },
      markets: Object.fromEntries(
        chains.flatMap((chain) => {
          const contract = contracts.get(chain.chain)
          return contract ? [[marketName(chain), { contract, minProfitUsd }]] : []
        }),
      ),
    },
    alerts: {
      thresholds: ['1.1', '1.05', '1.0'],
      minDebtUsd: 1000,
      ...(telegram && {
        telegram: {
          token: telegram.token,
          apiRoot: telegram.apiRoot,
          chats: telegram.chats.map((chat) => ({ ...chat, userIds: [chat.chatId] })),
        },
      }),
    },
    store: { path: './plimsoll.db' },
    ...(risk && { risk }),
    ...(recording && { recording: { folder: './recordings' } }),
    http: { host: '127.0.0.1', port: 0, ...(token === undefined ? {} : { token }) },
  }
  await writeFile(join(folder, 'plimsoll.yaml'), stringify(config), { mode: 0o600 })
}

const chainConfig = ({ ws, addresses }: StageChain): object => ({
  ws: [ws],
  wrappedNative: addresses['wrappedNative'],
  uniswapV3: { quoter: addresses['quoter'], router: addresses['swapRouter'], factory: addresses['uniswapFactory'] },
})

async function startDaemon(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Daemon> {
  const child = startChild(PLIMSOLL, args, { cwd, env })
  const { http } = await child.line(event<{ http: string }>('ready'))
  return { process: child, url: http }
}

async function runToEnd(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string[] }> {
  const child = startChild(PLIMSOLL, args, { cwd, env })
  const output: string[] = []
  child.onLine((line) => output.push(line))
  const code = await child.exited
  return { code, output }
}

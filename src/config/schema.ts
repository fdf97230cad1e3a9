import * as z from 'zod'
import { address, count, gasWei, httpUrl, name, positive, usd8, wei18, wsUrl } from './fields.ts'
import { alerts } from './schema-alerts.ts'
import { risk } from './schema-risk.ts'

/** Beside the description: the environment variable that fills the option when the file leaves it out, and whether logs must hide it. */
declare module 'zod' {
  interface GlobalMeta {
    'x-env'?: string
    'x-secret'?: boolean
  }
}

const uniswapV3 = z
  .strictObject({
    quoter: address.describe('QuoterV2.'),
    router: address.describe('SwapRouter of periphery 1.x (its parameters carry a deadline).'),
    factory: address.describe('UniswapV3Factory.'),
  })
  .optional()
  .describe('Uniswap V3, or a fork of it, to sell collateral on. Default: that of the known chain.')

/** As many as the plug's ledger holds. */
const MOST_POOLS = 1024
const gmx = z
  .strictObject({
    reader: address.describe('Reader of GMX v2.'),
    dataStore: address.describe('DataStore of GMX v2.'),
    market: address.describe("Token of the market of the chain's coin against a dollar, such as ETH/USD [WETH-USDC]."),
  })
  .optional()
  .describe(
    'A perpetual market of GMX v2, whose next funding the history of the wave keeps. Without it funding is lacking.',
  )

const chain = z.strictObject({
  id: positive
    .optional()
    .describe('Chain id, compared with the node at start. Needed unless the chain is known by its name.'),
  rpc: z
    .array(httpUrl)
    .min(1)
    .describe('HTTP endpoints, best first; the others are used when it fails.')
    .meta({ 'x-secret': true, examples: [['${ETHEREUM_RPC_URL}']] }),
  ws: z
    .array(wsUrl)
    .prefault([])
    .describe('WebSocket endpoints for new heads; without any the head is polled. Empty items are left out.')
    .meta({ 'x-secret': true, examples: [['${ETHEREUM_WS_URL:-}']] }),
  finality: z
    .union([z.literal('tag'), count])
    .default('tag')
    .describe("What is final: the node's finalized tag, or everything so many blocks below the head."),
  blockTimeS: z
    .number()
    .positive()
    .optional()
    .describe(
      'Seconds between blocks; decisions are made for the head plus one. Default: that of the known chain, else 12.',
    ),
  requestsPerDay: positive
    .optional()
    .describe('RPC requests a day above which a warning is logged; nothing is held back for it.'),
  integrity: z
    .enum(['bloom', 'receipts'])
    .default('bloom')
    .describe(
      "`bloom`: a block's logs are asked for by its hash, and not at all where its header's bloom rules them out; what a node leaves out is found by the audit. `receipts` (a proof by the receipts root) is not implemented yet.",
    ),
  logRange: positive
    .default(2000)
    .describe('Blocks in the first logs request of a back-fill; it adapts to the node from there.'),
  multicall: address.optional().describe('Multicall3. Default: its address on every chain.'),
  wrappedNative: address
    .optional()
    .describe('The wrapped native coin, which prices gas. Default: that of the known chain.'),
  l1Fee: z
    .enum(['none', 'op'])
    .optional()
    .describe(
      'Fee for the data on the parent chain: `op` asks the OP stack’s GasPriceOracle. Default: that of the known chain, else none.',
    ),
  explorer: httpUrl
    .optional()
    .describe('Block explorer that messages link to. Default: that of the known chain, else none.'),
  ensResolver: address
    .optional()
    .describe('ENS UniversalResolver, to read names on this chain. Default: that of Ethereum, else none.'),
  uniswapV3,
  pools: z
    .union([z.enum(['off', 'auto']), z.array(address).min(1).max(MOST_POOLS)])
    .prefault('off')
    .describe(
      'Uniswap V3 pools to mirror, for depth and cascades: `auto` finds those of the markets’ assets through the factory; or the pools’ addresses. `off`, since busy pools cost a logs request in most blocks (`docs/depth.md`).',
    )
    .meta({ examples: ['auto'] }),
  gmx,
})

const priceReads = z.union([
  z.literal('every-block'),
  z.strictObject({ seconds: positive.describe('Seconds of the chain between two reads.') }),
])

const market = z.strictObject({
  name: name.describe('Name in every answer, metric and message.').meta({ examples: ['local-aave'] }),
  protocol: z
    .string()
    .optional()
    .describe('Protocol plug. Needed unless the market is known by its name.')
    .meta({ examples: ['aave-v3'] }),
  chain: z
    .string()
    .optional()
    .describe('Name under `chains`. Needed unless the market is known by its name.')
    .meta({ examples: ['local'] }),
  addressesProvider: address
    .optional()
    .describe('PoolAddressesProvider: all else is found from it. Needed unless the market is known by its name.'),
  uiPoolDataProvider: address
    .optional()
    .describe(
      "UiPoolDataProviderV3, through which Aave's own libraries give `plimsoll verify` a second opinion. Without it there is none.",
    ),
  fromBlock: count
    .optional()
    .describe("Block to back-fill from. Default: that of the known market's deployment, else 0."),
  rules: z
    .string()
    .default('auto')
    .describe(
      'Rule set: `auto` (by POOL_REVISION), a rule set’s id (a fork may reuse numbers: `sparklend`), or `auto` and what further revisions follow (`auto, 12 = aave-v3.6`). `docs/exactness.md` lists them.',
    ),
  umbrella: address
    .optional()
    .describe(
      "Umbrella, which insures the market's reserves: its offsets and slashable stakes are the coverage of the wave. Without it coverage is lacking.",
    ),
  priceReads: priceReads
    .optional()
    .describe('When prices that move without a log are read. Default: `every-block`, on Arbitrum every 2 seconds.'),
})

/** Limits of one market; `parse({})` gives the defaults. */
export const marketLimits = z.strictObject({
  contract: address
    .optional()
    .describe('Our Liquidator for this market (`plimsoll deploy`). Without it nothing can be sent.'),
  minProfitUsd: usd8
    .prefault('0')
    .describe('Least profit in US dollars, after all costs.')
    .meta({ examples: [5] }),
  maxGasGwei: gasWei
    .optional()
    .describe('Highest gas price that is bid, in gwei; without it there is no limit.')
    .meta({ examples: [100] }),
  denyBorrowers: z.array(address).prefault([]).describe('Borrowers that are never liquidated.'),
  denyAssets: z.array(address).prefault([]).describe('Assets that are neither repaid nor seized.'),
  maxDebtUsd: usd8
    .optional()
    .describe('Largest debt covered by one call, in US dollars; without it there is no limit.')
    .meta({ examples: [1000000] }),
  deadlineS: positive.default(60).describe('Seconds of the chain in which a call is good.'),
})

const executor = z.strictObject({
  mode: z
    .enum(['watch', 'dry-run', 'simulate', 'live'])
    .default('dry-run')
    .describe(
      '`watch` decides nothing; `dry-run` decides and says so; `simulate` also asks the node; `live` sends (and needs `--live` as well).',
    ),
  signer: z
    .strictObject({
      keystore: z
        .string()
        .min(1)
        .describe('Encrypted key file (web3 secret storage, version 3).')
        .meta({ examples: ['./keeper.json'] }),
      passwordEnv: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable')
        .default('KEEPER_PASSWORD')
        .describe('Name of the environment variable that holds its password; never the password itself.'),
    })
    .optional()
    .describe('Who signs. Only `live` needs one.'),
  proveAccounts: z
    .int()
    .min(1)
    .max(1000)
    .default(25)
    .describe(
      'Accounts (all, where there are fewer) that must equal the chain’s own answers, beside the debt totals of all reserves, before anything is sent: at start, after an upgrade of the pool, after the market was read anew.',
    ),
  lowBalance: wei18.prefault('0.05').describe('Native coin; when the signer has less, people are told.'),
  markets: z
    .record(name, marketLimits)
    .prefault({})
    .describe('Limits of each market, by its name. A market that is not named has the defaults.'),
})

const store = z.strictObject({
  path: z.string().min(1).default('./plimsoll.db').describe('SQLite file.').meta({ 'x-env': 'PLIMSOLL_STORE_PATH' }),
})

const recording = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .describe('Folder of the recordings: one file a chain, `CHAIN.plimsoll`, for `plimsoll backtest`.')
      .meta({ examples: ['./recordings'] }),
  })
  .optional()
  .describe('Keep what is seen: pages that have become final are appended to a file. Without it nothing is recorded.')

const http = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Address to listen on. Any but loopback needs a token.')
    .meta({ 'x-env': 'PLIMSOLL_HTTP_HOST' }),
  port: z
    .int()
    .min(0)
    .max(65535)
    .default(9464)
    .describe('Port; 0 for any free one.')
    .meta({ 'x-env': 'PLIMSOLL_HTTP_PORT' }),
  token: z
    .string()
    .optional()
    .describe('Bearer token of `/api`. Empty or left out: none is asked for.')
    .meta({ 'x-secret': true, 'x-env': 'PLIMSOLL_TOKEN', examples: ['${PLIMSOLL_TOKEN:-}'] }),
})

const log = z.strictObject({
  level: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
    .default('info')
    .describe('Least level that is written.')
    .meta({ 'x-env': 'PLIMSOLL_LOG_LEVEL' }),
})

/** Every option, once: types, defaults, checks, documentation and the example files all come from here. */
export const schema = z.strictObject({
  chains: z
    .record(name, chain)
    .describe('Chains by name: `ethereum`, `optimism`, `arbitrum`, `base` are known, any other gives its `id`.'),
  markets: z
    .array(z.union([z.string(), market]))
    .min(1)
    .describe('Markets: the name of a known one, or an object.'),
  executor: executor.prefault({}).describe('What is done about a liquidatable account.'),
  alerts: alerts.prefault({}).describe('Who is warned, and when.'),
  risk: risk.prefault({}).describe('The wave: ladders, cascades, phases (`docs/risk.md`).'),
  store: store.prefault({}).describe('What must survive a restart.'),
  recording,
  http: http.prefault({}).describe('HTTP: health, API, metrics, dashboard.'),
  log: log.prefault({}).describe('Log on stderr.'),
})

/** The file's content after the schema: defaults filled in, values checked one by one. */
export type Checked = z.output<typeof schema>

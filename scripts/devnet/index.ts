import { Calm } from './calm.ts'
import { Chain } from './chain.ts'
import { type ChainName, chainSpec } from './chain-spec.ts'
import { Control } from './control.ts'
import { deployMarket, type Market } from './market.ts'
import { startNetwork } from './network.ts'
import { seedOwners } from './owners.ts'
import { type PlannedAccount, planPopulation } from './population.ts'
import { History } from './reorg.ts'
import { realPlaces, replicaSpec } from './replica.ts'
import { seedMarket } from './seeding.ts'
import { Story } from './story.ts'

export interface DevnetOptions {
  readonly chain: ChainName
  readonly accounts: number
  readonly seed: number
  /** 0 or nothing: any free port. */
  readonly port?: number
  /** At the real addresses, from the real market's first block on. */
  readonly replica?: boolean
  /** The story has another liquidator. */
  readonly rival?: boolean
  /** Two people of the story have positions of their own (`owners.ts`). */
  readonly owners?: boolean
  /** Unix seconds at which the chain's clock begins; its own, which is always the same, when left out. */
  readonly epochS?: number
  readonly log?: (message: string) => void
}

export interface Devnet {
  readonly http: string
  readonly ws: string
  readonly seed: number
  readonly replica: boolean
  readonly chain: Chain
  readonly market: Market
  readonly accounts: readonly PlannedAccount[]
  readonly control: Control
  readonly history: History
  /** A story of the given number of blocks, or the chain's usual length; its first block is mined by `next()`. */
  story(blocks?: number): Story
  /** Blocks in which little happens, before or after the story. */
  calm(): Calm
  close(): Promise<void>
}

/** Starts a chain with a lending market, an exchange and a population; the same options give the same blocks. */
export async function startDevnet(options: DevnetOptions): Promise<Devnet> {
  const { seed, port = 0, rival = false, replica = false, owners = false, log = () => {} } = options
  const fixed = replica ? replicaSpec(options.chain) : chainSpec(options.chain)
  const spec = options.epochS === undefined ? fixed : { ...fixed, genesis: new Date(options.epochS * 1000) }
  const network = await startNetwork(spec, port)
  try {
    const chain = new Chain(spec, network.connection.provider)
    await chain.sync()
    const market = await deployMarket(chain, undefined, replica ? realPlaces(options.chain) : undefined)
    log(`${spec.name}: market deployed, seeding ${options.accounts} accounts`)
    const accounts = planPopulation(market.risk, { accounts: options.accounts, seed, scale: spec.sizes })
    await seedMarket(market, accounts)
    if (owners) {
      await seedOwners(market)
      await chain.settle()
    }
    await chain.setBlockGasLimit(spec.blockGasLimit)
    await chain.mineBlock()
    const history = await History.start(chain)
    const control = new Control(market)
    const story = (blocks = spec.storyBlocks) => new Story({ market, accounts, seed, blocks, control, rival })
    const calm = () => new Calm({ market, accounts, control, seed })
    const { http, ws, close } = network
    return { http, ws, seed, replica, chain, market, accounts, control, history, story, calm, close }
  } catch (error) {
    await network.close()
    throw error
  }
}

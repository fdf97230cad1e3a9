import { createInterface } from 'node:readline'
import { setTimeout as setTimeoutPromise } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Calm, Mood } from './calm.ts'
import { isChainName } from './chain-spec.ts'
import { type Devnet, type DevnetOptions, startDevnet } from './index.ts'
import { ownerAddresses } from './owners.ts'
import type { Story } from './story.ts'

const STOP_MS = 500

const usage = `node scripts/devnet/node.ts --chain ethereum|optimism|arbitrum [options]
  --port 0          port of the server, HTTP and WebSocket alike; 0 takes any
  --accounts 300    size of the population
  --seed 1          same seed, same blocks
  --story           run the story when "start" comes in on stdin
  --start now       do not wait for "start"
  --tick-ms 500     pause between the story's blocks
  --blocks N        length of the story
  --rival           somebody else liquidates, too
  --owners          two people of the story have positions of their own
  --epoch S         begin the chain's clock at this Unix time, such as today's, instead of the same each time
  --replica         at the addresses and from the block of the real market

Commands on stdin, one a line: start · next (one block of the story) ·
hold (no block of the story until "resume") · resume · mine [N] · reorg K · reorg K drop ·
quiet N SECONDS (N blocks so far apart in which prices tremble) · build N SECONDS (the same, and people borrow more) ·
bid N SECONDS (the same, and people buy what has fallen)`

interface Settings extends DevnetOptions {
  readonly story: boolean
  readonly startNow: boolean
  readonly tickMs: number
  readonly blocks?: number
}

function readSettings(args: readonly string[]): Settings {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      chain: text,
      port: text,
      accounts: text,
      seed: text,
      'tick-ms': text,
      blocks: text,
      epoch: text,
      start: text,
      story: flag,
      rival: flag,
      owners: flag,
      replica: flag,
      help: flag,
    },
  })
  const { chain = '', start } = values
  if (values.help === true || !isChainName(chain)) throw new Error(usage)
  const whole = (name: 'port' | 'accounts' | 'seed' | 'tick-ms' | 'blocks' | 'epoch', fallback: number) => {
    const value = Number(values[name] ?? fallback)
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number\n\n${usage}`)
    return value
  }
  return {
    chain,
    port: whole('port', 0),
    accounts: whole('accounts', 300),
    seed: whole('seed', 1),
    tickMs: whole('tick-ms', 500),
    story: values.story === true || start === 'now',
    startNow: start === 'now',
    rival: values.rival === true,
    owners: values.owners === true,
    replica: values.replica === true,
    log,
    ...(values.blocks === undefined ? {} : { blocks: whole('blocks', 0) }),
    ...(values.epoch === undefined ? {} : { epochS: whole('epoch', 0) }),
  }
}

function print(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

function log(message: string): void {
  process.stderr.write(`${message}\n`)
}

function describe({ chain, replica, market, accounts, http, ws }: Devnet, { owners }: Settings): object {
  const { name, chainId } = chain.spec
  const reserves = Object.fromEntries(
    Object.entries(market.reserves).map(([symbol, { asset, aToken, vToken, source, aggregator }]) => [
      symbol,
      { asset, aToken, vToken, source, aggregator },
    ]),
  )
  const block = Number(chain.head.number)
  const { addresses } = market
  const where = { chain: name, chainId, replica, http, ws, block }
  const people = owners ? { owners: ownerAddresses } : {}
  return { event: 'ready', ...where, addresses, reserves, accounts: accounts.length, ...people }
}

/** Obeys commands one after the other, and ticks through the story in between. */
class Session {
  readonly #devnet: Devnet
  readonly #settings: Settings
  readonly #stopping = new AbortController()
  #last: Promise<void> = Promise.resolve()
  #story: Story | undefined
  #calm: Calm | undefined
  #isHeld = false

  constructor(devnet: Devnet, settings: Settings) {
    this.#devnet = devnet
    this.#settings = settings
  }

  obey(line: string): void {
    const [command = '', ...args] = line.trim().split(/\s+/)
    if (command !== '') this.#queue(() => this.#run(command, args))
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#last
    await this.#devnet.close()
  }

  /** A failed command is reported and does not stop those after it. */
  #queue(work: () => Promise<void>): void {
    this.#last = this.#last.then(async () => {
      if (this.#stopping.signal.aborted) return
      await work().catch((error: unknown) => log(error instanceof Error ? error.message : String(error)))
    })
  }

  async #run(command: string, args: readonly string[]): Promise<void> {
    switch (command) {
      case 'start':
        return this.#start()
      case 'next':
        return this.#next()
      case 'hold':
        return this.#hold()
      case 'resume':
        this.#isHeld = false
        return
      case 'mine':
        for (let left = Number(args[0] ?? 1); left > 0; left--) await this.#mine()
        return
      case 'quiet':
      case 'build':
      case 'bid':
        return this.#calmly(Number(args[0] ?? 1), Number(args[1] ?? 1), command)
      case 'reorg':
        return this.#reorg(Number(args[0] ?? 1), args[1] !== 'drop')
      default:
        log(`Unknown command "${command}".\n${usage}`)
    }
  }

  async #start(): Promise<void> {
    if (!this.#settings.story) return log('Start the node with --story to have one')
    if (this.#story !== undefined) return log('The story has been started already')
    this.#story = this.#devnet.story(this.#settings.blocks)
    this.#queue(() => this.#tick())
  }

  async #next(): Promise<void> {
    this.#story ??= this.#devnet.story(this.#settings.blocks)
    const step = await this.#story.next()
    print(step === undefined ? { event: 'story-end' } : { event: 'block', ...step })
  }

  async #tick(): Promise<void> {
    if (this.#isHeld) return this.#tickLater()
    const step = await this.#story?.next()
    if (step === undefined) return print({ event: 'story-end' })
    print({ event: 'block', ...step })
    this.#tickLater()
  }

  #tickLater(): void {
    setTimeout(() => this.#queue(() => this.#tick()), this.#settings.tickMs)
  }

  /** Commands are obeyed one after the other: none of the story's blocks is under way. */
  #hold(): void {
    this.#isHeld = true
    const { number, timestamp } = this.#devnet.chain.head
    print({ event: 'held', block: Number(number), timestamp: Number(timestamp) })
  }

  async #mine(): Promise<void> {
    await this.#devnet.control.mine()
    const { number, timestamp } = this.#devnet.chain.head
    print({ event: 'block', block: Number(number), timestamp: Number(timestamp) })
  }

  async #calmly(blocks: number, seconds: number, mood: Mood): Promise<void> {
    this.#calm ??= this.#devnet.calm()
    // The story may have moved the prices since.
    if (this.#story !== undefined) await this.#calm.settle()
    for (let left = blocks; left > 0; left--) await this.#calm.next(seconds, mood)
    const { number, timestamp } = this.#devnet.chain.head
    print({ event: 'calm', block: Number(number), timestamp: Number(timestamp) })
  }

  async #reorg(depth: number, keep: boolean): Promise<void> {
    await this.#devnet.history.reorg(depth, keep)
    print({ event: 'reorg', depth, block: Number(this.#devnet.chain.head.number) })
  }
}

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2))
  const started = performance.now()
  const devnet = await startDevnet(settings)
  log(
    `${settings.chain}${settings.replica ? ' replica' : ''}: ready after ${((performance.now() - started) / 1000).toFixed(1)} s at ${devnet.http}`,
  )
  const session = new Session(devnet, settings)
  // Clients with an open socket would hold the server for ever; they are told by its end.
  const stop = () => void Promise.race([session.stop(), setTimeoutPromise(STOP_MS)]).then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  createInterface({ input: process.stdin }).on('line', (line) => session.obey(line))
  print(describe(devnet, settings))
  if (settings.startNow) session.obey('start')
}

await main().catch((error: unknown) => {
  log(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
})

import { parseArgs } from 'node:util'
import { SEEDED_S } from '../devnet/seeding.ts'
import { type BotApi, startBotApi } from '../doubles/bot-api.ts'
import { event } from '../stage/child.ts'
import { type Daemon, openStage, type Stage } from '../stage/stage.ts'
import { beat } from './beat.ts'
import { CHATS, nameOfChat, startCast } from './people.ts'
import { drawPicture } from './picture.ts'
import { openFile, REPORT, writeWaveReport } from './report.ts'
import { createScreen, type Screen } from './screen.ts'
import { askWave, BIN_S, playAftermath, playPrelude, preludeEpochS, type WaveStage } from './wave.ts'
import { waveScreen } from './wave-screen.ts'
import { watchPhases } from './witness.ts'

const usage = `npm run demo [-- options]
  --keep           leave chains and API up afterwards, for exploring
  --accounts 300   borrowers and suppliers a chain
  --seed 1         same seed, same story
  --fast           twice the pace
  --open           open the report of the wave at the end
  --picture FILE   draw what was shown, as SVG`

const TOKEN = '123456:DEMO-token-of-the-double'

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      keep: { type: 'boolean' },
      accounts: { type: 'string' },
      seed: { type: 'string' },
      fast: { type: 'boolean' },
      open: { type: 'boolean' },
      picture: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  const screen = createScreen(process.stdout)
  const pace = values.fast ? 0.5 : 1
  // Chains of today: messages tell the age of their block by the clock on the wall.
  const nowS = Math.floor(Date.now() / 1_000)
  const common = { accounts: Number(values.accounts ?? 300), seed: Number(values.seed ?? 1) }
  const chat = await openChat(screen)
  const stage = await openStage({
    chains: [
      { chain: 'ethereum', tickMs: 700 * pace, owners: true, epochS: preludeEpochS(nowS), ...common },
      { chain: 'optimism', tickMs: 230 * pace, epochS: nowS - SEEDED_S, ...common },
    ],
    mode: 'live',
    telegram: chat,
    risk: { binS: BIN_S, everyS: 1 },
    pools: true,
    say: screen.say,
  })
  close = async () => {
    await stage.close()
    await chat.double?.close()
  }
  const daemon = await stage.start()
  screen.say(`the daemon is live on both chains: ${daemon.url}/api/status`)
  const code = await tell(stage, daemon, { screen, double: chat.double, open: values.open === true })
  if (values.picture !== undefined) drawPicture(values.picture, screen.lines)
  if (values.keep) await explore(stage, daemon, screen)
  await daemon.process.kill()
  await stage.close()
  await chat.double?.close()
  return code
}

interface Telling {
  readonly screen: Screen
  readonly double: BotApi | undefined
  readonly open: boolean
}

/** The story on both chains, told as it happens; then the mirror is compared with the chains, and the wave is told whole. */
async function tell(stage: Stage, daemon: Daemon, { screen, double, open }: Telling): Promise<number> {
  const { say } = screen
  // The wave is told of the chain whose people have names.
  const [chain, ...others] = stage.chains
  if (chain === undefined) throw new Error('no chain to tell of')
  const wave: WaveStage = { daemon, chain, say }
  const witness = watchPhases(daemon, chain, say)
  const waiting = others.map(beat)
  await playPrelude(wave)
  for (const one of waiting) one.stop()
  await playStory(stage, daemon, { screen, double })
  const resting = others.map(beat)
  const last = await playAftermath(wave)
  say('comparing every account with the chains: plimsoll verify')
  const { code, output } = await stage.command('verify')
  for (const line of output) say(`  ${line}`)
  screen.show(['', ...waveScreen(await askWave(wave, last, witness)), ''])
  await writeWaveReport(stage, REPORT)
  for (const one of resting) one.stop()
  say(`the whole report, one file for any browser: ${REPORT}`)
  const trouble = open ? await openFile(REPORT) : undefined
  if (trouble !== undefined) say(`it could not be opened: ${trouble}`)
  return code ?? 1
}

async function playStory(stage: Stage, daemon: Daemon, { screen, double }: Omit<Telling, 'open'>): Promise<void> {
  const journal = screen.follow(daemon.url)
  // Nobody can write for the people in a real chat: with a bot of one's own, one plays them oneself.
  const cast = double && (await startCast({ double, stage, daemon, say: screen.say }))
  const ends = stage.chains.map((chain) => chain.process.line(event('story-end')))
  for (const chain of stage.chains) chain.process.write('start\n')
  const ranking = screen.rank(daemon.url)
  const over = stage.chains.map(async (chain, i) => {
    await ends[i]
    return beat(chain)
  })
  for (const one of await Promise.all(over)) one.stop()
  cast?.stop()
  await cast?.done
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  ranking.stop()
  journal.stop()
  await screen.summary(daemon.url)
  for (const line of (await cast?.epilogue()) ?? []) screen.say(line)
}

interface Chat {
  readonly token: string
  readonly apiRoot: string
  readonly chats: readonly { readonly chatId: number; readonly role: string }[]
  readonly double?: BotApi
}

/** A real bot when the environment names one, else the double: what it receives is printed. */
async function openChat(screen: Screen): Promise<Chat> {
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_CHAT_ID: chatId } = process.env
  if (token && chatId)
    return { token, apiRoot: 'https://api.telegram.org', chats: [{ chatId: Number(chatId), role: 'operator' }] }
  const double = await startBotApi({ token: TOKEN })
  double.onMessage(({ chatId, text }) => screen.chat(nameOfChat(chatId), text))
  return { token: TOKEN, apiRoot: double.url, chats: CHATS, double }
}

async function explore(stage: Stage, daemon: Daemon, screen: Screen): Promise<void> {
  screen.say(`everything stays up: ${daemon.url}/api/status, configuration in ${stage.folder}/plimsoll.yaml`)
  for (const { chain, http } of stage.chains) screen.say(`  ${chain}: ${http}`)
  screen.say('Ctrl-C ends it')
  stage.chains.map(beat)
  await daemon.process.exited
}

/** Ctrl-C at any moment leaves nothing running: children are killed as this process ends. */
let close: () => Promise<void> = async () => {}
let isClosing = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isClosing = true
    void close().finally(() => process.exit(0))
  })

try {
  process.exitCode = await main()
} catch (error) {
  // What was waited for ends with everything else.
  if (!isClosing) throw error
  await new Promise(() => {})
}
process.exit()

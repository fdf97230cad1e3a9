import type { Bot } from '../../adapters/bot.ts'
import { CHAINS } from '../../config/chains.ts'
import { MARKETS } from '../../config/markets.ts'
import { meetChat } from './meet.ts'
import { checkUrl, isHttpUrl, isWsUrl } from './node.ts'
import type { Plan, PlannedChain, PlannedChat, PlannedTelegram } from './plan.ts'
import type { Prompts } from './prompts.ts'

export interface WizardOptions {
  readonly prompts: Prompts
  /** Values that are set already, such as ETHEREUM_RPC_URL: offered as answers. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Root of the Bot API, where it is not Telegram's own. */
  readonly apiRoot: string | undefined
  openBot(token: string): Bot
}

/** Asks for everything; writes nothing. */
export async function askPlan(options: WizardOptions): Promise<Plan> {
  const { prompts } = options
  const names = await prompts.chooseMany({
    message: 'Which chains?',
    options: Object.entries(CHAINS).map(([value, { id }]) => ({ value, label: value, hint: `chain id ${id}` })),
    initial: ['ethereum'],
  })
  const chains: PlannedChain[] = []
  for (const name of names) chains.push(await askChain(options, name))
  const known = marketsOn(names)
  const markets = await prompts.chooseMany({
    message: 'Which markets?',
    options: known.map((value) => ({ value, label: value })),
    initial: known,
  })
  return { chains, markets, telegram: await askTelegram(options) }
}

/** Known markets of these chains. */
export const marketsOn = (chains: readonly string[]): readonly string[] =>
  Object.entries(MARKETS)
    .filter(([, { chainId }]) => chains.some((name) => CHAINS[name]?.id === chainId))
    .map(([name]) => name)

async function askChain({ prompts, env }: WizardOptions, name: string): Promise<PlannedChain> {
  const initial = env[`${name.toUpperCase()}_RPC_URL`] ?? ''
  for (;;) {
    const rpc = await prompts.text({
      message: `RPC URL of ${name} (with full block history)`,
      initial,
      check: (answer) => (isHttpUrl(answer) ? undefined : 'It starts with https:// or http://'),
    })
    const problem = await prompts.during(`asking the node of ${name}`, checkUrl(name, rpc))
    if (problem !== undefined) {
      prompts.say(problem.wrong)
      if (problem.fatal || !(await prompts.confirm({ message: 'Keep it anyway?', initial: false }))) continue
    }
    const ws = await prompts.text({
      message: `WebSocket URL of ${name}, for heads as they come (empty: none)`,
      initial: env[`${name.toUpperCase()}_WS_URL`] ?? '',
      check: (answer) => (answer === '' || isWsUrl(answer) ? undefined : 'It starts with wss:// or ws://'),
    })
    return { name, rpc, ws: ws === '' ? undefined : ws }
  }
}

async function askTelegram(options: WizardOptions): Promise<PlannedTelegram | undefined> {
  const { prompts, env, apiRoot } = options
  if (!(await prompts.confirm({ message: 'Alerts and commands on Telegram?', initial: true }))) return undefined
  prompts.say(
    'A bot of your own: write /newbot to https://t.me/BotFather, give it a name, and copy the token it answers with.',
  )
  for (;;) {
    const token = await prompts.text({
      message: 'Token of the bot',
      initial: env['TELEGRAM_BOT_TOKEN'] ?? '',
      secret: true,
      check: (answer) => (/^\d+:\S+$/.test(answer) ? undefined : 'It looks like 123456:ABC-DEF'),
    })
    const bot = options.openBot(token)
    const me = await prompts.during('asking Telegram', bot.me())
    if (!me.ok) {
      prompts.say(me.code === 401 || me.code === 404 ? 'Telegram does not know this token.' : `Telegram: ${me.why}`)
      if (await prompts.confirm({ message: 'Try again?', initial: true })) continue
      return undefined
    }
    prompts.say(`It is the token of @${me.value.username}.`)
    return { token, apiRoot, chats: await askChats(bot, me.value.username, prompts) }
  }
}

async function askChats(bot: Bot, username: string, prompts: Prompts): Promise<readonly PlannedChat[]> {
  const chats: PlannedChat[] = []
  do {
    const met = await meetChat(bot, username, prompts)
    const at = chats.findIndex(({ chatId }) => chatId === met.chatId)
    const before = chats[at]
    // The same group again: one more who may command there.
    if (before) chats[at] = { ...before, userIds: [...new Set([...before.userIds, ...met.userIds])] }
    else chats.push(met)
  } while (await prompts.confirm({ message: 'Another chat or person?', initial: false }))
  return chats
}

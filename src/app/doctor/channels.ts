import { lookup } from 'node:dns/promises'
import type { Chat } from 'grammy/types'
import type { Bot, BotAnswer } from '../../adapters/bot.ts'
import type { AlertsConfig, TelegramChat } from '../../config/config.ts'
import { type Area, areaOf, type Finding } from './finding.ts'

/** `bot`: how the Bot API is reached; undefined without Telegram. */
export async function checkChannels(alerts: AlertsConfig, bot: Bot | undefined): Promise<readonly Finding[]> {
  return [
    ...(bot && alerts.telegram ? await checkTelegram(alerts.telegram.chats, bot) : [noTelegram()]),
    ...(await Promise.all(alerts.webhooks.map(({ name, url }) => resolves(areaOf(`webhook:${name}`), url)))),
    ...(alerts.heartbeat ? [await resolves(areaOf('heartbeat'), alerts.heartbeat.url)] : []),
  ]
}

const noTelegram = (): Finding =>
  areaOf('telegram').warning('token', {
    what: 'Telegram is not configured',
    why: 'nobody is told of anything there',
    fix: 'Run `plimsoll init`, or add alerts.telegram.',
  })

async function checkTelegram(chats: readonly TelegramChat[], bot: Bot): Promise<readonly Finding[]> {
  const area = areaOf('telegram')
  const me = await bot.me()
  if (!me.ok) return [tokenTrouble(area, me)]
  const findings = [area.ok('token', `it is that of @${me.value.username}`)]
  for (const chat of chats) findings.push(...(await checkChat(chat, bot, me.value.id)))
  return findings
}

type Refused = Extract<BotAnswer<unknown>, { ok: false }>

const tokenTrouble = (area: Area, { code, why }: Refused): Finding =>
  code === 401 || code === 404
    ? area.failed('token', {
        what: `Telegram does not know it (${code})`,
        why: 'it is mistyped, or was revoked',
        fix: 'Ask @BotFather for the token (/mybots), and put it into .env.',
      })
    : area.failed('token', {
        what: why,
        why: 'no message can be sent',
        fix: 'Check the network and alerts.telegram.apiRoot; try again later.',
      })

async function checkChat(configured: TelegramChat, bot: Bot, me: number): Promise<Finding[]> {
  const { chatId } = configured
  const area = areaOf(`telegram:${chatId}`)
  const found = await bot.chat(chatId)
  if (!found.ok)
    return [
      area.failed('chat', {
        what: found.why,
        why: 'the bot was never written to from there, was removed, or the id is wrong',
        fix: 'Write to the bot from that chat (or add it to the group), or find the id with `plimsoll init`.',
      }),
    ]
  const chat = found.value
  return [
    area.ok('chat', `${chat.type} ${nameOf(chat)}`),
    await mayWrite(area, chat, bot, me),
    ...topics(area, configured, chat),
    ...commanders(area, configured),
  ]
}

const nameOf = (chat: Chat): string =>
  'title' in chat && chat.title !== undefined
    ? `"${chat.title}"`
    : 'first_name' in chat
      ? `with ${chat.first_name}`
      : ''

const FIX_RIGHTS = 'Let an administrator of the group allow the bot to send messages.'

async function mayWrite(area: Area, chat: Chat, bot: Bot, me: number): Promise<Finding> {
  if (chat.type !== 'private') {
    const member = await bot.member(chat.id, me)
    if (!member.ok)
      return area.failed('writing', { what: member.why, why: 'the bot is not in there', fix: 'Add it to the group.' })
    const { value } = member
    if (value.status === 'left' || value.status === 'kicked')
      return area.failed('writing', {
        what: `the bot has ${value.status === 'left' ? 'left' : 'been removed from'} the group`,
        why: 'nothing can be sent there',
        fix: 'Add it to the group.',
      })
    if (value.status === 'restricted' && !value.can_send_messages)
      return area.failed('writing', {
        what: 'the bot may not send messages',
        why: 'it is restricted there',
        fix: FIX_RIGHTS,
      })
    if (chat.type === 'channel' && !(value.status === 'administrator' && value.can_post_messages === true))
      return area.failed('writing', {
        what: 'the bot may not post in the channel',
        why: 'only administrators with that right may',
        fix: 'Make the bot an administrator that may post.',
      })
  }
  const typing = await bot.typing(chat.id)
  if (typing.ok) return area.ok('writing', 'the bot may write')
  const blocked = typing.why.includes('blocked')
  return area.failed('writing', {
    what: typing.why,
    why: blocked ? 'whoever is there has stopped the bot' : 'nothing can be sent there',
    fix: blocked ? 'Open the chat with the bot and press Start.' : FIX_RIGHTS,
  })
}

function topics(area: Area, { topics: configured }: TelegramChat, chat: Chat): Finding[] {
  const names = Object.keys(configured)
  if (names.length === 0) return []
  if ('is_forum' in chat && chat.is_forum === true)
    return [
      area.ok(
        'topics',
        `the group has topics; whether threads ${Object.values(configured).join(', ')} are there shows \`plimsoll alerts test\``,
      ),
    ]
  return [
    area.failed('topics', {
      what: `threads are configured for ${names.join(', ')}, and the chat has no topics`,
      why: 'messages into a thread would be refused, and arrive in the chat itself',
      fix: 'Turn topics on in the settings of the group, or take `topics` out.',
    }),
  ]
}

function commanders(area: Area, { userIds, role }: TelegramChat): Finding[] {
  if (userIds.length > 0) return []
  return [
    area.warning('people', {
      what: `nobody may command there, although its role is ${role}`,
      why: 'userIds is empty: messages arrive, and every command is ignored',
      fix: 'Add the ids of those who may, if anybody should.',
    }),
  ]
}

/** Nothing is posted: that would be an alarm. `plimsoll alerts test` really sends. */
async function resolves(area: Area, url: string): Promise<Finding> {
  const { hostname } = new URL(url)
  try {
    await lookup(hostname.replace(/^\[(.*)\]$/, '$1'))
    return area.ok('address', `${hostname} is known; \`plimsoll alerts test\` really sends`)
  } catch {
    const why = 'the name cannot be resolved from here'
    return area.failed('address', {
      what: `${hostname} is not known`,
      why,
      fix: 'Correct the URL, or the name server of this machine.',
    })
  }
}

import * as z from 'zod'
import { EVENT_NAMES, LOUDNESS, ROLES, TOPICS } from '../core/people/events.ts'
import { LANGUAGES } from '../core/people/words/catalogue.ts'
import { address, bps, count, httpUrl, name, positive, quietHours, timeOfDay, timezone, usd8, wad } from './fields.ts'

const language = z.enum(LANGUAGES).default('en').describe('Language of the messages: English or Chinese.')
const events = z
  .partialRecord(z.enum(EVENT_NAMES), z.enum(LOUDNESS))
  .prefault({})
  .describe('What arrives how, event by event, where it should differ from the role’s default (`docs/alerts.md`).')
  .meta({ examples: [{ recovered: 'off', confirmed: 'silent' }] })

const chat = z.strictObject({
  chatId: z
    .int()
    .describe('Chat that gets the messages.')
    .meta({ examples: [1] }),
  userIds: z
    .array(positive)
    .default([])
    .describe('People whose commands are obeyed there.')
    .meta({ examples: [[1]] }),
  role: z
    .enum(ROLES)
    .default('viewer')
    .describe(
      '`owner` hears of the addresses it watches; `operator` may pause, resume and change the mode; `viewer` reads. Messages to all but operators say that they are no advice.',
    )
    .meta({ examples: ['operator'] }),
  language,
  topics: z
    .partialRecord(z.enum(TOPICS), positive)
    .prefault({})
    .describe('Threads of a group with topics: `message_thread_id` of each kind of message.')
    .meta({ examples: [{ trouble: 7 }] }),
  events,
  quiet: quietHours
    .optional()
    .describe('Hours in which only critical messages arrive; the others wait and come as one digest.')
    .meta({ examples: ['22:00-07:00'] }),
})

const telegram = z
  .strictObject({
    token: z
      .string()
      .min(1)
      .describe('Bot token from @BotFather.')
      .meta({ 'x-secret': true, 'x-env': 'TELEGRAM_BOT_TOKEN', examples: ['${TELEGRAM_BOT_TOKEN}'] }),
    apiRoot: httpUrl.prefault('https://api.telegram.org').describe('Root of the Bot API.'),
    watchesPerChat: positive.default(50).describe('Addresses that one chat may `/watch`.'),
    chats: z.array(chat).min(1).describe('Who is told, and who may command.'),
  })
  .optional()
  .describe('Alerts and commands on Telegram; without it there are none.')

const webhook = z.strictObject({
  name: name.describe('Name in logs and in the journal.').meta({ examples: ['pager'] }),
  url: httpUrl.describe('Where each message is posted.').meta({ 'x-secret': true, examples: ['${WEBHOOK_URL}'] }),
  kind: z
    .enum(['json', 'slack'])
    .default('json')
    .describe('`json`: the journal entry and its text, signed. `slack`: the shape of Slack’s incoming webhooks.'),
  secret: z
    .string()
    .min(16)
    .optional()
    .describe('Key of the signature (HMAC-SHA256). Without it posts are not signed.')
    .meta({ 'x-secret': true, examples: ['${WEBHOOK_SECRET}'] }),
  role: z.enum(['operator', 'viewer']).default('operator').describe('Whose defaults say what arrives.'),
  language,
  events,
})

const rule = z.strictObject({
  name: name.describe('Names the rule in messages and in the journal.').meta({ examples: ['whales'] }),
  when: z
    .enum(['ladder', 'fall', 'time', 'large', 'wave'])
    .describe(
      '`ladder`: below `thresholds` or `distances`. `fall`: health lost `lost` within `withinS`. `time`: interest alone liquidates within `withinS`. `large`: a debt of `minDebtUsd` is below `healthBelow`. `wave`: a fall of `fallPct` makes more than `aboveUsd` of debt liquidatable.',
    )
    .meta({ examples: ['large'] }),
  market: name.optional().describe('Only this market.'),
  chain: name.optional().describe('Only this chain.'),
  label: name.optional().describe('Only the accounts of this label.'),
  accounts: z.array(address).optional().describe('Only these accounts.'),
  minDebtUsd: usd8
    .optional()
    .describe('Least debt, in US dollars. Default: `alerts.minDebtUsd`.')
    .meta({ examples: [1000000] }),
  cooldownS: count.optional().describe('Seconds in which the same is not said again. Default: `alerts.cooldownS`.'),
  thresholds: z.array(wad).optional().describe('`ladder`: health factors.'),
  distances: z.array(bps).optional().describe('`ladder`: distances to liquidation, in per cent.'),
  hysteresis: wad.optional().describe('`ladder`, `large`: default `alerts.hysteresis`.'),
  lost: wad.optional().describe('`fall`: health lost.'),
  withinS: positive.optional().describe('`fall`, `time`: seconds of the chain.'),
  healthBelow: wad
    .optional()
    .describe('`fall`, `large`: only below this health.')
    .meta({ examples: ['1.05'] }),
  fallPct: bps.optional().describe('`wave`: the fall of all volatile assets, in per cent.'),
  aboveUsd: usd8.optional().describe('`wave`: debt that may become liquidatable, in US dollars.'),
})

/** Who is warned, and when. */
export const alerts = z.strictObject({
  thresholds: z
    .array(wad)
    .min(1)
    .prefault(['1.1', '1.05', '1.0'])
    .describe('Health factors; falling below one is an alert.'),
  distances: z
    .array(bps)
    .prefault([])
    .describe(
      'Distances to liquidation in per cent (the fall of the driving collateral); coming nearer than one is an alert.',
    )
    .meta({ examples: [['10', '5']] }),
  hysteresis: wad.prefault('0.01').describe('How far above a threshold health must rise before it can alert again.'),
  distanceHysteresis: bps.prefault('1').describe('The same for distances, in percentage points.'),
  cooldownS: count.default(900).describe('Seconds between two alerts of one account at one threshold.'),
  minDebtUsd: usd8
    .prefault('100')
    .describe(
      'Accounts with less debt than this, in US dollars, are not worth a message. Addresses that somebody watches always are.',
    ),
  rescueTarget: wad.prefault('1.25').describe('Health that a rescue aims at.'),
  labels: z
    .record(name, z.array(address))
    .prefault({})
    .describe('Names for groups of accounts, for `rules` and in messages.')
    .meta({ examples: [{}] }),
  rules: z
    .array(rule)
    .prefault([])
    .describe('Further rules beside the thresholds above.')
    .meta({ examples: [[]] }),
  timezone: timezone.prefault('UTC').describe('Time zone of `quiet`, `summaryAt` and `risk.briefAt`.'),
  summaryAt: timeOfDay
    .optional()
    .describe('When the daily summary is sent; without it there is none.')
    .meta({ examples: ['08:00'] }),
  telegram,
  webhooks: z
    .array(webhook)
    .prefault([])
    .describe('Posts to other systems: same rules, same outbox.')
    .meta({ examples: [[]] }),
  heartbeat: z
    .strictObject({
      url: httpUrl
        .describe(
          'Called as long as every chain moves and the store takes writes; who watches it alarms when it is not.',
        )
        .meta({ 'x-secret': true, examples: ['${HEARTBEAT_URL}'] }),
      everyS: positive.default(60).describe('Seconds between two calls.'),
    })
    .optional()
    .describe('A dead man’s switch outside of this machine (healthchecks.io and its like).'),
})

/** Ten thousand updates that nobody on the list has sent, or not like this, or not now: no effect, no answer, no crash. */
import { expect } from 'chai'
import fc from 'fast-check'
import { admit, type Door } from '../../src/adapters/telegram/admit.ts'
import { encodeAction } from '../../src/core/people/buttons.ts'
import { CHATS, endAll, GROUP, NOW_S, OPERATOR, OWNER, talking, until, VIEWER } from './telegram-talk.ts'

const SEED = 20_261_126
const HOSTILE = 10_000

type Update = Readonly<Record<string, unknown>>

const person = (id: unknown, over: object = {}): object => ({ id, is_bot: false, first_name: 'X', ...over })
const COMMANDS = [
  'pause',
  'resume',
  'mode live',
  'reload',
  'mute',
  'unmute',
  `watch 0x${'1'.repeat(40)}`,
  'status',
  'help',
  'start',
]
const command = fc.constantFrom(...COMMANDS).map((text) => `/${text}`)
const listed = fc.constantFrom(...CHATS.flatMap(({ chatId, userIds }) => userIds.map((userId) => ({ chatId, userId }))))
const anybody = fc.integer({ min: 1, max: 2 ** 31 })
const stranger = anybody.filter((id) => CHATS.every(({ userIds }) => !userIds.includes(id)))
/** A number may be right by chance. */
const anything = fc.anything({ maxDepth: 3, withBigInt: false }).filter((value) => typeof value !== 'number')

const message = (place: { chatId: unknown; userId: unknown }, text: unknown, over: object = {}): object => ({
  message_id: 5,
  date: NOW_S,
  chat: { id: place.chatId, type: 'private' },
  from: person(place.userId),
  text,
  ...over,
})

/** Somebody on the list is made to have said it, but did not: each of these marks alone must be enough. */
const MARKS: readonly object[] = [
  { forward_origin: { type: 'user', date: 1, sender_user: person(22) } },
  { forward_origin: { type: 'hidden_user', date: 1, sender_user_name: 'x' } },
  { forward_date: 1 },
  { forward_from: person(22) },
  { is_automatic_forward: true },
  { via_bot: person(99, { is_bot: true }) },
  { sender_chat: { id: GROUP.chat, type: 'supergroup' } },
  { sender_business_bot: person(99, { is_bot: true }) },
  { business_connection_id: 'x' },
  { edit_date: NOW_S },
  { from: person(22, { is_bot: true }) },
  { from: undefined },
  { date: NOW_S - 61 },
  { date: 0 },
  { date: 'now' },
  { text: undefined, caption: '/pause' },
]
const OTHER_KINDS = [
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_message',
  'edited_business_message',
  'my_chat_member',
  'inline_query',
  'poll',
  'guest_message',
]

const forgedAction = fc.oneof(
  fc.constantFrom(
    '',
    'pause',
    'confirm',
    'confirm:1',
    '../../x',
    `details:${'9'.repeat(30)}`,
    'CONFIRM:1:x',
    'mute1h:-1',
    'mutepos:1e3',
  ),
  fc.string({ maxLength: 90 }),
)

const press = (place: { chatId: unknown; userId: unknown }, data: unknown, over: object = {}): object => ({
  id: 'q',
  from: person(place.userId),
  chat_instance: '1',
  data,
  message: {
    message_id: 5,
    date: NOW_S,
    chat: { id: place.chatId, type: 'private' },
    from: person(1, { is_bot: true }),
  },
  ...over,
})

/** Real confirmations, for others: `{nonce}` is that of an order that waits in the store. */
const stolen = (nonce: string): string => encodeAction({ verb: 'confirm', id: 1, argument: nonce })

const hostile = (nonce: string): fc.Arbitrary<Update> =>
  fc.oneof(
    // Strangers, in chats on the list and elsewhere; people on the list in chats that are not theirs.
    fc
      .tuple(listed, stranger, command)
      .map(([{ chatId }, userId, text]) => ({ message: message({ chatId, userId }, text) })),
    fc.tuple(stranger, command).map(([id, text]) => ({ message: message({ chatId: id, userId: id }, text) })),
    fc
      .tuple(listed, stranger, command)
      .map(([{ userId }, chatId, text]) => ({ message: message({ chatId, userId }, text) })),
    fc
      .constantFrom(...COMMANDS)
      .map((text) => ({ message: message({ chatId: OPERATOR.chat, userId: OWNER.user }, `/${text}`) })),
    // Somebody else's words.
    fc
      .tuple(listed, command, fc.constantFrom(...MARKS))
      .map(([place, text, mark]) => ({ message: message(place, text, mark) })),
    fc
      .tuple(listed, command, fc.constantFrom(...OTHER_KINDS))
      .map(([place, text, kind]) => ({ [kind]: message(place, text) })),
    fc
      .tuple(listed, command, fc.constantFrom(...OTHER_KINDS))
      .map(([place, text, kind]) => ({ message: message(place, text), [kind]: {} })),
    // Not for us, no command, or far too much.
    fc
      .tuple(listed, command)
      .map(([place, text]) => ({ message: message(place, text.replace(/^\/\w+/, '$&@other_bot')) })),
    fc
      .tuple(
        listed,
        fc.string({ maxLength: 40 }).filter((text) => !text.startsWith('/')),
      )
      .map(([place, text]) => ({ message: message(place, text) })),
    fc
      .tuple(listed, fc.integer({ min: 4_097, max: 9_000 }))
      .map(([place, n]) => ({ message: message(place, `/watch ${'x'.repeat(n)}`) })),
    // Presses: strangers with everything, people on the list with what no button carries, or by way of somebody else's message.
    fc
      .tuple(listed, stranger, fc.constantFrom(stolen(nonce), 'mute1h:42'))
      .map(([{ chatId }, userId, data]) => ({ callback_query: press({ chatId, userId }, data) })),
    fc.tuple(listed, forgedAction).map(([place, data]) => ({ callback_query: press(place, data) })),
    fc
      .tuple(
        listed,
        fc.constantFrom(
          { inline_message_id: 'x' },
          { message: undefined },
          { id: 7 },
          { from: person(22, { is_bot: true }) },
        ),
      )
      .map(([place, over]) => ({ callback_query: press(place, 'mute1h:42', over) })),
    listed.map((place) => ({
      callback_query: press(place, 'mute1h:42', { message: message(place, 'mine', { from: person(place.userId) }) }),
    })),
    // Wrong types everywhere.
    fc
      .tuple(listed, anything, fc.constantFrom('message_id', 'date', 'chat', 'from'))
      .map(([place, value, field]) => ({ message: message(place, '/pause', { [field]: value }) })),
    anything.map((value) => ({ message: value })),
    anything.map((value) => ({ callback_query: value })),
    fc.dictionary(fc.string(), anything).map((fields) => ({ ...fields, update_id: undefined })),
  )

describe('adapters/telegram: hostile updates', function () {
  this.timeout(120_000)
  afterEach(endAll)

  it(`${HOSTILE} of them: no effect, no answer, no crash; and then the bot still answers`, async () => {
    const t = await talking()
    await t.start()
    await until(() => t.api.updates.menus.size === 5)
    const asked = await t.ask(OPERATOR, '/pause')
    const nonce = asked.replyMarkup?.inline_keyboard[0]?.[0]?.['callback_data']?.split(':')[2] ?? ''
    expect(nonce).to.have.length(22)
    const updates = fc.sample(hostile(nonce), { numRuns: HOSTILE, seed: SEED })
    const calls = (): readonly string[] => t.api.calls.filter((one) => one !== 'getUpdates')
    const [before, watermark] = [calls().length, t.api.updates.push({ message: {} })]
    for (const [i, update] of updates.entries()) {
      // One in ten comes with a number that was taken long ago.
      const id = i % 10 === 9 ? { update_id: Math.max(1, (i * 7) % watermark) } : {}
      const said = JSON.parse(JSON.stringify(update)) as Update
      t.api.updates.push({ ...said, ...('update_id' in said ? {} : id) })
    }
    const last = t.api.updates.push({ message: {} })
    await until(() => Number(t.api.updates.asked.at(-1)?.['offset']) > last)
    expect(calls().slice(before)).to.deep.equal([])
    expect(t.spoken).to.deep.equal([])
    expect(t.control.watches()).to.deep.equal([])
    expect(t.control.paused).to.equal(false)
    expect(t.logged).to.deep.equal([])
    // The order that waited is still its owner's to confirm.
    expect(await t.pressed(OPERATOR, asked.messageId, stolen(nonce))).to.include('Paused')
    await t.quiet()
  })

  it('each mark of somebody else’s words is enough by itself, and without it the same is heard', () => {
    const door: Door = { chats: CHATS, me: { id: 1, username: 'double_bot' }, notBeforeS: NOW_S - 60 }
    const place = { chatId: VIEWER.chat, userId: VIEWER.user }
    const of = (over: object): unknown => ({ update_id: 1, message: message(place, '/status', over) })
    expect(admit(of({}), door)).to.include({ command: 'status', chatId: VIEWER.chat, userId: VIEWER.user })
    for (const mark of MARKS) expect(admit(of(mark), door), JSON.stringify(mark)).to.equal(undefined)
    expect(admit({ update_id: 1, callback_query: press(place, 'mute1h:42') }, door)).to.include({ kind: 'press' })
    // As Telegram tells of a message that it no longer keeps.
    const old = { message: { message_id: 5, date: 0, chat: { id: VIEWER.chat, type: 'private' } } }
    expect(admit({ update_id: 1, callback_query: press(place, 'mute1h:42', old) }, door)).to.include({ kind: 'press' })
  })

  it('whatever it is given, the door never throws', () => {
    const door: Door = { chats: CHATS, me: { id: 1, username: 'double_bot' }, notBeforeS: 0 }
    fc.assert(
      fc.property(fc.anything(), (value) => admit(value, door) === undefined),
      { seed: SEED, numRuns: 2_000 },
    )
  })

  it('update numbers that Telegram does not give do not move us on, nor stop us', async () => {
    const t = await talking()
    await t.start()
    await t.quiet()
    for (const update_id of [-1, 0, 1.5, 2 ** 31, 2 ** 60])
      t.api.updates.inject({ update_id, message: message({ chatId: 22, userId: 22 }, '/pause') })
    await t.quiet()
    expect(t.api.messages.map(({ text }) => text).join()).to.not.include('Pause')
  })
})

/** Orders: nothing happens before the one who asked has confirmed, once, within a minute. */
import { expect } from 'chai'
import type { Message } from '../../scripts/doubles/bot-messages.ts'
import { button, endAll, GROUP, NOW_S, OPERATOR, type Stage, talking } from './telegram-talk.ts'

const IN_GROUP = { chat: GROUP.chat, user: GROUP.user }
const OTHER = { chat: GROUP.chat, user: GROUP.other }
const confirm = (message: Message): string => button(message, message.text.includes('？') ? '确认' : 'Confirm')
const said = (t: Stage): readonly string[] => t.spoken.map((one) => one.said)

describe('adapters/telegram: orders are confirmed', () => {
  afterEach(endAll)

  it('pause, resume and mode, with who said it', async () => {
    const t = await talking()
    await t.start()
    for (const [text, done] of [
      ['/pause', 'Paused'],
      ['/resume', 'Resumed'],
      ['/mode simulate', 'Mode: simulate'],
    ] as const) {
      const asked = await t.ask(OPERATOR, text)
      const before = said(t)
      expect(asked.text).to.include('?').and.include('60 seconds')
      expect(await t.pressed(OPERATOR, asked.messageId, confirm(asked))).to.include(done)
      await t.quiet()
      expect(said(t)).to.have.length(before.length + 1)
      const left = t.api.messages.find(({ messageId, chatId }) => messageId === asked.messageId && chatId === 22)
      expect(left?.replyMarkup).to.equal(undefined)
    }
    expect(said(t)).to.deep.equal(['pause', 'resume', 'mode'])
    expect(t.spoken[0]).to.deep.equal({ said: 'pause', by: '22', via: 'telegram' })
    expect(t.api.tooFast).to.equal(0)
  })

  it('what is so already needs no confirmation', async () => {
    const t = await talking()
    await t.start()
    expect((await t.ask(OPERATOR, '/resume')).text).to.include('It was not paused')
    expect((await t.ask(OPERATOR, '/mode dry-run')).text).to.include('so already')
    expect((await t.ask(OPERATOR, '/mode')).text)
      .to.include('Mode: dry-run')
      .and.include('At most live')
    expect((await t.ask(OPERATOR, '/mode turbo')).text).to.include('no mode “turbo”')
    expect(said(t)).to.deep.equal([])
  })

  it('beyond what the configuration allows nothing changes', async () => {
    const t = await talking()
    await t.start({ configuredMode: 'simulate' })
    const asked = await t.ask(OPERATOR, '/mode live')
    await t.pressed(OPERATOR, asked.messageId, confirm(asked))
    await t.quiet()
    expect(t.api.messages.map(({ text }) => text).join()).to.include('does not allow that much')
    expect(said(t)).to.deep.equal([])
  })

  it('cancel, and nothing happens, not even afterwards', async () => {
    const t = await talking()
    await t.start()
    const asked = await t.ask(OPERATOR, '/pause')
    expect(await t.pressed(OPERATOR, asked.messageId, button(asked, 'Cancel'))).to.equal('Cancelled')
    expect(await t.pressed(OPERATOR, asked.messageId, confirm(asked))).to.include('Too late')
    expect(said(t)).to.deep.equal([])
  })

  it('is good once: a second press, or the same one replayed, does nothing', async () => {
    const t = await talking()
    await t.start()
    const asked = await t.ask(OPERATOR, '/pause')
    await t.pressed(OPERATOR, asked.messageId, confirm(asked))
    expect(await t.pressed(OPERATOR, asked.messageId, confirm(asked))).to.include('Too late')
    expect(said(t)).to.deep.equal(['pause'])
  })

  it('is good for a minute', async () => {
    const t = await talking()
    await t.start()
    for (const [afterS, changed] of [
      [59, 1],
      [60, 0],
      [-3_600, 0],
    ] as const) {
      const before = said(t).length
      const asked = await t.ask(OPERATOR, t.control.paused ? '/resume' : '/pause')
      t.clock.nowS += afterS
      await t.pressed(OPERATOR, asked.messageId, confirm(asked))
      t.clock.nowS = NOW_S
      await t.quiet()
      expect(said(t).length - before, `${afterS} s`).to.equal(changed)
    }
  })

  it('nobody else’s press has an effect, nor does it use the question up', async () => {
    const t = await talking()
    await t.start()
    t.say(IN_GROUP, '/pause')
    const before = t.api.messages.length
    while (t.api.messages.length === before) await new Promise((resolve) => setImmediate(resolve))
    const asked = t.api.messages[before] as Message
    expect(await t.pressed(OTHER, asked.messageId, confirm(asked))).to.equal('只有提出的人才能确认。')
    // The same person, in another chat; a stranger; somebody who is not even on the list there.
    expect(await t.pressed(OPERATOR, asked.messageId, confirm(asked))).to.include('Only the one who asked')
    for (const who of [
      { chat: GROUP.chat, user: 666 },
      { chat: 666, user: GROUP.user },
    ])
      t.press(who, asked.messageId, confirm(asked))
    await t.quiet()
    expect(said(t)).to.deep.equal([])
    expect(await t.pressed(IN_GROUP, asked.messageId, confirm(asked))).to.include('已暂停')
    expect(said(t)).to.deep.equal(['pause'])
  })

  it('holds across a restart, and only a hash of it is in the store', async () => {
    const t = await talking()
    await t.start()
    const asked = await t.ask(OPERATOR, '/pause')
    await t.restart()
    const nonce = confirm(asked).split(':')[2] ?? ''
    const { openStore } = await import('../../src/adapters/store/sqlite.ts')
    const copy = openStore(t.file, { share: 'copy' })
    expect(copy.value('telegram.confirmations')).to.include('"command":"pause"').and.not.include(nonce)
    copy.close()
    expect(await t.pressed(OPERATOR, asked.messageId, confirm(asked))).to.include('Paused')
    await t.restart()
    expect(t.control.paused).to.equal(true)
    expect(await t.pressed(OPERATOR, asked.messageId, confirm(asked))).to.include('Too late')
    expect(said(t)).to.deep.equal(['pause'])
  })

  it('a role that was taken away in between takes the order with it', async () => {
    const t = await talking()
    await t.start()
    const asked = await t.ask(OPERATOR, '/pause')
    await t.stop()
    const chat = { chatId: 22, userIds: [22], language: 'en', events: {}, quiet: undefined } as const
    await t.start({ chats: [{ ...chat, role: 'viewer' }] })
    expect(await t.pressed(OPERATOR, asked.messageId, confirm(asked))).to.include('not for this chat')
    expect(said(t)).to.deep.equal([])
  })

  it('reads the configuration anew without asking', async () => {
    const t = await talking()
    await t.start()
    const { text } = await t.ask(OPERATOR, '/reload')
    expect(text).to.include('In force now: alerts.thresholds').and.include('After a restart: http.port')
  })
})

/** The one poller: what it asks for, what it hears, and what happens when Telegram, the program or somebody else fails. */
import { expect } from 'chai'
import { memberUpdate, saidMessage } from '../../scripts/doubles/updates.ts'
import { fakeQueries } from './http-support.ts'
import { CHATS, endAll, GROUP, NOW_S, OPERATOR, OWNER, TOKEN, talking, until, VIEWER } from './telegram-talk.ts'

describe('adapters/telegram: the poller', () => {
  afterEach(endAll)

  it('asks for messages and presses only, and shows each role its menu, in its language, and strangers none', async () => {
    const t = await talking()
    await t.start()
    await t.quiet()
    expect(t.api.updates.asked[0]?.['allowed_updates']).to.deep.equal(['message', 'callback_query'])
    const { menus } = t.api.updates
    await until(() => menus.size === 5)
    expect([...menus.keys()]).to.deep.equal([
      'chat 11',
      'chat 22',
      'chat 33',
      `chat_member ${GROUP.chat} ${GROUP.user}`,
      `chat_member ${GROUP.chat} ${GROUP.other}`,
    ])
    const names = (scope: string): readonly string[] => (menus.get(scope) ?? []).map(({ command }) => command)
    expect(names('chat 33')).to.deep.equal([
      ...['status', 'positions', 'position', 'liquidations', 'risk', 'phase', 'ladder', 'brief'],
      ...['alerts', 'version', 'help'],
    ])
    expect(names('chat 11')).to.include('watch').and.not.include('pause')
    expect(names('chat 22')).to.include('pause').and.include('why')
    expect(menus.get('chat 22')?.find(({ command }) => command === 'pause')?.description).to.equal('Stop signing')
    const chinese = menus.get(`chat_member ${GROUP.chat} ${GROUP.user}`)
    expect(chinese?.find(({ command }) => command === 'pause')?.description).to.equal('停止签名')
    expect(t.api.calls.indexOf('deleteMyCommands')).to.be.within(0, t.api.calls.indexOf('setMyCommands'))
  })

  it('answers each thing once, whatever is handed over again, in this process or the next', async () => {
    const t = await talking()
    await t.start()
    await t.ask(OPERATOR, '/version')
    const message = saidMessage({ messageId: 900, chatId: 22, userId: 22, text: '/mute 1h', date: NOW_S })
    const id = t.api.updates.push({ message })
    await t.quiet()
    t.api.updates.push({ update_id: id, message })
    await t.quiet()
    await t.stop()
    // As after a crash before Telegram was told how far we are: it hands over again what it has.
    t.api.updates.push({ update_id: id, message })
    await t.start()
    await t.quiet()
    expect(t.spoken.map(({ said }) => said)).to.deep.equal(['mute'])
  })

  it('what the store does not take does not happen, is said, and can be said again', async () => {
    const t = await talking()
    let broken = true
    await t.start({
      atomically: (work) => {
        const result = work()
        if (broken) throw new Error('disk full SECRET')
        return result
      },
    })
    t.say(OPERATOR, '/version')
    await until(() => t.logged.some((line) => line.includes('disk full')))
    expect(t.logged.join()).to.not.include('SECRET')
    expect(t.api.messages).to.deep.equal([])
    broken = false
    await t.quiet()
  })

  it('a failing answer undoes all that it did, and says so', async () => {
    const t = await talking()
    const queries = {
      status: fakeQueries().status,
      ready: (): never => {
        throw new Error('broken SECRET')
      },
    }
    await t.start({ queries })
    expect((await t.ask(OPERATOR, '/status')).text).to.include('Something went wrong; the log says what')
    expect(t.logged.join()).to.include('telegram command failed').and.include('broken ***')
    await t.quiet()
  })

  it('keeps polling through floods, errors and lost answers, and obeys retry_after', async () => {
    const t = await talking()
    t.api.fail({ kind: 'broken' }, 'getMe')
    t.api.fail({ kind: 'flood', retryAfterS: 17 }, 'getUpdates')
    t.api.fail({ kind: 'broken' }, 'getUpdates')
    t.api.fail({ kind: 'lost-reply' }, 'getUpdates')
    t.api.fail({ kind: 'refuse', code: 400, description: 'odd' }, 'getUpdates')
    await t.start()
    await t.quiet()
    expect(t.waited).to.include(17_000).and.include(60_000)
    expect(t.troubles).to.deep.equal([])
  })

  it('gives up a poll that hangs', async () => {
    const t = await talking()
    t.api.fail({ kind: 'hang' }, 'getUpdates')
    await t.start({ pollTimeoutS: 0, requestTimeoutS: 0.05 })
    t.say(OPERATOR, '/version')
    await until(() => t.api.messages.length === 1)
  })

  it('an answer that Telegram does not take at once is sent a little later; nothing is done twice for it', async () => {
    const t = await talking()
    await t.start()
    t.api.fail({ kind: 'flood', retryAfterS: 3 })
    expect((await t.ask(OWNER, '/mute 1h')).text).to.include('quiet until')
    expect(t.waited).to.include(3_000)
    t.api.fail({ kind: 'lost-reply' })
    t.say(OWNER, '/mute 2h')
    await t.quiet()
    expect(t.spoken).to.have.length(2)
  })

  it('a second poller is noticed, told once, and over only when it stayed away', async () => {
    const t = await talking()
    await t.start()
    await t.quiet()
    const rival = (): Promise<Response> => fetch(`${t.api.url}/bot${TOKEN}/getUpdates`, { method: 'POST', body: '{}' })
    for (let i = 0; i < 3; i++) {
      const polls = t.api.updates.asked.length
      await rival()
      await until(() => t.api.updates.asked.length > polls + 1)
    }
    expect(t.troubles).to.have.length(1)
    expect(t.troubles[0]).to.include('channel-failed: telegram: somebody else polls').and.not.include(TOKEN)
    expect(Math.max(...t.waited)).to.be.at.least(1_000)
    await t.quiet()
    expect(t.troubles).to.have.length(1)
    t.clock.nowMs += 300_000
    await t.quiet()
    expect(t.troubles[1]).to.include('channel-is-back')
  })

  it('a token that is refused is told, and the token is not', async () => {
    const t = await talking()
    for (const method of ['getMe', 'getUpdates'])
      t.api.fail({ kind: 'refuse', code: 401, description: 'Unauthorized' }, method)
    await t.start()
    await t.quiet()
    expect(t.troubles).to.have.length(1)
    expect(t.troubles[0]).to.include('refuses the token')
    expect([...t.logged, ...t.troubles].join()).to.not.include(TOKEN)
  })

  it('what was said more than a minute before the start is not answered', async () => {
    const t = await talking()
    t.say(OPERATOR, '/status', NOW_S - 61)
    t.say(OPERATOR, '/version', NOW_S - 60)
    await t.start()
    await until(() => t.api.messages.length > 0)
    expect(t.api.messages.map(({ text }) => text)).to.deep.equal(['<b>Plimsoll 1.2.3</b>'])
  })

  it('nor what was said while Telegram could not be reached for long', async () => {
    const t = await talking()
    await t.start()
    await t.quiet()
    for (let i = 0; i < 8; i++) t.api.fail({ kind: 'broken' }, 'getUpdates')
    const before = t.api.messages.length
    t.say(OPERATOR, '/pause', NOW_S)
    // The poll that was waiting has it before the way is cut.
    await until(() => t.api.messages.length > before)
    t.clock.nowS = NOW_S + 3_600
    t.say(OPERATOR, '/mute', NOW_S + 60)
    await t.quiet()
    expect(t.spoken).to.deep.equal([])
  })

  it('numbers that Telegram begins anew after a week are heard', async () => {
    const t = await talking()
    t.api.updates.push({
      update_id: 5_000_000,
      message: saidMessage({ messageId: 1, chatId: 22, userId: 22, text: '/version', date: NOW_S }),
    })
    await t.start()
    await until(() => t.api.messages.length === 1)
    t.clock.nowS += 7 * 86_400
    const message = saidMessage({ messageId: 2, chatId: 22, userId: 22, text: '/version', date: t.clock.nowS })
    t.api.updates.push({ update_id: 17, message })
    await until(() => t.api.messages.length === 2)
  })

  it('a clock that jumps ahead makes nothing old new', async () => {
    const t = await talking()
    await t.start()
    const message = saidMessage({ messageId: 900, chatId: 22, userId: 22, text: '/mute 1h', date: NOW_S })
    const id = t.api.updates.push({ message })
    await t.quiet()
    t.clock.nowS += 30 * 86_400
    t.api.updates.inject({ update_id: id, message: { ...message, date: t.clock.nowS } })
    await t.quiet()
    expect(t.spoken).to.have.length(1)
  })

  it('stops while somebody waits for a slow answer', async () => {
    const t = await talking()
    await t.start({ houseOver: { advisor: { advise: () => new Promise(() => {}) } }, graceMs: 10 })
    t.say(OPERATOR, '/position 0x00000000000000000000000000000000000A11cE')
    await t.quiet()
    await t.stop()
  })

  it('in a group: its language, its thread, and no word about other bots’ commands', async () => {
    const t = await talking()
    await t.start()
    const who = { chat: GROUP.chat, user: GROUP.user }
    t.api.threads(GROUP.chat, [7])
    for (const text of ['/status@other_bot', '/nonsense', 'hello', '/']) t.say(who, text)
    await t.quiet()
    expect(t.api.messages.filter(({ chatId }) => chatId === GROUP.chat)).to.deep.equal([])
    const said = saidMessage({
      messageId: 70,
      chatId: GROUP.chat,
      userId: GROUP.user,
      text: '/status@Double_Bot',
      date: NOW_S,
    })
    t.api.updates.push({ message: { ...said, message_thread_id: 7, is_topic_message: true } })
    await until(() => t.api.messages.some(({ chatId }) => chatId === GROUP.chat))
    const answer = t.api.messages.find(({ chatId }) => chatId === GROUP.chat)
    expect(answer?.text).to.include('个账户')
    expect(answer?.threadId).to.equal(7)
  })

  it('being added, blocked or thrown out is nothing to answer', async () => {
    const t = await talking()
    await t.start()
    for (const status of ['member', 'kicked', 'left'])
      t.api.updates.push(memberUpdate(OWNER.chat, OWNER.user, status, NOW_S))
    await t.quiet()
    expect(t.api.messages).to.have.length(1)
  })

  it('neither token nor secret in an answer or a line of the log, whatever fails', async () => {
    const t = await talking()
    const operator = { logs: () => [`WARN ${TOKEN} SECRET`] }
    const house = {
      operator: {
        ...operator,
        balances: (): never => {
          throw new Error(`SECRET ${TOKEN}`)
        },
      },
    }
    for (const method of ['getMe', 'getUpdates', 'setMyCommands', 'sendMessage', 'answerCallbackQuery'])
      for (const kind of ['broken', 'lost-reply'] as const) t.api.fail({ kind }, method)
    await t.start({ houseOver: house as never, chats: CHATS })
    for (const who of [OPERATOR, VIEWER, OWNER])
      for (const command of ['logs', 'balance', 'status', 'help']) t.say(who, `/${command}`)
    await t.quiet()
    t.press(OPERATOR, 1, 'mute1h:1')
    await t.quiet()
    const all = [...t.api.messages.map(({ text }) => text), ...t.logged, ...t.troubles].join('\n')
    expect(all).to.include('Last warnings').and.include('***')
    expect(all).to.not.include('SECRET').and.not.include(TOKEN).and.not.include('CANARY')
  })
})

import { expect } from 'chai'
import fc from 'fast-check'
import type { Fault } from '../../../scripts/doubles/bot-api.ts'
import { CHAT, chat, GROUP, numbers, seqsIn, stage, stopAll, until } from './support.ts'

describe('app/people: delivery to chats', () => {
  afterEach(stopAll)

  it('tells each chat what happens, in HTML, and nothing of the past', async () => {
    const { api, startChats, alert, told } = await stage()
    alert()
    startChats([chat(), chat({ chatId: 78 })])
    alert()
    await until(() => api.messages.length === 2)
    alert()
    await until(() => api.messages.length === 4)
    expect([told(CHAT), told(78)]).to.deep.equal([
      [2, 3],
      [2, 3],
    ])
    expect(new Set(api.messages.map(({ parseMode }) => parseMode))).to.deep.equal(new Set(['HTML']))
  })

  it('a few go one by one, a burst becomes one message, which is edited as the burst goes on', async () => {
    const { api, start, alert, told } = await stage()
    start()
    alert()
    alert()
    await until(() => told().length === 2)
    expect(api.messages).to.have.length(2)
    for (let i = 0; i < 40; i++) alert(i)
    await until(() => told().length === 42)
    alert()
    await until(() => told().length === 43)
    alert()
    await until(() => told().length === 44)
    expect(api.messages.map(({ edits }) => edits)).to.deep.equal([0, 0, 2])
    expect(told()).to.deep.equal(numbers(1, 44))
    expect(api.tooFast).to.equal(0)
  })

  it('a digest ends when it is old, and when another message stands below it', async () => {
    const { api, start, alert, told, clock } = await stage()
    const { reply } = start()
    for (let i = 0; i < 5; i++) alert(i)
    await until(() => told().length === 5)
    await clock.advance(121_000)
    for (let i = 0; i < 5; i++) alert(i)
    await until(() => told().length === 10)
    expect(api.messages).to.have.length(2)
    reply({
      chatId: CHAT,
      threadId: undefined,
      message: { title: 'answer', place: '', rows: [], lines: [], code: [], links: [], footer: '', buttons: [] },
    })
    await until(() => api.messages.length === 3)
    for (let i = 0; i < 5; i++) alert(i)
    await until(() => told().length === 15)
    expect(api.messages.map(({ text }) => seqsIn(text).length)).to.deep.equal([5, 5, 0, 5])
  })

  it('what is critical rings: it is not edited silently into a digest that rang long ago', async () => {
    const { api, start, alert, trouble, told, clock } = await stage()
    start()
    for (let i = 0; i < 5; i++) alert(i)
    await until(() => told().length === 5)
    trouble()
    await until(() => told().length === 6)
    expect(api.messages).to.have.length(1)
    await clock.advance(31_000)
    trouble()
    await until(() => told().length === 7)
    expect(api.messages.map(({ silent }) => silent)).to.deep.equal([false, false])
  })

  it('rings only where it should', async () => {
    const { api, start, alert, add, mutes, trouble } = await stage()
    start()
    add('sent', {})
    await until(() => api.messages.length === 1)
    alert()
    await until(() => api.messages.length === 2)
    mutes.push({ chat: `telegram:${CHAT}`, scope: 'all', untilS: null })
    alert()
    trouble()
    await until(() => api.messages.length === 3)
    expect(api.messages.map(({ silent }) => silent)).to.deep.equal([true, false, true])
    expect(seqsIn(api.messages[2]?.text ?? '')).to.deep.equal([4])
  })

  it('keeps to Telegram’s limits, whatever happens in however many chats', async () => {
    const { api, startChats, alert, trouble, told } = await stage()
    const ids = [CHAT, GROUP, GROUP - 1, -5, ...numbers(100, 140)]
    startChats(ids.map((chatId) => chat({ chatId })))
    for (let round = 0; round < 30; round++) {
      for (let i = 0; i <= round % 4; i++) alert(i)
      trouble()
      await until(() => told(CHAT).length > round)
    }
    await until(() => ids.every((id) => told(id).length === told(CHAT).length && told(id).at(-1) === told(CHAT).at(-1)))
    expect(api.tooFast).to.equal(0)
    for (const id of ids) expect(told(id).toSorted((a, b) => a - b)).to.deep.equal(numbers(1, told(CHAT).length))
  })

  it('obeys retry_after, and keeps the order', async () => {
    const { clock, start, alert, told, api } = await stage({ faults: [{ kind: 'flood', retryAfterS: 17 }] })
    const at: number[] = []
    api.onMessage(() => void at.push(clock.nowMs()))
    const begin = clock.nowMs()
    start()
    for (let i = 0; i < 2; i++) alert()
    await until(() => told().length === 2)
    expect(told()).to.deep.equal([1, 2])
    expect((at[0] ?? 0) - begin).to.be.at.least(17_000)
  })

  it('a flood of floods is sat out', async () => {
    const faults: Fault[] = Array.from({ length: 20 }, (_, i) => ({ kind: 'flood', retryAfterS: 1 + (i % 7) }))
    const { start, startChats: _, alert, told, breakers } = await stage({ faults })
    start()
    for (let i = 0; i < 3; i++) alert()
    await until(() => told().length === 3)
    expect(told()).to.deep.equal([1, 2, 3])
    expect(breakers()).to.deep.equal([])
  })

  for (const fault of [{ kind: 'lost-reply' }, { kind: 'broken' }, { kind: 'hang' }] as const)
    it(`a message is told once although its answer was lost: ${fault.kind}`, async () => {
      const { api, start, alert, told, isIdle } = await stage()
      start({ clocks: { requestTimeoutS: 0.05 } })
      alert()
      await until(() => told().length === 1)
      api.fail(fault)
      alert()
      await until(() => told().length === 2 && isIdle())
      alert()
      await until(() => told().length === 3)
      expect(told()).to.deep.equal([1, 2, 3])
      expect(api.messages.map(({ text }) => text).join()).not.to.include('repetition')
      expect(api.tooFast).to.equal(0)
    })

  it('the very first one, too, where ids are small', async () => {
    const { api, start, alert, told, isIdle } = await stage({ faults: [{ kind: 'lost-reply' }] })
    api.say(CHAT, 7, '/start')
    start()
    alert()
    await until(() => told().length === 1 && isIdle())
    expect(api.messages).to.have.length(1)
  })

  it('other people’s messages and our own answers in between are left as they are', async () => {
    const { api, start, alert, told, isIdle } = await stage()
    const { reply } = start()
    alert()
    await until(() => told().length === 1)
    for (let i = 0; i < 5; i++) api.say(CHAT, 7, 'hello')
    const message = { title: 'answer', place: '', rows: [], lines: [], code: [], links: [], footer: '', buttons: [] }
    reply({ chatId: CHAT, threadId: undefined, message })
    await until(() => api.messages.length === 2)
    api.fail({ kind: 'lost-reply' })
    alert()
    await until(() => told().length === 2 && isIdle())
    expect(api.messages.map(({ text, edits }) => [seqsIn(text).length, edits])).to.deep.equal([
      [1, 0],
      [0, 0],
      [1, 0],
    ])
  })

  it('what cannot be decided is sent again, and says so', async () => {
    const { api, startChats, alert, of, isIdle } = await stage()
    for (let i = 0; i < 500; i++) api.say(GROUP, 7, 'hello')
    startChats([chat({ chatId: GROUP })])
    api.fail({ kind: 'lost-reply' })
    alert()
    await until(() => of(GROUP).length === 2 && isIdle(`telegram:${GROUP}`))
    expect(of(GROUP).map(({ text }) => text.includes('This may be a repetition.'))).to.deep.equal([false, true])
    expect(api.tooFast).to.equal(0)
  })

  it('an edit whose answer was lost is made again, to no effect', async () => {
    const { api, start, alert, told, isIdle } = await stage()
    start()
    for (let i = 0; i < 5; i++) alert(i)
    await until(() => told().length === 5)
    api.fail({ kind: 'lost-reply' }, 'editMessageText')
    alert()
    await until(() => told().length === 6 && isIdle())
    expect(api.messages).to.have.length(1)
    expect(api.messages[0]?.edits).to.equal(1)
  })

  it('a digest that somebody deleted is not missed: what is new comes as a message', async () => {
    const { api, start, alert, told } = await stage()
    start()
    for (let i = 0; i < 5; i++) alert(i)
    await until(() => told().length === 5)
    api.remove(CHAT, api.messages[0]?.messageId ?? 0)
    alert()
    await until(() => told().length === 1)
    expect(told()).to.deep.equal([6])
  })

  it('a message that is refused for good does not hold up the rest', async () => {
    const { start, alert, told, logged } = await stage({
      faults: [{ kind: 'refuse', code: 400, description: 'Bad Request: something new' }],
    })
    start()
    for (let i = 0; i < 2; i++) alert()
    await until(() => told().length === 1)
    expect(told()).to.deep.equal([2])
    expect(logged.join()).to.include('refused for good').and.include('something new')
  })

  it('one chat’s trouble is not the other’s', async () => {
    const { startChats, alert, told } = await stage({ faults: [{ kind: 'hang' }] })
    startChats([chat(), chat({ chatId: 78 })])
    alert()
    await until(() => told(CHAT).length + told(78).length === 1)
  })

  it('text that Telegram cannot read is told without tags', async () => {
    const { api, start, alert } = await stage()
    start({ toHtml: () => ({ text: '<b>a & <blink>[1]', replyMarkup: undefined }) })
    alert()
    await until(() => api.messages.length === 1)
    expect(api.messages.map(({ text, parseMode }) => [text, parseMode])).to.deep.equal([['a & [1]', undefined]])
  })

  it('a text that is too long is cut, not lost', async () => {
    const { api, start, alert } = await stage()
    start({ toHtml: () => ({ text: `<b>[1]</b> ${'&lt;x '.repeat(3_000)}`, replyMarkup: undefined }) })
    alert()
    await until(() => api.messages.length === 1)
    expect(api.messages[0]?.text).to.match(/^\[1\] <x <x/)
  })

  it('a message that cannot be composed is told bare', async () => {
    const { api, start, trouble, logged } = await stage()
    start({ render: () => Promise.reject(new Error('no words SECRET')) })
    trouble('chain x is silent')
    await until(() => api.messages.length === 1)
    expect(api.messages[0]?.text).to.include('stale-head')
    expect(logged.join()).to.include('could not be composed').and.not.include('SECRET')
  })

  it('threads of a group: each topic in its own, and in the general one when it is gone', async () => {
    const { api, startChats, alert, trouble, of } = await stage()
    api.threads(GROUP, [7])
    startChats([chat({ chatId: GROUP, topics: { trouble: 7, positions: 8 } })])
    alert()
    trouble()
    await until(() => of(GROUP).length === 2)
    expect(of(GROUP).map(({ threadId, text }) => [seqsIn(text)[0], threadId])).to.deep.equal([
      [1, undefined],
      [2, 7],
    ])
  })

  it('a group that became a supergroup is followed, after a restart too', async () => {
    const { api, startChats, alert, told } = await stage()
    const first = startChats([chat({ chatId: -5 })])
    alert()
    await until(() => told(-5).length === 1)
    api.fate(-5, { kind: 'migrated', to: GROUP })
    alert()
    await until(() => told(GROUP).length === 1)
    await first.stop()
    startChats([chat({ chatId: -5 })])
    alert()
    await until(() => told(GROUP).length === 2)
    expect([told(-5), told(GROUP)]).to.deep.equal([[1], [2, 3]])
  })

  it('whatever fails and however often it is restarted: everything once, nothing twice', async function () {
    this.timeout(60_000)
    const fault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
      { kind: 'flood', retryAfterS: 1 },
      { kind: 'broken' },
      { kind: 'lost-reply' },
    )
    const run = fc.asyncProperty(
      fc.array(fault, { maxLength: 5 }),
      fc.array(fault, { maxLength: 3 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
      async (sends, edits, bursts) => {
        const { api, start, alert, told, isIdle } = await stage()
        const first = start()
        alert()
        await until(() => told().length === 1)
        await first.stop()
        for (const one of sends) api.fail(one)
        for (const one of edits) api.fail(one, 'editMessageText')
        let count = 1
        for (const burst of bursts) {
          const delivery = start()
          for (let i = 0; i < burst; i++) alert(count++)
          await until(() => told().length > 0)
          await delivery.stop()
        }
        start()
        await until(() => told().length >= count && isIdle())
        expect(told().toSorted((a, b) => a - b)).to.deep.equal(numbers(1, count))
        expect(api.messages.map(({ text }) => text).join()).not.to.include('repetition')
        expect(api.tooFast).to.equal(0)
        await stopAll()
      },
    )
    await fc.assert(run, { numRuns: 40 })
  })
})

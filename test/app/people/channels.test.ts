/** Quiet hours, mutes, refusals, and channels that fail: through the whole way. */
import { expect } from 'chai'
import { CHAT, chat, numbers, seqsIn, stage, stopAll, until } from './support.ts'

/** Three in the night, UTC. */
const NIGHT_MS = Date.parse('2026-11-26T03:00:00Z')
const quiet = { fromMinute: 22 * 60, toMinute: 7 * 60 }

describe('app/people: the night, mutes, refusals', () => {
  afterEach(stopAll)

  it('at night only what is critical arrives; the rest comes in the morning as one digest', async () => {
    const { api, clock, startChats, alert, trouble, told } = await stage({ startMs: NIGHT_MS })
    startChats([chat({ quiet })])
    for (let i = 0; i < 5; i++) alert(i)
    trouble()
    await until(() => told().length === 1)
    await clock.advance(3.9 * 3_600_000)
    expect(told()).to.deep.equal([6])
    await clock.advance(0.1 * 3_600_000)
    await until(() => told().length === 6)
    expect(api.messages).to.have.length(2)
    expect(seqsIn(api.messages[1]?.text ?? '')).to.deep.equal(numbers(1, 5))
  })

  it('what could not be told before the night waits, too', async () => {
    const { api, clock, startChats, alert, trouble, told } = await stage({
      startMs: Date.parse('2026-11-26T21:59:58Z'),
      faults: [{ kind: 'flood', retryAfterS: 60 }],
    })
    startChats([chat({ quiet })])
    alert()
    trouble()
    await until(() => told().length === 1)
    expect([told(), api.messages.map(({ silent }) => silent)]).to.deep.equal([[2], [false]])
    await clock.advance(9 * 3_600_000)
    await until(() => told().length === 2)
  })

  it('what is muted while it waits is not told any more', async () => {
    const { startChats, alert, trouble, told, mutes, isIdle } = await stage({
      faults: [{ kind: 'flood', retryAfterS: 30 }],
    })
    startChats([chat()])
    alert(1)
    mutes.push({ chat: `telegram:${CHAT}`, scope: 'market:m', untilS: null })
    trouble()
    await until(() => told().length === 1 && isIdle())
    expect(told()).to.deep.equal([2])
  })

  it('refusals are one message an hour, edited once a minute', async () => {
    const { api, clock, start, refuse, alert, told } = await stage()
    start()
    refuse()
    await until(() => told().length === 1)
    for (let i = 0; i < 3; i++) refuse()
    await until(() => told().length === 4)
    alert()
    await until(() => told().length === 5)
    refuse()
    await until(() => told().length === 6)
    expect(api.messages.map(({ text, edits }) => [seqsIn(text), edits])).to.deep.equal([
      [[1, 2, 3, 4, 6], 2],
      [[5], 0],
    ])
    await clock.advance(3_600_000)
    refuse()
    await until(() => told().length === 7)
    expect(api.messages).to.have.length(3)
  })
})

describe('app/people: channels that fail', () => {
  afterEach(stopAll)

  it('a chat that blocked the bot: told once on the others, rows dropped, and told when it is back', async () => {
    const { api, startChats, alert, told, breakers, store } = await stage()
    const chats = [chat(), chat({ chatId: 78 })]
    const first = startChats(chats)
    alert()
    await until(() => told(CHAT).length + told(78).length === 2)
    api.fate(CHAT, { kind: 'blocked' })
    alert()
    await until(() => breakers().length === 1 && told(78).length === 3)
    await first.stop()
    startChats(chats)
    alert()
    await until(
      () => told(78).length === 4 && store.outbox.waiting(`telegram:${CHAT}`, { nowS: 1e12, limit: 1 }).length === 0,
    )
    expect([told(CHAT), told(78), breakers()]).to.deep.equal([[1], [1, 2, 3, 4], ['channel-failed']])
    api.fate(CHAT, { kind: 'fine' })
    alert()
    await until(() => breakers().length === 2)
    expect(breakers()).to.deep.equal(['channel-failed', 'channel-is-back'])
    expect(told(CHAT)).to.include(5)
  })

  it('a chat that is not there', async () => {
    const { api, start, alert, breakers } = await stage()
    api.fate(CHAT, { kind: 'unknown' })
    start()
    alert()
    await until(() => breakers().length === 1)
  })

  it('Telegram away for more than five minutes: said once, nothing lost', async () => {
    const { api, start, alert, told, breakers, isIdle } = await stage()
    start()
    alert()
    await until(() => told().length === 1)
    for (let i = 0; i < 14; i++) api.fail({ kind: 'refuse', code: 404, description: 'Not Found' })
    alert()
    alert()
    await until(() => told().length >= 3 && isIdle())
    expect(breakers()).to.deep.equal(['channel-failed', 'channel-is-back'])
    expect(told().filter((seq) => seq <= 3)).to.deep.equal([1, 2, 3])
  })

  it('a short hiccup is nobody’s business', async () => {
    const { api, start, alert, told, breakers } = await stage()
    start()
    for (let i = 0; i < 4; i++) api.fail({ kind: 'refuse', code: 404, description: 'Not Found' })
    alert()
    await until(() => told().length === 1)
    expect(breakers()).to.deep.equal([])
  })
})

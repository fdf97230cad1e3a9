import { expect } from 'chai'
import fc from 'fast-check'
import type { Fault } from '../../scripts/doubles/bot-api.ts'
import { alertData, CHAT, numbers, stage, stopAll, TOKEN, until } from './telegram-support.ts'

describe('adapters/telegram: delivery', () => {
  afterEach(stopAll)

  it('tells each chat what happens, in HTML, and nothing of the past', async () => {
    const { api, start, alert, told } = await stage()
    alert(1)
    start({ chats: [CHAT, 78].map((chatId) => ({ chatId, role: 'operator' })) })
    alert(2)
    await until(() => api.messages.length === 2)
    alert(3)
    await until(() => api.messages.length === 4)
    expect([told(CHAT), told(78)]).to.deep.equal([numbers(2, 3), numbers(2, 3)])
    expect(api.messages.map((message) => message.parseMode)).to.deep.equal(['HTML', 'HTML', 'HTML', 'HTML'])
  })

  it('keeps its pace: a pause after each message', async () => {
    const { start, alert, told, waited } = await stage()
    start({ spacingMs: 1_234 })
    for (const n of [1, 2]) alert(n)
    await until(() => told().length === 2)
    expect(waited.filter((ms) => ms === 1_234)).to.have.length.at.least(1)
  })

  it('which is slower in groups, as Telegram wants it', async () => {
    const { start, alert, told, waited } = await stage()
    start({ spacingMs: undefined, chats: [-5, 5].map((chatId) => ({ chatId, role: 'operator' })) })
    alert(1)
    await until(() => told(5).length + told(-5).length === 2 && waited.length >= 2)
    expect(waited.toSorted((a, b) => a - b)).to.deep.equal([1_000, 3_000])
  })

  it('folds a burst', async () => {
    const { api, start, journal, stored } = await stage()
    start()
    for (let i = 0; i < 40; i++) journal.add('alert', alertData(), { block: '9' })
    await until(() => stored.get(`telegram:${CHAT}`) === '40')
    expect(api.messages).to.have.length(1)
    expect(api.messages[0]?.text).to.include('40 events')
  })

  it('obeys retry_after, backs off from errors, and keeps the order', async () => {
    const faults: Fault[] = [{ kind: 'flood', retryAfterS: 17 }, { kind: 'broken' }, { kind: 'broken' }]
    const { start, alert, told, waited, logged } = await stage(faults)
    start()
    for (const n of [1, 2, 3]) alert(n)
    await until(() => told().length === 3)
    expect(told()).to.deep.equal(numbers(1, 3))
    expect(waited.filter((ms) => ms > 0)).to.deep.equal([17_000, 2_000, 4_000])
    expect(logged.filter((line) => line.includes('trying again'))).to.have.length(3)
  })

  it('gives up a hanging request and tries again', async () => {
    const { start, alert, told } = await stage([{ kind: 'hang' }])
    start({ requestTimeoutS: 0.05 })
    alert(1)
    await until(() => told().length === 1)
  })

  it('repeats a message whose reply was lost, and only that one', async () => {
    const { start, alert, told } = await stage([{ kind: 'lost-reply' }])
    start()
    for (const n of [1, 2]) alert(n)
    await until(() => told().length === 3)
    expect(told()).to.deep.equal(['1.01', '1.01', '1.02'])
  })

  it('a message that is refused for good does not hold up the rest', async () => {
    const { start, alert, told, logged } = await stage([{ kind: 'refuse', code: 403, description: 'bot was blocked' }])
    start()
    for (const n of [1, 2]) alert(n)
    await until(() => told().length === 1)
    expect(told()).to.deep.equal(['1.02'])
    expect(logged.join()).to.include('telegram refused').and.include('bot was blocked')
  })

  it('one chat’s trouble is not the other’s', async () => {
    const { start, alert, told } = await stage([{ kind: 'hang' }])
    start({ chats: [CHAT, 78].map((chatId) => ({ chatId, role: 'operator' })), graceMs: 0 })
    alert(1)
    await until(() => told(CHAT).length + told(78).length === 1)
  })

  it('restarted after any number of messages, it tells each exactly once', async () => {
    const { start, alert, told } = await stage()
    for (let round = 0; round < 6; round++) {
      const telegram = start()
      for (let n = 1; n <= 3; n++) alert(round * 3 + n)
      await until(() => told().length >= round * 3 + (round % 3))
      await telegram.stop()
    }
    start()
    await until(() => told().length >= 18)
    expect(told()).to.deep.equal(numbers(1, 18))
  })

  it('what happens while nobody is running is told at the next start', async () => {
    const { start, alert, told } = await stage()
    await start().stop()
    for (const n of [1, 2]) alert(n)
    start()
    await until(() => told().length === 2)
    expect(told()).to.deep.equal(numbers(1, 2))
  })

  for (const [burst, at, told1] of [
    [2, '2', ['1.01', '1.02', '1.02', '1.09']],
    [3, '3', ['1.01', '1.02', '1.03', '1.01', '1.02', '1.03', '1.09']],
  ] as const) {
    it(`killed between the delivery and the cursor, it repeats that one message and loses none: ${burst} waiting`, async () => {
      const { start, alert, told, stored } = await stage()
      await start().stop()
      for (let n = 1; n <= burst; n++) alert(n)
      let killed = false
      const set = (name: string, value: string): void => {
        if (value === at) killed = true
        if (killed) throw new Error('killed')
        stored.set(name, value)
      }
      // What is dead never comes back from its wait.
      const dying = { get: (name: string) => stored.get(name), set }
      const doomed = start({ cursor: dying, delay: (ms, signal) => (ms > 0 ? gone(signal) : Promise.resolve()) })
      await until(() => killed)
      await doomed.stop()
      start()
      await until(() => stored.get(`telegram:${CHAT}`) === at)
      alert(9)
      await until(() => told().includes('1.09'))
      expect(told()).to.deep.equal(told1)
    })
  }

  it('whatever fails, nothing is lost, the order stays, and only lost replies repeat', async function () {
    this.timeout(20_000)
    const fault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
      { kind: 'flood', retryAfterS: 1 },
      { kind: 'broken' },
      { kind: 'lost-reply' },
    )
    const run = fc.asyncProperty(
      fc.array(fault, { maxLength: 6 }),
      fc.integer({ min: 1, max: 6 }),
      async (faults, stopAt) => {
        const { api, start, alert, told, stored } = await stage(faults)
        const first = start()
        for (let n = 1; n <= 6; n++) alert(n)
        await until(() => told().length >= stopAt)
        await first.stop()
        start()
        await until(() => stored.get(`telegram:${CHAT}`) === '6')
        const lost = faults.filter(({ kind }) => kind === 'lost-reply').length
        let [upTo, repeats] = [0, 0]
        for (const { text } of api.messages) {
          const here = [...text.matchAll(/below 1\.0(\d)/g)].map(([, n]) => Number(n))
          const [first = 0] = here
          expect(here).to.deep.equal(here.map((_, i) => first + i))
          expect(first).to.be.at.most(upTo + 1)
          if (first <= upTo) repeats++
          upTo = Math.max(upTo, ...here)
        }
        expect(upTo).to.equal(6)
        expect(repeats).to.be.at.most(lost)
        await stopAll()
      },
    )
    await fc.assert(run, { numRuns: 25 })
  })

  it('the cursor is not written for entries that need no message', async () => {
    const { start, journal, told, alert } = await stage()
    const writes: string[] = []
    const cursor = { get: (): string => '0', set: (_name: string, value: string): void => void writes.push(value) }
    start({ cursor })
    for (let i = 0; i < 200; i++) journal.add('refusal', { reason: 'unprofitable' })
    alert(1)
    await until(() => told().length === 1)
    await until(() => writes.length > 0)
    expect(writes).to.deep.equal(['201'])
  })

  it('a cursor beyond the end of the journal is from a lost life: begin with what is new', async () => {
    const { start, alert, told, stored } = await stage()
    stored.set(`telegram:${CHAT}`, '999')
    start()
    alert(1)
    await until(() => told().length === 1)
  })

  it('a store that takes no more writes does not make it repeat itself', async () => {
    const { start, alert, told, logged } = await stage()
    const set = (_name: string, value: string): void => {
      if (value !== '0') throw new Error('disk full')
    }
    start({ cursor: { get: () => undefined, set } })
    for (const n of [1, 2]) alert(n)
    await until(() => told().length >= 2 && logged.length >= 2)
    expect(told()).to.deep.equal(numbers(1, 2))
  })

  it('tells all but operators that it is no advice', async () => {
    const { api, start, alert } = await stage()
    start({ chats: [1, 2].map((chatId) => ({ chatId, role: chatId === 1 ? 'operator' : 'viewer' })) })
    alert(1)
    await until(() => api.messages.length === 2)
    for (const { chatId, text } of api.messages) expect(text.includes('no advice')).to.equal(chatId === 2)
  })

  it('a journal that fails is tried again', async () => {
    const { start, alert, told, journal, logged } = await stage()
    let failures = 2
    const read = (after: number, limit: number) => {
      if (failures-- > 0) throw new Error('disk SECRET')
      return journal.read({ after, limit })
    }
    start({ journal: read })
    alert(1)
    await until(() => told().length === 1)
    expect(logged.join()).to.include('courier failed').and.not.include('SECRET')
  })

  it('the token is in no log and no message, whatever goes wrong, even if the scrubber does not know it', async () => {
    const faults: Fault[] = [
      { kind: 'broken' },
      { kind: 'lost-reply' },
      { kind: 'refuse', code: 400, description: `Bad Request: ${TOKEN}` },
    ]
    const { api, start, journal, logged, alert } = await stage(faults)
    for (const method of ['getMe', 'getUpdates']) {
      api.fail({ kind: 'broken' }, method)
      api.fail({ kind: 'lost-reply' }, method)
    }
    start()
    alert(1)
    journal.add('breaker', { reason: TOKEN, detail: `https://x/bot${TOKEN}/sendMessage SECRET` })
    await until(() => api.messages.length >= 2)
    await stopAll()
    const unreachable = await stage()
    unreachable.start({ apiRoot: 'http://127.0.0.1:1/' })
    unreachable.alert(1)
    await until(() => unreachable.logged.length > 4)
    const everything = [...logged, ...unreachable.logged, ...api.messages.map((message) => message.text)].join('\n')
    expect(everything).to.include('trying again').and.not.include('CANARY').and.not.include('SECRET')
  })

  it('a wrong token is said and waited out', async () => {
    const { start, alert, told, logged } = await stage()
    const telegram = start({ token: '1:wrong-CANARY' })
    alert(1)
    await until(() => logged.length > 3)
    await telegram.stop()
    expect(logged.join()).to.include('401 Unauthorized').and.not.include('CANARY')
    start()
    await until(() => told().length === 1)
  })

  it('stops at once, in the middle of a poll and of a long wait', async () => {
    const { api, start, alert, waited } = await stage([{ kind: 'flood', retryAfterS: 600 }])
    const wait = (ms: number, signal: AbortSignal): Promise<void> => {
      waited.push(ms)
      return ms === 0 ? Promise.resolve() : gone(signal)
    }
    const telegram = start({ delay: wait })
    alert(1)
    await until(() => waited.includes(600_000) && api.calls.includes('getUpdates'))
    await telegram.stop()
  })
})

/** Ends only when the signal does. */
function gone(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => resolve(), { once: true })
  return promise
}

/** The place in the journal, the store that fails, and the end. */
import { expect } from 'chai'
import { CHAT, chat, numbers, stage, stopAll, TOKEN, until } from './support.ts'

describe('app/people: restarts, faults of the store, secrets', () => {
  afterEach(stopAll)

  it('restarted after any number of messages, it tells each exactly once', async () => {
    const { start, alert, told, isIdle } = await stage()
    for (let round = 0; round < 6; round++) {
      const delivery = start()
      for (let n = 1; n <= 3; n++) alert(n)
      await until(() => told().length >= round * 3 + (round % 3))
      await delivery.stop()
    }
    start()
    await until(() => told().length >= 18 && isIdle())
    expect(told().toSorted((a, b) => a - b)).to.deep.equal(numbers(1, 18))
  })

  it('what happens while nobody is running is told at the next start; a channel that is new begins there', async () => {
    const { start, startChats, alert, told } = await stage()
    await start().stop()
    for (const n of [1, 2]) alert(n)
    startChats([chat(), chat({ chatId: 78 })])
    await until(() => told().length === 2)
    alert()
    await until(() => told(78).length === 1 && told().length === 3)
    expect([told(), told(78)]).to.deep.equal([[1, 2, 3], [3]])
  })

  it('goes on where an earlier version stood', async () => {
    const { start, alert, told, store } = await stage()
    for (let i = 0; i < 3; i++) alert(i)
    store.setValue(`telegram:${CHAT}`, '2')
    start()
    await until(() => told().length === 1)
    expect(told()).to.deep.equal([3])
  })

  it('a place beyond the end of the journal is from a lost life: begin with what is new', async () => {
    const { start, alert, told, store } = await stage()
    store.setValue(`telegram:${CHAT}`, '999')
    store.setValue('outbox.cursor', '999')
    start()
    alert()
    await until(() => told().length === 1)
  })

  it('what a page has brought is one write, and what nobody is told of is none', async () => {
    const { start, journal, alert, add, told, store } = await stage()
    start({
      alerts: {
        telegram: {
          token: TOKEN,
          apiRoot: 'http://127.0.0.1:1',
          watchesPerChat: 1,
          chats: [chat(), chat({ chatId: 78 })],
        },
      },
    })
    await until(() => store.value('outbox.cursor') === '0')
    let writes = 0
    const { add: put } = store.outbox
    store.outbox.add = (rows) => {
      writes++
      put(rows)
    }
    journal.hold(() => store.atomically(() => numbers(1, 900).map((n) => alert(n))))
    await until(() => store.value('outbox.cursor') === '900')
    expect(writes).to.equal(1)
    for (let i = 0; i < 50; i++) add('rollback', {})
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    expect(writes).to.equal(1)
    expect(store.value('outbox.cursor')).to.equal('900')
    expect(told()).to.deep.equal([])
  })

  it('a store that takes no more writes: nothing is sent that is not written down, and it goes on later', async () => {
    const { api, start, alert, told, store, logged, isIdle } = await stage()
    start()
    alert()
    await until(() => told().length === 1 && isIdle())
    const { begin, told: keep } = store.outbox
    let failures = 3
    store.outbox.begin = (message, rows) => {
      if (failures-- > 0) throw new Error('disk full SECRET')
      return begin(message, rows)
    }
    store.outbox.told = (message, toldAs) => {
      if (failures-- > -4) throw new Error('disk full SECRET')
      keep(message, toldAs)
    }
    alert()
    await until(() => told().length === 2)
    alert()
    await until(() => told().length === 3)
    expect(told()).to.deep.equal([1, 2, 3])
    expect(api.messages).to.have.length(3)
    expect(logged.join()).to.include('courier failed').and.not.include('SECRET')
  })

  it('a journal that cannot be put into the outbox is tried again', async () => {
    const { start, alert, told, store, logged } = await stage()
    const { add } = store.outbox
    let failures = 2
    store.outbox.add = (rows) => {
      if (rows.length > 0 && failures-- > 0) throw new Error('disk SECRET')
      add(rows)
    }
    start()
    alert()
    await until(() => told().length === 1)
    expect(logged.join()).to.include('could not be put').and.not.include('SECRET')
  })

  it('the token is in no log and no message, whatever goes wrong, even if the scrubber does not know it', async () => {
    const { api, start, add, logged, alert, store } = await stage({
      faults: [
        { kind: 'broken' },
        { kind: 'lost-reply' },
        { kind: 'refuse', code: 400, description: `Bad Request: ${TOKEN}` },
      ],
    })
    const delivery = start({
      render: async (rows) => ({
        ...{ title: `https://x/bot${TOKEN}/sendMessage SECRET`, place: '', rows: [], lines: [`[${rows[0]?.id}]`] },
        ...{ code: [], links: [], footer: '', buttons: [] },
      }),
    })
    alert()
    for (let i = 0; i < 2; i++) {
      await until(() => api.messages.length > i)
      add('breaker', { reason: 'stale-head', detail: 'x' })
    }
    await until(() => logged.some((line) => line.includes('refused for good')))
    await delivery.stop()
    const away = { token: TOKEN, apiRoot: 'http://127.0.0.1:1/', watchesPerChat: 1, chats: [chat()] }
    start({ alerts: { telegram: away } })
    alert()
    const before = logged.length
    await until(() => logged.length > before + 4)
    const journal = JSON.stringify(store.journal({ after: 0, limit: 100 }))
    const everything = [...logged, journal, ...api.messages.map((message) => message.text)].join('\n')
    expect(everything).to.include('does not answer').and.not.include('CANARY').and.not.include('SECRET')
  })

  it('a wrong token is said and waited out', async () => {
    const { api, start, alert, told, logged } = await stage()
    const wrong = { token: '1:wrong-CANARY', apiRoot: api.url, watchesPerChat: 1, chats: [chat()] }
    const delivery = start({ alerts: { telegram: wrong } })
    alert()
    await until(() => logged.length > 3)
    await delivery.stop()
    expect(logged.join()).to.include('401 Unauthorized').and.not.include('CANARY')
    start()
    await until(() => told().length === 1)
  })

  it('stops at once in the middle of a long wait, and cuts what hangs', async () => {
    const long = await stage({ faults: [{ kind: 'flood', retryAfterS: 6_000 }] })
    const waiting = long.start()
    long.alert()
    await until(() => long.clock.waited.some((ms) => ms > 5_000_000))
    await waiting.stop()
    const hung = await stage({ faults: [{ kind: 'hang' }] })
    const hanging = hung.start({ clocks: { graceMs: 0 } })
    hung.alert()
    await until(() => hung.api.calls.length === 1)
    await hanging.stop()
    expect(hung.store.outbox.sending(`telegram:${CHAT}`)?.rows).to.equal(1)
  })
})

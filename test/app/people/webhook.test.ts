import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { type Answer, startHook } from '../../adapters/hook-support.ts'
import { numbers, seqsIn, stage, stopAll, until, webhook } from './support.ts'

const SECRET = 'CANARY-secret-of-the-webhook'
/** The courier's patience with those who are asked for words. */
const WORDS_MS = 60_000

describe('app/people: delivery to webhooks', () => {
  let hook: Awaited<ReturnType<typeof startHook>>
  beforeEach(async () => {
    hook = await startHook()
  })
  afterEach(async () => {
    await stopAll()
    await hook.close()
  })

  const begun = async (answers: readonly Answer[] = [], over: Parameters<typeof webhook>[0] = {}) => {
    hook.answers.push(...answers)
    const staged = await stage()
    const start = (timeoutS = 15) =>
      staged.start({
        alerts: { telegram: undefined, webhooks: [webhook({ url: hook.url, secret: SECRET, ...over })] },
        clocks: { requestTimeoutS: timeoutS },
      })
    const bodies = () => hook.posted.map(({ body }) => JSON.parse(body))
    return { ...staged, startAll: staged.start, start, bodies, isIdle: () => staged.isIdle('webhook:pager') }
  }

  it('each entry by itself, with its key, signed', async () => {
    const { start, alert, bodies, clock } = await begun()
    start()
    for (let i = 0; i < 4; i++) alert(i)
    await until(() => hook.posted.length === 4)
    expect(bodies().map(({ delivery }) => delivery)).to.deep.equal(numbers(1, 4).map((seq) => `webhook:pager:${seq}`))
    const { title, text, entry, ...rest } = bodies()[0]
    expect(rest).to.deep.equal({ schemaVersion: 1, delivery: 'webhook:pager:1', event: 'threshold', loud: true })
    expect([title, text, entry.seq, entry.kind]).to.deep.equal(['one event', 'one event\n[1]', 1, 'alert'])
    for (const { method, headers, body } of hook.posted) {
      const [, t = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['plimsoll-signature'])) ?? []
      expect(v1).to.equal(createHmac('sha256', SECRET).update(`${t}.${body}`).digest('hex'))
      expect(Math.abs(Number(t) - clock.nowMs() / 1_000)).to.be.below(60)
      expect([method, headers['content-type']]).to.deep.equal(['POST', 'application/json'])
      expect(headers['plimsoll-delivery']).to.equal(JSON.parse(body).delivery)
    }
  })

  it('is not signed where there is no key', async () => {
    const { start, alert } = await begun([], { secret: undefined })
    start()
    alert()
    await until(() => hook.posted.length === 1)
    expect(hook.posted[0]?.headers['plimsoll-signature']).to.equal(undefined)
  })

  for (const answer of ['hang', 'break', { status: 500 }, { status: 503 }, { status: 429 }, { status: 408 }] as const)
    it(`tries again under the same key: ${JSON.stringify(answer)}`, async () => {
      const { start, alert, bodies, isIdle } = await begun([answer, answer])
      start(0.1)
      alert()
      alert()
      await until(() => hook.posted.length >= 4 && isIdle())
      expect(bodies().map(({ entry }) => entry.seq)).to.deep.equal([1, 1, 1, 2])
    })

  it('waits as long as it is asked to', async () => {
    const { start, alert, clock } = await begun([
      { status: 429, headers: { 'Retry-After': '17' } },
      { status: 503, headers: { 'Retry-After': new Date(1_800_000_100_000).toUTCString() } },
    ])
    start()
    alert()
    await until(() => hook.posted.length === 3)
    expect(clock.waited.filter((ms) => ms !== WORDS_MS).slice(0, 2)).to.deep.equal([17_000, 83_000])
  })

  it('what is refused is not tried again, and does not hold up the rest', async () => {
    const { start, alert, bodies, breakers, logged } = await begun([{ status: 400 }, { status: 422 }])
    start()
    for (let i = 0; i < 3; i++) alert(i)
    await until(() => hook.posted.length === 3)
    expect(bodies().map(({ entry }) => entry.seq)).to.deep.equal([1, 2, 3])
    expect([breakers(), logged.join().includes('HTTP 422')]).to.deep.equal([[], true])
  })

  it('five minutes of failures are told on the other channels, once, and the end of it', async () => {
    const { stage: staged, answers } = await both()
    answers.push(...Array.from({ length: 14 }, () => ({ status: 500 })))
    staged.alert()
    await until(() => staged.breakers().length === 2)
    expect(staged.breakers()).to.deep.equal(['channel-failed', 'channel-is-back'])
    await until(() => staged.told().length >= 3)
    expect(staged.told().toSorted()).to.deep.equal([1, 2, 3])
  })

  for (const status of [301, 401, 404, 410])
    it(`an address that takes nothing is told of at once: ${status}`, async () => {
      const { stage: staged, answers } = await both()
      answers.push({ status, headers: { Location: 'http://127.0.0.1:1/elsewhere' } })
      staged.alert()
      await until(() => staged.told().length === 2)
      expect(staged.breakers()[0]).to.equal('channel-failed')
    })

  const both = async () => {
    const staged = await stage()
    staged.start({ alerts: { webhooks: [webhook({ url: hook.url })] } })
    return { stage: staged, answers: hook.answers }
  }

  it('Slack: a burst is one message; it says so when it may be a repetition', async () => {
    const { start, alert, bodies, isIdle } = await begun([{ status: 200 }, 'break'], { kind: 'slack' })
    start()
    alert()
    await until(() => hook.posted.length === 1 && isIdle())
    for (let i = 0; i < 5; i++) alert(i)
    await until(() => hook.posted.length === 3 && isIdle())
    expect(bodies().map((body) => seqsIn(JSON.stringify(body)))).to.deep.equal([[1], numbers(2, 6), numbers(2, 6)])
    expect(bodies().map((body) => JSON.stringify(body).includes('repetition'))).to.deep.equal([false, false, true])
  })

  it('neither address nor key nor answers are in logs, journal or messages', async () => {
    const { start, alert, logged, store, isIdle } = await begun(['break', { status: 500 }, 'hang', { status: 404 }])
    const delivery = start(0.1)
    alert()
    await until(() => hook.posted.length === 4 && isIdle())
    await delivery.stop()
    const away = await begun()
    const hooks = [webhook(), webhook({ name: 'bad', url: 'http://CANARY:1@[::1/x' })]
    away.startAll({ alerts: { telegram: undefined, webhooks: hooks } })
    away.alert()
    await until(() => away.logged.length > 3)
    const journal = JSON.stringify(store.journal({ after: 0, limit: 100 }))
    const everything = [...logged, ...away.logged, journal, ...hook.posted.map(({ body }) => body)].join('\n')
    expect(everything).to.include('a webhook failed').and.include('channel-failed').and.not.include('CANARY')
  })
})

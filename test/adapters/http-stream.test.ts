import { expect } from 'chai'
import { eventStream } from '../../src/adapters/http/stream.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { ask, fakeJournal, harness, stopAll } from './http-support.ts'

interface Event {
  readonly id: string | undefined
  readonly event: string | undefined
  readonly data: string | undefined
  readonly comment: boolean
}

/** Reads events one by one from the wire. */
async function connect(url: string, headers: Record<string, string> = {}) {
  const abort = new AbortController()
  const response = await fetch(`${url}/api/stream`, { headers, signal: abort.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let buffer = ''
  const next = async (): Promise<Event | undefined> => {
    while (!buffer.includes('\n\n')) {
      const { done, value } = await reader.read()
      if (done) return undefined
      buffer += value
    }
    const end = buffer.indexOf('\n\n')
    const text = buffer.slice(0, end)
    buffer = buffer.slice(end + 2)
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1]
    return { id: field('id'), event: field('event'), data: field('data'), comment: text.startsWith(':') }
  }
  expect((await next())?.event).to.equal(undefined) // `retry:` comes first, and says that we are connected
  const ids = async (count: number): Promise<string[]> => {
    const got: string[] = []
    while (got.length < count) {
      const event = await next()
      if (!event) break
      if (event.id !== undefined) got.push(event.id)
    }
    return got
  }
  const leave = async (): Promise<void> => {
    abort.abort()
    await reader.cancel().catch(() => {})
  }
  return { response, next, ids, leave }
}

const range = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => String(from + i))
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

describe('adapters/http: the stream', () => {
  afterEach(stopAll)

  it('is server-sent events: id is the seq, event the kind, data the entry', async () => {
    const { server, journal } = await harness()
    journal.add('audit')
    const client = await connect(server.url)
    expect(client.response.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8')
    const entry = journal.add('alert', { address: '0x1', text: 'two\nlines' })
    const event = await client.next()
    expect([event?.id, event?.event]).to.deep.equal(['2', 'alert'])
    expect(JSON.parse(event!.data!)).to.deep.equal({ schemaVersion: 1, ...entry })
  })

  it('resumes after Last-Event-ID: replay, then live, with neither hole nor repeat', async () => {
    const { server, journal } = await harness()
    for (let i = 0; i < 250; i++) journal.add('refusal')
    const client = await connect(server.url, { 'last-event-id': '3' })
    for (let i = 0; i < 50; i++) journal.add('refusal')
    expect(await client.ids(297)).to.deep.equal(range(4, 300))
    journal.add('sent')
    expect(await client.ids(1)).to.deep.equal(['301'])
  })

  it('Last-Event-ID 0 is everything', async () => {
    const { server, journal } = await harness()
    for (let i = 0; i < 3; i++) journal.add('plan')
    const client = await connect(server.url, { 'last-event-id': '0' })
    expect(await client.ids(3)).to.deep.equal(['1', '2', '3'])
  })

  it('a client that comes back again and again sees every entry exactly once', async () => {
    const { server, journal } = await harness()
    const got: string[] = []
    for (let round = 0; round < 5; round++) {
      const client = await connect(server.url, { 'last-event-id': got.at(-1) ?? '0' })
      for (let i = 0; i < 20; i++) journal.add('plan')
      got.push(...(await client.ids(13)))
      await client.leave()
    }
    const rest = await connect(server.url, { 'last-event-id': got.at(-1)! })
    got.push(...(await rest.ids(35)))
    expect(got).to.deep.equal(range(1, 100))
  })

  it('an id from a journal that was lost does not silence what is new', async () => {
    const { server, journal } = await harness()
    journal.add('plan')
    const client = await connect(server.url, { 'last-event-id': '5000' })
    journal.add('plan')
    expect(await client.ids(1)).to.deep.equal(['2'])
  })

  it('a bad Last-Event-ID is 400', async () => {
    const { server } = await harness()
    for (const id of ['x', '-1', '1.5']) {
      const answer = await ask(`${server.url}/api/stream`, { 'last-event-id': id })
      expect([answer.status, answer.json()['schemaVersion']]).to.deep.equal([400, 1])
      expect(answer.text).to.include('Last-Event-ID')
    }
  })

  it('beats while nothing happens', async () => {
    const { server } = await harness({ heartbeatMs: 1 })
    const client = await connect(server.url)
    expect((await client.next())?.comment).to.equal(true)
    expect((await client.next())?.comment).to.equal(true)
  })

  it('lets go of clients that left, and takes no more than it may', async () => {
    const { server, journal } = await harness({ maxStreams: 2 })
    const first = await connect(server.url)
    await connect(server.url)
    const third = await ask(`${server.url}/api/stream`)
    expect([third.status, third.json()['schemaVersion']]).to.deep.equal([503, 1])
    await first.leave()
    await until(() => journal.sinks.size === 1)
    await connect(server.url)
    expect(journal.sinks.size).to.equal(2)
  })

  it('ends when the server closes', async () => {
    const { server, journal } = await harness()
    const client = await connect(server.url)
    await server.close()
    expect(await client.next()).to.equal(undefined)
    expect(journal.sinks.size).to.equal(0)
  })

  it('a client that does not read makes nobody read the journal', async () => {
    const journal = fakeJournal()
    let reads = 0
    const read = (query: { after: number; limit: number }): readonly JournalEntry[] => {
      reads++
      return journal.read(query)
    }
    const options = { after: 0, heartbeatMs: 1_000, signal: new AbortController().signal, ended: () => {} }
    const stream = eventStream({ journal: read, subscribe: journal.subscribe }, options)
    for (let i = 0; i < 10_000; i++) journal.add('refusal')
    await new Promise((resolve) => setImmediate(resolve))
    expect(reads).to.be.at.most(1)
    await stream.cancel()
    expect(journal.sinks.size).to.equal(0)
  })

  it('a journal that cannot be read ends the stream and is told', async () => {
    const told: unknown[] = []
    const fail = (): never => {
      throw new Error('disk')
    }
    const options = {
      after: 0,
      heartbeatMs: 1_000,
      signal: new AbortController().signal,
      ended: (error?: unknown) => void told.push(error),
    }
    const reader = eventStream({ journal: fail, subscribe: () => () => {} }, options).getReader()
    await reader.read()
    const failed = await reader.read().catch((error: unknown) => String(error))
    expect([failed, String(told)]).to.deep.equal(['Error: disk', 'Error: disk'])
  })
})

import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { type BotApi, startBotApi } from '../../scripts/doubles/bot-api.ts'
import type { Tested } from '../../src/app/people/test-message.ts'
import { complaintIn, type Ended, Place, type Tree } from './support.ts'

const TOKEN = '12345:CANARY-token-of-the-bot'
const SECRET = 'CANARY-signing-key-of-the-hook'

describe('plimsoll alerts test', function () {
  this.timeout(30_000)
  let api: BotApi
  let hook: Server
  let posted: { path: string; body: string; signature: string | undefined }[]
  let place: Place

  before(async () => {
    hook = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      posted.push({ path: request.url ?? '', body, signature: request.headers['plimsoll-signature'] as string })
      response.writeHead(request.url?.includes('broken') ? 500 : 200).end()
    })
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
  })
  after(() => hook.close())

  beforeEach(async () => {
    api = await startBotApi({ token: TOKEN })
    posted = []
    place = new Place()
  })
  afterEach(async () => {
    place.remove()
    await api.close()
  })

  const urlOf = (path: string): string => `http://127.0.0.1:${(hook.address() as AddressInfo).port}/CANARY/${path}`

  async function test(alerts: Tree, ...args: string[]): Promise<Ended & { results: readonly Tested[] }> {
    place.configure({
      chains: { ethereum: { rpc: ['http://127.0.0.1:9'] } },
      markets: ['aave-v3-ethereum'],
      alerts,
    })
    const end = await place.plimsoll(['alerts', 'test', '--json', ...args])
    expect(`${end.stdout}${end.stderr}`).not.to.include('CANARY')
    return { ...end, results: end.stdout === '' ? [] : (JSON.parse(end.stdout) as { results: Tested[] }).results }
  }

  async function closedUrl(): Promise<string> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await new Promise((resolve) => server.close(resolve))
    return `http://127.0.0.1:${port}/CANARY`
  }

  const telegram = (...chats: Tree[]): Tree => ({ token: TOKEN, apiRoot: api.url, chats })

  it('arrives in every chat, thread and webhook, marked and silent, signed where a key is set', async () => {
    api.threads(-1_000_000_000_005, [7, 8])
    const { code, results } = await test({
      telegram: telegram(
        { chatId: 77, userIds: [7], role: 'owner', language: 'zh' },
        { chatId: -1_000_000_000_005, topics: { trouble: 7, summary: 8, liquidations: 7 } },
      ),
      webhooks: [
        { name: 'pager', url: urlOf('pager'), secret: SECRET },
        { name: 'slack', url: urlOf('slack'), kind: 'slack' },
      ],
    })
    expect(results).to.deep.equal([
      { channel: 'telegram:77', thread: null, arrived: true, why: '' },
      { channel: 'telegram:-1000000000005', thread: null, arrived: true, why: '' },
      { channel: 'telegram:-1000000000005', thread: '7 (trouble, liquidations)', arrived: true, why: '' },
      { channel: 'telegram:-1000000000005', thread: '8 (summary)', arrived: true, why: '' },
      { channel: 'webhook:pager', thread: null, arrived: true, why: '' },
      { channel: 'webhook:slack', thread: null, arrived: true, why: '' },
    ])
    expect(code).to.equal(0)
    expect(api.messages.map(({ chatId, threadId, silent }) => [chatId, threadId, silent])).to.deep.equal([
      [77, undefined, true],
      [-1_000_000_000_005, undefined, true],
      [-1_000_000_000_005, 7, true],
      [-1_000_000_000_005, 8, true],
    ])
    expect(api.messages[0]?.text).to.include('测试').and.include('owner')
    expect(api.messages[1]?.text).to.include('Test from Plimsoll')
    const [pager, slack] = posted
    expect(JSON.parse(pager?.body ?? '{}')).to.include({ event: 'test', loud: false })
    const [, t, v1] = /^t=(\d+),v1=(\w+)$/.exec(pager?.signature ?? '') ?? []
    expect(createHmac('sha256', SECRET).update(`${t}.${pager?.body}`).digest('hex')).to.equal(v1)
    expect(JSON.parse(slack?.body ?? '{}')).to.have.property('blocks')
  })

  it('says of each channel that it did not arrive, and why, and sends the others all the same', async () => {
    api.fate(1, { kind: 'unknown' })
    api.fate(2, { kind: 'blocked' })
    api.fail({ kind: 'flood', retryAfterS: 30 })
    const { code, results } = await test({
      telegram: telegram({ chatId: 5 }, { chatId: 1 }, { chatId: 2 }, { chatId: 3, topics: { trouble: 9 } }),
      webhooks: [
        { name: 'broken', url: urlOf('broken') },
        { name: 'closed', url: await closedUrl() },
        { name: 'good', url: urlOf('good') },
      ],
    })
    expect(results.map(({ channel, thread, why }) => [channel, thread, why])).to.deep.equal([
      ['telegram:5', null, '429: Too Many Requests: retry after 30'],
      ['telegram:1', null, '400: Bad Request: chat not found'],
      ['telegram:2', null, '403: Forbidden: bot was blocked by the user'],
      ['telegram:3', null, ''],
      ['telegram:3', '9 (trouble)', '400: Bad Request: message thread not found'],
      ['webhook:broken', null, 'HTTP 500'],
      ['webhook:closed', null, 'ECONNREFUSED'],
      ['webhook:good', null, ''],
    ])
    expect(results.map(({ arrived, why }) => arrived === (why === ''))).not.to.include(false)
    expect(code).to.equal(3)
  })

  it('tests one channel alone, in words too', async () => {
    const alerts = {
      telegram: telegram({ chatId: 77 }, { chatId: 78 }),
      webhooks: [{ name: 'pager', url: urlOf('pager') }],
    }
    expect((await test(alerts, '--channel', 'telegram:78')).results.map(({ channel }) => channel)).to.deep.equal([
      'telegram:78',
    ])
    expect([api.messages.length, posted.length]).to.deep.equal([1, 0])
    const words = await place.plimsoll(['alerts', 'test', '--channel', 'webhook:pager'])
    expect([words.code, words.stdout]).to.deep.equal([0, 'webhook:pager: arrived\n'])
  })

  it('refuses a channel that is not there, and to test nothing', async () => {
    const unknown = await test({ telegram: telegram({ chatId: 77 }) }, '--channel', 'telegram:1')
    expect([unknown.code, complaintIn(unknown)]).to.deep.equal([2, 'UNKNOWN_CHANNEL'])
    expect(unknown.stderr).to.include('telegram:77')
    const none = await test({})
    expect([none.code, complaintIn(none)]).to.deep.equal([2, 'NO_CHANNELS'])
    expect(api.messages).to.deep.equal([])
  })

  it('names a token that Telegram does not know', async () => {
    const { code, results } = await test({
      telegram: { token: `${TOKEN}x`, apiRoot: api.url, chats: [{ chatId: 77 }] },
    })
    expect([code, results.map(({ why }) => why)]).to.deep.equal([3, ['401: Unauthorized']])
  })
})

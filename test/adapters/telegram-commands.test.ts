import { expect } from 'chai'
import { htmlError } from '../../scripts/doubles/telegram-html.ts'
import { positionsText, statusText } from '../../src/adapters/telegram/commands.ts'
import { PHONE } from '../../src/adapters/telegram/text.ts'
import type { Queries } from '../../src/core/answers.ts'
import { block, fakeQueries, row } from './http-support.ts'
import { CHAT, stage, stopAll, USER, until, widest } from './telegram-support.ts'

const NOW = 1_000_000

describe('adapters/telegram: commands', () => {
  afterEach(stopAll)

  it('answers those on the list', async () => {
    const { api, start } = await stage()
    start()
    for (const command of ['/help', '/start', '/status', '/status@double_bot', '/positions 3'])
      api.say(CHAT, USER, command, NOW)
    await until(() => api.messages.length === 5)
    const [help, again, status, named, positions] = api.messages.map((message) => message.text)
    expect(help).to.include('/positions').and.equal(again)
    expect(status).to.include('local-aave').and.include('7 accounts, 1 liquidatable').and.equal(named)
    expect(positions).to.include('1.0432').and.include('$12,345.67').and.include('0x0000…11cE')
    expect(api.calls).to.include.members(['getMe', 'deleteWebhook', 'setMyCommands', 'getUpdates'])
  })

  it('strangers get no reply: the chat and the person must both be on the list', async () => {
    const { api, start } = await stage()
    start()
    api.say(CHAT, 666, '/status', NOW)
    api.say(666, USER, '/status', NOW)
    api.say(666, 666, '/status', NOW)
    api.say(CHAT, USER, '/status@another_bot', NOW)
    api.say(CHAT, USER, 'hello', NOW)
    api.say(CHAT, USER, '/help', NOW)
    await until(() => api.messages.length > 0)
    expect(api.messages.map((message) => [message.chatId, message.text.includes('/positions')])).to.deep.equal([
      [CHAT, true],
    ])
  })

  it('a chat without a list of people answers everybody in it; an empty list nobody', async () => {
    const { api, start } = await stage()
    start({
      chats: [
        { chatId: 1, role: 'viewer' },
        { chatId: 2, userIds: [], role: 'viewer' },
      ],
    })
    api.say(2, USER, '/help', NOW)
    api.say(1, 5, '/help', NOW)
    await until(() => api.messages.length > 0)
    expect(api.messages.map((message) => message.chatId)).to.deep.equal([1])
  })

  it('what was asked more than a minute before the start is not answered', async () => {
    const { api, start } = await stage()
    api.say(CHAT, USER, '/status', NOW - 61)
    api.say(CHAT, USER, '/help', NOW - 59)
    start()
    await until(() => api.messages.length > 0)
    expect(api.messages[0]?.text).to.include('/positions')
  })

  it('a failing query is logged and does not end the polling', async () => {
    const { api, start, logged } = await stage()
    const fail = (): never => {
      throw new Error('broken SECRET')
    }
    start({ queries: fakeQueries({ accounts: fail }) })
    api.say(CHAT, USER, '/positions', NOW)
    api.say(CHAT, USER, '/help', NOW)
    await until(() => api.messages.length > 0)
    expect(logged.join()).to.include('telegram command failed').and.not.include('SECRET')
  })

  it('keeps polling through floods and errors', async () => {
    const { api, start } = await stage()
    api.fail({ kind: 'broken' }, 'getMe')
    api.fail({ kind: 'flood', retryAfterS: 2 }, 'getUpdates')
    api.fail({ kind: 'lost-reply' }, 'getUpdates')
    api.fail({ kind: 'refuse', code: 400, description: 'odd' }, 'getUpdates')
    start()
    api.say(CHAT, USER, '/help', NOW)
    await until(() => api.messages.length === 1)
  })

  it('ranks the positions of all markets together', () => {
    const health = { 'local-aave': ['1200000000000000000', '1010000000000000000'], strange: ['990000000000000000'] }
    const accounts: Queries['accounts'] = ({ market = 'local-aave' }) => ({
      market,
      block,
      next: null,
      accounts: (health[market as keyof typeof health] ?? []).map((healthFactor) => row({ market, healthFactor })),
    })
    const text = positionsText(fakeQueries({ accounts }), '2')
    expect([...text.matchAll(/\d\.\d{4}/g)].map(([one]) => one)).to.deep.equal(['0.9900', '1.0100'])
  })

  it('reads the number of positions with care', () => {
    const queries = fakeQueries({ markets: () => ['local-aave'] })
    for (const [argument, limit] of [
      ['', 5],
      ['3', 3],
      ['0', 1],
      ['999', 20],
    ] as const) {
      positionsText(queries, argument)
      expect(queries.asked.at(-1)?.limit).to.equal(limit)
    }
    expect(positionsText(queries, 'all; drop')).to.include('/positions 10')
    expect(positionsText(fakeQueries({ accounts: () => undefined }), '')).to.include('No position')
  })

  it('stays short and well-formed with many markets', () => {
    const queries = fakeQueries({ ready: () => [{ name: 'store <x>', ok: false, detail: '' }] })
    expect(statusText(queries)).to.include('⚠️ store &lt;x&gt;')
    const accounts: Queries['accounts'] = () => ({
      market: 'm',
      block,
      next: null,
      accounts: Array(20).fill(row({ market: '<'.repeat(99) })),
    })
    const text = positionsText(fakeQueries({ accounts }), '20')
    expect([htmlError(text), text.length < 4_096, widest(text) <= PHONE]).to.deep.equal([undefined, true, true])
  })
})

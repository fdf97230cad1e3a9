/** Answers as texts: in both languages, short enough for a phone, escaped, and kind when there is nothing to say. */
import { expect } from 'chai'
import { htmlError } from '../../scripts/doubles/telegram-html.ts'
import type { House } from '../../src/adapters/telegram/house.ts'
import { toHtml } from '../../src/adapters/telegram/html.ts'
import type { Queries } from '../../src/core/answers.ts'
import type { Message } from '../../src/core/people/message.ts'
import { en } from '../../src/core/people/words/replies-en.ts'
import { zh } from '../../src/core/people/words/replies-zh.ts'
import { displayWidth, PHONE } from '../../src/core/people/words/width.ts'
import { ALICE, block, row, status } from './http-support.ts'
import { answersTo, everyCommand, LANGUAGES, memoryControl, nameOf, plain, SAID, story } from './telegram-examples.ts'

const HAN = /\p{Script=Han}/u

function checkShape(message: Message): void {
  const { text } = toHtml(message)
  expect(htmlError(text), text).to.equal(undefined)
  expect(plain(message).length).to.be.at.most(4_096)
  for (const [, pre = ''] of text.matchAll(/<pre>(.*?)<\/pre>/gs))
    for (const line of pre.replaceAll(/&(lt|gt|amp);/g, '&').split('\n'))
      expect(displayWidth(line), line).to.be.at.most(PHONE)
}

describe('adapters/telegram: answers', () => {
  it('there is an example of every command but the one that undoes', () => {
    const said = new Set(SAID.map(nameOf))
    expect(everyCommand().filter((name) => !said.has(name))).to.deep.equal(['resume'])
  })

  for (const language of LANGUAGES)
    it(`are well-formed and fit a phone in ${language}`, async () => {
      for (const [text, messages] of await story(language))
        for (const message of messages) {
          checkShape(message)
          if (text !== '/version' && text !== '/status')
            expect(HAN.test(plain(message)), text).to.equal(language === 'zh')
        }
    })

  it('keep their shape whatever names, hosts, lines and markets are called', async () => {
    const evil = '<b>&"\u202e@all /pause \n'.repeat(9)
    const control = memoryControl()
    const house: Partial<House> = {
      operator: {
        balances: async () => Array(40).fill({ chain: evil, address: ALICE, wei: 'x', symbol: evil, isLow: true }),
        gas: () => Array(40).fill({ chain: evil, block: evil, baseFeeWei: evil, priorityFeeWei: '1' }),
        rpc: () =>
          Array(40).fill({ chain: evil, host: evil, ok: false, lagBlocks: 1, lastError: evil, requestsToday: 1 }),
        logs: (limit) => Array(limit).fill(evil.repeat(20)),
        why: () => Array(9).fill({ market: evil, chainId: 1, block, row: row(), heldBackBy: evil, last: null }),
        liquidations: (limit) =>
          Array(limit).fill({ seq: 1, chainId: 1, market: evil, block: evil, kind: 'lost', data: { reason: evil } }),
        profit: () =>
          Array(40).fill({
            day: evil,
            market: evil,
            liquidations: 1,
            lost: 1,
            profitUsd8: evil,
            feeWei: '1',
            refused: {},
          }),
      },
    }
    const queries: Partial<Queries> = {
      status: () => status({ version: evil, markets: Array(40).fill({ ...status().markets[0], market: evil }) }),
      ready: () => [{ name: evil, ok: false, detail: '' }],
      accounts: () => ({ market: evil, block, next: null, accounts: Array(20).fill(row({ market: evil })) }),
    }
    for (const messages of (await story('en', { control, house, queries })).values())
      for (const one of messages) checkShape(one)
    for (const text of [`/watch ${ALICE} ${evil.slice(0, 20)}`, '/list', '/position', '/logs 20', '/positions 20'])
      for (const one of await answersTo(text, { control, house, queries })) checkShape(one)
  })

  it('long ones are cut, and say how much is missing', async () => {
    const markets = Array.from({ length: 40 }, (_, n) => ({ ...status().markets[0], market: `m${n}` }))
    const queries = { status: () => status({ markets: markets as never }) }
    const [answer] = await answersTo('/status', { queries })
    expect(plain(answer as Message)).to.include('… and 30 more')
  })

  it('empty states are said kindly', async () => {
    const none: Partial<House> = {
      operator: {
        balances: async () => [],
        gas: () => [],
        rpc: () => [],
        logs: () => [],
        why: () => [],
        liquidations: () => [],
        profit: () => [],
      },
    }
    for (const [text, says] of [
      ['/balance', 'no signer'],
      ['/gas', 'No chain was read yet'],
      ['/rpc', 'No node'],
      ['/logs', 'All quiet'],
      [`/why ${ALICE}`, 'has no position'],
      ['/liquidations', 'No liquidation yet'],
      ['/profit', 'No day is over yet'],
      ['/list', 'Nothing is watched here yet'],
      ['/threshold', 'Nothing is watched here yet'],
      ['/positions', 'No position with debt'],
    ] as const) {
      const [answer] = await answersTo(text, { house: none, queries: { accounts: () => undefined } })
      expect(plain(answer as Message), text).to.include(says)
    }
  })

  it('numbers are read with care', async () => {
    for (const [text, fix] of [
      ['/positions all', '/positions 10'],
      ['/positions 0', '/positions 10'],
      ['/positions -1', '/positions 10'],
      ['/liquidations 1.5', '/liquidations 10'],
      ['/profit week', '/profit 10'],
      ['/logs many', '/logs 10'],
    ] as const)
      expect(plain((await answersTo(text))[0] as Message), text)
        .to.include('is no number')
        .and.include(fix)
    const asked: number[] = []
    const accounts: Queries['accounts'] = ({ limit }) => {
      asked.push(limit)
      return undefined
    }
    for (const text of ['/positions', '/positions 3', '/positions 999'])
      await answersTo(text, { queries: { accounts, markets: () => ['m'] } })
    expect(asked).to.deep.equal([5, 3, 20])
  })

  it('ranks the positions of all markets together, and says when a market is not trusted', async () => {
    const health: Readonly<Record<string, readonly string[]>> = {
      'local-aave': ['1200000000000000000', '1010000000000000000'],
      strange: ['990000000000000000'],
    }
    const accounts: Queries['accounts'] = ({ market = '' }) => ({
      market,
      block,
      next: null,
      quarantined: market === 'strange',
      accounts: (health[market] ?? []).map((healthFactor) => row({ market, healthFactor })),
    })
    const text = plain((await answersTo('/positions 2', { queries: { accounts } }))[0] as Message)
    expect([...text.matchAll(/\d\.\d{4}/g)].map(([one]) => one)).to.deep.equal(['0.9900', '1.0100'])
    expect(text).to.include('may be wrong')
  })

  it('no text is left in the other language, and none is the same by oversight', () => {
    const same = new Set(['hello', 'usage.why', 'usage.count'])
    const compare = (a: object, b: object, path: string): void => {
      for (const [key, value] of Object.entries(a)) {
        const other: unknown = Reflect.get(b, key)
        if (typeof value === 'object') compare(value, other as object, `${path}${key}.`)
        else if (typeof value === 'string') {
          expect(HAN.test(value), path + key).to.equal(false)
          if (!same.has(path + key)) expect(HAN.test(String(other)), path + key).to.equal(true)
        } else expect(typeof other, path + key).to.equal('function')
      }
    }
    compare(en, zh, '')
  })
})

import { expect } from 'chai'
import fc from 'fast-check'
import { beat } from '../../src/adapters/hook/heartbeat.ts'
import { retryAfterMs } from '../../src/adapters/hook/post.ts'
import { slackMessage } from '../../src/adapters/hook/slack.ts'
import type { Block } from '../../src/core/people/words/layout.ts'
import { type Answer, startHook } from './hook-support.ts'

describe('adapters/hook: Retry-After', () => {
  const now = Date.parse('2026-11-26T12:00:00Z')
  for (const [header, expected] of [
    [null, undefined],
    ['', undefined],
    ['0', 0],
    ['7', 7_000],
    ['999999', 3_600_000],
    ['Thu, 26 Nov 2026 12:00:30 GMT', 30_000],
    ['Thu, 26 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', 0],
  ] as const)
    it(`${header}: ${expected}`, () => expect(retryAfterMs(header, now)).to.equal(expected))
})

describe('adapters/hook: Slack', () => {
  it('has a title for notifications, and each block in its form', () => {
    const blocks: Block[] = [
      { kind: 'title', text: '🟠 treasury below 1.05' },
      { kind: 'text', text: 'aave on <ethereum>' },
      { kind: 'table', text: 'health  1.04\ndebt    $1 *' },
      { kind: 'code', text: '0xAb' },
      { kind: 'link', text: 'explorer', url: 'https://x.org/a|b?c=<d>' },
      { kind: 'gap', text: '' },
      { kind: 'small', text: 'no advice' },
    ]
    expect(slackMessage(blocks)).to.deep.equal({
      text: '🟠 treasury below 1.05',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: '🟠 treasury below 1.05' } },
        { type: 'section', text: { type: 'mrkdwn', text: 'aave on &lt;ethereum&gt;' } },
        { type: 'section', text: { type: 'mrkdwn', text: '```health  1.04\ndebt    $1 *```' } },
        { type: 'section', text: { type: 'mrkdwn', text: '`0xAb`' } },
        { type: 'section', text: { type: 'mrkdwn', text: '<https://x.org/a%7Cb?c=%3Cd%3E|explorer>' } },
        { type: 'context', elements: [{ type: 'mrkdwn', text: 'no advice' }] },
      ],
    })
  })

  it('whatever a name says, it mentions nobody, links nowhere, and fits', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 6_000 }),
      fc.constantFrom(
        '<!channel>',
        '<@U123>',
        '<https://evil|click>',
        '```x```',
        '*bold*',
        '&amp;<',
        '<'.repeat(3_500),
      ),
    )
    const kind = fc.constantFrom<Block['kind']>('title', 'text', 'table', 'code', 'link', 'small', 'gap')
    const block = fc.record({ kind, text, url: fc.webUrl() }, { requiredKeys: ['kind', 'text'] })
    const run = fc.property(fc.array(block, { maxLength: 80 }), (blocks) => {
      const { text: summary, blocks: shown } = slackMessage(blocks)
      expect(shown.length).to.be.at.most(50)
      expect(summary).not.to.match(/[<>]/)
      for (const { text: own, elements } of shown)
        for (const one of [...(own ? [own] : []), ...(elements ?? [])]) {
          if (one.type === 'plain_text') {
            expect(one.text.length).to.be.at.most(150)
            continue
          }
          expect(one.text.length).to.be.at.most(3_000)
          expect(one.text.replace(/^<https?:[^<>|\s]*\|([^<>]*)>$/s, '$1')).not.to.match(/[<>]/)
          expect(one.text.replaceAll(/&(amp|lt|gt);/g, ''))
            .not.to.include('&amp')
            .and.not.match(/&(?!$)/)
        }
    })
    fc.assert(run, { numRuns: 150 })
  })
})

describe('adapters/hook: heartbeat', () => {
  /** Beats `times`, with `troubles` before each. */
  async function beats(troubles: readonly (readonly string[] | Error)[], answers: Answer[] = []) {
    const hook = await startHook(answers)
    const stop = new AbortController()
    const logged: string[] = []
    const log = (fields: object, message: string): void => void logged.push(`${message} ${JSON.stringify(fields)}`)
    const waited: number[] = []
    let turn = 0
    await beat({
      url: hook.url,
      everyS: 60,
      troubles: () => {
        const now = troubles[turn] ?? []
        if (now instanceof Error) throw now
        return now
      },
      delay: async (ms) => {
        waited.push(ms)
        if (++turn >= troubles.length) stop.abort()
      },
      timeoutMs: 100,
      log: { info: log, warn: log },
      clean: (text) => text.replaceAll('SECRET', '***'),
      signal: stop.signal,
    })
    await hook.close()
    return { calls: hook.posted, logged, waited }
  }

  it('calls as long as all is well', async () => {
    const { calls, logged, waited } = await beats([[], [], []])
    expect(calls.map(({ method }) => method)).to.deep.equal(['GET', 'GET', 'GET'])
    expect([logged, waited]).to.deep.equal([[], [60_000, 60_000, 60_000]])
  })

  it('keeps silent when something is not, and says so once', async () => {
    const { calls, logged } = await beats([[], ['chain x'], ['chain x'], new Error('store SECRET'), []])
    expect(calls).to.have.length(2)
    expect(logged).to.have.length(3)
    expect(logged.join()).to.include('held back').and.include('goes on').and.not.include('SECRET')
  })

  for (const answer of ['hang', 'break', { status: 500 }] as const)
    it(`goes on whatever comes back, and its address is in no log: ${JSON.stringify(answer)}`, async () => {
      const { calls, logged } = await beats([[], []], [answer])
      expect(calls).to.have.length(2)
      expect(logged).to.have.length(1)
      expect(logged.join()).not.to.include('CANARY').and.not.include('127.0.0.1')
    })
})

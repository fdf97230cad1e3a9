import { expect } from 'chai'
import {
  advice,
  alert,
  breaker,
  control,
  entry,
  HASH,
  NOW_S,
  OWNER,
  reader,
  refusalData,
  sentData,
  settledData,
  summary,
  USDC,
  WETH,
} from '../../../../scripts/alerts/fixtures.ts'
import { briefEntry, riskEntry } from '../../../../scripts/alerts/market-fixtures.ts'
import type { JournalEntry } from '../../../../src/core/journal.ts'
import { EVENT_NAMES, EVENTS, type EventName, ROLES } from '../../../../src/core/people/events.ts'
import type { Message } from '../../../../src/core/people/message.ts'
import { eventOf } from '../../../../src/core/people/told.ts'
import { LANGUAGES } from '../../../../src/core/people/words/catalogue.ts'
import { compose } from '../../../../src/core/people/words/compose.ts'
import { toPlain } from '../../../../src/core/people/words/plain.ts'
import type { Reader } from '../../../../src/core/people/words/reader.ts'
import { sound } from './support.ts'

const one = (told: JournalEntry, over: Partial<Reader> = {}): Message =>
  compose([{ id: 42, entry: told }], reader(over))
const liquidated = {
  type: 'liquidated',
  liquidator: WETH,
  hash: HASH,
  debtCovered: '1234500000',
  collateralSeized: '710000000000000000',
  debtAsset: USDC,
  collateralAsset: WETH,
}

/** By event: an entry, and what its message must say in English and Chinese. */
const CASES: Readonly<Record<EventName, readonly [JournalEntry, readonly string[], readonly string[]]>> = {
  threshold: [
    alert(),
    [
      '🟠 0xA11C…A11C: health below 1.05',
      'health       1.0432',
      'debt         $12,345.68',
      'collateral   $15,000.00',
      'liq. price   $1,830.21 WETH',
      'distance     4.1 %',
      'by interest  in 1 y 36 d',
      'block        21530118 (24 s ago)',
      OWNER,
    ],
    ['健康因子低于 1.05', '清算价      $1,830.21 WETH', '1 年 36 天后', '(24 秒前)'],
  ],
  recovered: [
    alert({ type: 'recovered', threshold: '1.1' }),
    ['🟢 0xA11C…A11C: health back above 1.1'],
    ['健康因子回到 1.1 以上'],
  ],
  liquidatable: [
    alert({ type: 'liquidatable', threshold: '1.0', healthFactor: '999999999999999999' }),
    ['🔴', 'can be liquidated now', '0.9999'],
    ['现在可被清算'],
  ],
  liquidated: [
    alert(liquidated),
    [
      '💥',
      'was liquidated',
      'repaid       1,234.50 USDC',
      'taken        0.71 WETH',
      'liquidator   0xC02a…6Cc2',
      HASH,
      '/tx/0x',
    ],
    ['已被清算', '被代还'],
  ],
  'topped-up': [
    alert({ type: 'topped-up' }),
    ['🔼', 'was topped up, health 1.0432', 'before       1.0610'],
    ['已补仓', '之前'],
  ],
  rescued: [
    alert({ type: 'rescued', healthFactor: '1250000000000000000' }),
    ['🟢', 'was rescued, health 1.2500', 'before       1.0610'],
    ['已脱险，健康因子 1.2500'],
  ],
  fall: [alert({ type: 'fall' }), ['📉', 'health fell from 1.0610 to 1.0432'], ['健康因子从 1.0610 快速降至 1.0432']],
  time: [
    alert({ type: 'time', metric: 'time', timeToLiquidationS: 187_200 }),
    ['⏳', 'interest liquidates it in 2 d 4 h'],
    ['2 天 4 小时后触发清算'],
  ],
  large: [alert({ type: 'large', metric: 'debt' }), ['🐋', '$12,345.68 of debt near the line'], ['大额债务接近清算线']],
  wave: [
    alert({ type: 'wave', address: undefined, threshold: '5', accounts: 17 }),
    ['🌊 A fall of 5 % puts $12,345.68 at risk', 'accounts   17'],
    ['若下跌 5 %，$12,345.68 债务可被清算'],
  ],
  phase: [
    riskEntry('phase'),
    [
      '🔴 WETH market: cascade',
      'before  calm',
      'Forced sales push the price down',
      'Why: liquidated in an hour $96.4M (more than $2.48M); liquidations set off by others 71.0 % (more than 50.0 %).',
    ],
    ['WETH 市场：连环清算', '一小时清算额 $9,640 万（高于 $248 万）'],
  ],
  risk: [
    riskEntry('cliff'),
    [
      '🧗 WETH −3 to −4 %: one large position, $25.3M',
      'share       42.1 %',
      'collateral  $25.3M',
      'this one position is 42.1 %',
      OWNER,
    ],
    ['WETH 跌 3–4 % 处有一个大额仓位', '$2,530 万'],
  ],
  'risk-over': [
    riskEntry('utilisation', 'off'),
    ['✅ USDC: 87.4 % lent out, no longer pinned'],
    ['USDC：借出 87.4 %，不再紧绷'],
  ],
  unchecked: [
    alert({ type: 'unchecked', before: null, reason: 'distrusted', detail: 'it differs', since: NOW_S - 324 }),
    [
      '🚧',
      'cannot be checked',
      'health       ~1.0432',
      'since 06:55:00 UTC (5 min ago)',
      'Why: our copy of the market differs',
      'silence does not mean safety',
      'Numbers with ~',
    ],
    ['暂时无法检查', '自 06:55:00 UTC（5 分钟前） 起', '原因：市场镜像与链上不一致'],
  ],
  checked: [alert({ type: 'checked' }), ['✅', 'can be checked again'], ['已恢复检查']],
  planned: [
    entry('plan', sentData({ hash: undefined })),
    ['📝 Liquidation planned', 'repays    1,234.50 USDC', 'expected  $12.50'],
    ['已计划清算', '预计收益'],
  ],
  sent: [entry('sent', sentData()), ['📤 Liquidation sent', 'seizes    0.71 WETH', HASH], ['清算交易已发送']],
  confirmed: [
    entry('confirmed', settledData()),
    ['✅ Liquidated', 'profit    $42.00', 'kept      42.01 USDC', 'fee       0.00029 ETH'],
    ['清算成功', 'Gas 费'],
  ],
  lost: [
    entry('lost', settledData({ reason: 'reverted', winner: WETH })),
    ['❌ Liquidation lost', 'reason    failed on chain', 'cost      0.00029 ETH', 'winner    0xC02a…6Cc2'],
    ['清算失败', '链上执行失败'],
  ],
  reorged: [entry('reorged', settledData()), ['reorged out', HASH], ['链重组']],
  refused: [
    entry('refusal', refusalData()),
    ['⏭ Not liquidated: does not pay', 'reason    unprofitable', 'at least 5.00 USD'],
    ['未执行清算：无利可图'],
  ],
  trouble: [
    breaker('stale-head', 'no new block of chain ethereum for 42 s'),
    ['⏳ No new blocks', 'check the node', 'for 42 s'],
    ['没有新区块', '详情（原文）：no new block'],
  ],
  'trouble-over': [breaker('head-is-back', 'moves again'), ['✅ Blocks arrive again'], ['区块已恢复']],
  'low-balance': [
    breaker('low-balance', '0.004 ETH left'),
    ['⛽ Signer runs out of gas', 'fund it', '0.004 ETH left'],
    ['签名账户Gas 费不足'],
  ],
  control: [
    control('pause'),
    ['⏸ Paused: nothing is sent', 'who   7 (telegram)', 'chat  telegram:-100200300'],
    ['已暂停', '7（telegram）'],
  ],
  summary: [
    summary(),
    [
      '📊 2026-11-25',
      'liquidated  3',
      'profit      $123.45',
      'fee         0.0029 ETH',
      'lost        1',
      'refused     16',
      '14 × does not pay',
    ],
    ['2026-11-25 日报', '14 × 无利可图'],
  ],
  brief: [
    briefEntry(),
    [
      '☀️ WETH market, 2026-11-26',
      'phase     🟢 calm',
      'for       12 d 12 h',
      'debt      $12.4B (+$150M)',
      'at −10 %  $472M (unchanged)',
      'lent out  92.1 % of WETH (+1.2 %)',
      'block     21530118 (24 s ago)',
      '−10 %: pools can take it. $236M would be sold, they take $410M (ratio 0.58).',
      'What would change our mind:',
      'Judged without funding of a perpetual exchange.',
    ],
    ['☀️ WETH 市场 2026-11-26', '池子接得住', '什么会改变判断'],
  ],
}

describe('core/people/words: every event has its message', () => {
  for (const [event, [told, english, chinese]] of Object.entries(CASES))
    it(event, () => {
      expect(eventOf(told)).to.equal(event)
      const [en, zh] = LANGUAGES.map((language) => toPlain(one(told, { language })))
      for (const part of english) expect(en).to.include(part)
      for (const part of chinese) expect(zh).to.include(part)
      for (const text of [en, zh]) expect(text).to.not.match(/undefined|NaN|\?/)
      for (const role of ROLES) for (const language of LANGUAGES) sound(one(told, { role, language, advice: advice() }))
    })

  it('none is left out', () => expect(Object.keys(CASES)).to.have.members([...EVENT_NAMES]))

  const troubles: readonly [string, string][] = [
    ['stale-head', '⏳'],
    ['head-is-back', '✅'],
    ['market-quarantined', '🚧'],
    ['market-still-differs', '🚧'],
    ['market-trusted', '✅'],
    ['unknown-revision', '🛑'],
    ['known-revision', '✅'],
    ['below-finality', '🛑'],
    ['channel-failed', '📵'],
    ['channel-is-back', '✅'],
    ['low-balance', '⛽'],
    ['balance-is-back', '✅'],
  ]
  for (const [reason, sign] of troubles)
    it(`breaker ${reason}`, () => {
      for (const language of LANGUAGES) {
        const { title, lines, rows } = one(breaker(reason, 'so it is'), { language })
        expect(title.startsWith(`${sign} `)).to.equal(true)
        expect(lines).to.have.length(2)
        expect(lines[1]).to.include('so it is')
        expect(rows).to.have.length(1)
      }
    })
  it('a breaker of a newer version says its own name', () => {
    expect(toPlain(one(breaker('losses', 'three lost'))))
      .to.include('🛑 Trouble')
      .and.include('losses')
      .and.include('three lost')
  })

  for (const said of ['pause', 'resume', 'mode', 'reload', 'mute', 'unmute', 'watch', 'unwatch', 'threshold'])
    it(`control ${said} has a title of its own`, () => {
      for (const language of LANGUAGES)
        expect(one(control(said), { language }).title).to.not.equal(one(control('other'), { language }).title)
    })

  const details: readonly [string, JournalEntry, readonly string[]][] = [
    [
      'a distance instead of a health',
      alert({ metric: 'distance', threshold: '5' }),
      ['less than 5 % from liquidation'],
    ],
    [
      'and its recovery',
      alert({ type: 'recovered', metric: 'distance', threshold: '10' }),
      ['more than 10 % from liquidation again'],
    ],
    ['below 1 is red', alert({ threshold: '1.0', healthFactor: '999999999999999999' }), ['🔴']],
    [
      'no price, no distance, no interest',
      alert({ liquidationPrice: null, distancePct: null, timeToLiquidationS: null }),
      ['liq. price   none', 'no fall does it', 'by interest  never'],
    ],
    ['an asset without a name', alert({ liquidationPrice: { asset: OWNER, price: '1' } }), ['$0.000001 0xA11C…A11C']],
    ['an entry of an older version says no interest', alert({ timeToLiquidationS: undefined }), ['distance    4.1 %']],
    [
      'liquidatable already',
      alert({ timeToLiquidationS: 0, distancePct: 0 }),
      ['distance     0.0 %', 'by interest  now'],
    ],
    ['a late message', alert({}, { block: '21530100' }), ['21530100 (18 blocks ago)']],
    ['one block', alert({}, { block: '21530117' }), ['21530117 (1 block ago)']],
    ['a block that the head has not reached', alert({}, { block: '21530119' }), ['block        21530119\n']],
    [
      'a loss that cost nothing',
      entry('lost', settledData({ reason: 'expired', feeWei: '0' })),
      ['reason    expired unseen\nblock'],
    ],
    ['a nonce that was used', entry('lost', settledData({ reason: 'nonce-used' })), ['nonce was used']],
    ['a reason of a newer version', entry('lost', settledData({ reason: 'outrun' })), ['outrun']],
    [
      'a profit in an asset without a name',
      entry('confirmed', settledData({ debtAsset: OWNER })),
      ['profit    $42.00\nfee'],
    ],
    [
      'a refusal of a newer version',
      entry('refusal', refusalData({ reason: 'full-moon' })),
      ['Not liquidated: full-moon'],
    ],
  ]
  for (const [name, told, parts] of details)
    it(name, () => {
      for (const part of parts) expect(toPlain(one(told))).to.include(part)
    })

  it('of a position whose price is missing no number is told', () => {
    const nothing = {
      healthFactor: null,
      debtBase: null,
      collateralBase: null,
      distancePct: null,
      liquidationPrice: null,
    }
    const text = toPlain(one(alert({ type: 'unchecked', reason: 'unknown', ...nothing })))
    expect(text)
      .to.include('a price it depends on is missing')
      .and.not.match(/no debt|health {2}|none|~/)
  })

  it('ages without a clock are told in blocks, without a head not at all', () => {
    expect(toPlain(one(alert(), { nowS: undefined }))).to.include('block        21530118\n')
    const naming = { ...reader().naming, head: () => undefined }
    expect(toPlain(one(alert({}, { block: '1' }), { naming }))).to.include('block        1\n')
  })
})

describe('core/people/words: buttons', () => {
  const actions = (message: Message): string[] =>
    message.buttons.flat().map((button) => ('action' in button ? button.action : button.url))
  it('of an alert: viewers mute nothing, and who is not heard has nothing to press but the link', () => {
    const [asks, mutes, link] = [
      ['details:42', 'whatif:42:10'],
      ['mute1h:42', 'mutepos:42'],
      `https://etherscan.io/address/${OWNER}`,
    ]
    expect(actions(one(alert(), { role: 'owner' }))).to.deep.equal([...asks, ...mutes, link])
    expect(actions(one(alert(), { role: 'operator' }))).to.deep.equal([...asks, ...mutes, link])
    expect(actions(one(alert(), { role: 'viewer' }))).to.deep.equal([...asks, link])
    expect(actions(one(alert(), { isHeard: false }))).to.deep.equal([link])
  })
  it('of a transaction, of what is of no account, of a chain without explorer', () => {
    expect(actions(one(entry('sent', sentData())))).to.deep.equal(['mute1h:42', `https://etherscan.io/tx/${HASH}`])
    expect(actions(one(alert({ type: 'wave', address: undefined })))).to.deep.equal(['mute1h:42'])
    expect(actions(one(alert({}, { chainId: 5 })))).to.deep.equal([
      'details:42',
      'whatif:42:10',
      'mute1h:42',
      'mutepos:42',
    ])
  })
  it('what mutes do not hold back has no button for it', () => {
    const outside = EVENT_NAMES.filter(
      (event) => EVENTS[event].critical && EVENTS[event].topic !== 'positions' && event !== 'unchecked',
    )
    for (const event of outside) expect(actions(one(CASES[event][0])), event).to.deep.equal([])
  })
  it('a digest of one position has them, of several only the mute of the chat', () => {
    const of = (...entries: readonly JournalEntry[]): string[] =>
      actions(
        compose(
          entries.map((told, id) => ({ id, entry: told })),
          reader(),
        ),
      )
    expect(of(alert(), alert({ threshold: '1.0' }))).to.include.members(['details:1', 'mutepos:1', 'mute1h:1'])
    expect(of(alert(), alert({ address: WETH }))).to.deep.equal(['mute1h:1'])
    expect(of(alert(), alert({}, { market: 'other' }))).to.deep.equal(['mute1h:1'])
  })
})

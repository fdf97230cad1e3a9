/** A rendered example of every message, for the documents. */
import type { AccountRow } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { EventName } from '../../src/core/people/events.ts'
import type { Message } from '../../src/core/people/message.ts'
import type { Language } from '../../src/core/people/words/catalogue.ts'
import { compose } from '../../src/core/people/words/compose.ts'
import { detailsText } from '../../src/core/people/words/details.ts'
import type { Reader } from '../../src/core/people/words/reader.ts'
import { whatIfText } from '../../src/core/people/words/what-if.ts'
import {
  advice,
  alert,
  breaker,
  control,
  entry,
  HASH,
  NOW_S,
  reader,
  refusalData,
  row,
  sentData,
  settledData,
  summary,
  USDC,
  WETH,
} from './fixtures.ts'
import { briefEntry, FALLEN, riskEntry, stormy } from './market-fixtures.ts'

export interface Example {
  /** Events that are told in it. */
  readonly events: readonly EventName[]
  readonly heading: Readonly<Record<Language, string>>
  messages(language: Language): readonly Message[]
}

type Headings = readonly [en: string, zh: string]
const composed = (entries: readonly JournalEntry[], to: Reader): Message =>
  compose(
    entries.map((told, n) => ({ id: n + 1, entry: { ...told, seq: n + 1 } })),
    to,
  )

const one = (event: EventName, [en, zh]: Headings, told: JournalEntry, over: Partial<Reader> = {}): Example => ({
  events: [event],
  heading: { en, zh },
  messages: (language) => [composed([told], reader({ language, ...over }))],
})

const digest = ([en, zh]: Headings, entries: readonly JournalEntry[], over: Partial<Reader> = {}): Example => ({
  events: [],
  heading: { en, zh },
  messages: (language) => [composed(entries, reader({ language, ...over }))],
})

/** Told to the owner who watches it as `treasury`, with ways out. */
const mine = (
  event: EventName,
  heading: Headings,
  over: Partial<AccountRow> & { readonly threshold?: string },
): Example => {
  const { threshold = '1.05', ...figures } = over
  const told = alert({ name: 'treasury', type: event, threshold, ...figures })
  return one(event, heading, told, { role: 'owner', advice: advice({ row: row(figures) }) })
}

const LIQUIDATION = {
  liquidator: '0xBEEF00000000000000000000000000000000bEEF',
  hash: HASH,
  debtCovered: '6172839450',
  collateralSeized: '3068012980000000000',
  debtAsset: USDC,
  collateralAsset: WETH,
}

const RESCUED = { debtBase: '1030616655623', distancePct: 20, liquidationPrice: { asset: WETH, price: '152784000000' } }
const IMPROVED = {
  debtBase: '1191290000000',
  distancePct: 7.5,
  liquidationPrice: { asset: WETH, price: '176603000000' },
}
const LEFT = {
  debtBase: '617283945123',
  collateralBase: '851851857700',
  distancePct: 15.6,
  liquidationPrice: { asset: WETH, price: '161122000000' },
}
const BEFORE = { before: { healthFactor: '1043299999999999999', block: '21530118' } }

/** Told to the owner who watches it as `treasury`, without ways out. */
const known = (event: EventName, heading: Headings, over: Record<string, unknown>): Example =>
  one(event, heading, alert({ name: 'treasury', type: event, ...over }), { role: 'owner' })

const POSITIONS: readonly Example[] = [
  mine('threshold', ['A position fell below a threshold', '仓位跌破阈值'], {}),
  mine('liquidatable', ['It can be liquidated', '仓位可被清算'], {
    threshold: '1.0',
    healthFactor: '998699999999999999',
    collateralBase: '1435890000000',
    distancePct: 0,
    timeToLiquidationS: 0,
  }),
  known('liquidated', ['It was liquidated', '仓位已被清算'], {
    ...LIQUIDATION,
    ...LEFT,
    healthFactor: '1185000000000000000',
  }),
  known('topped-up', ['Its owner did something, but not enough', '已补仓，但仍在阈值之下'], {
    ...IMPROVED,
    ...BEFORE,
    healthFactor: '1081200000000000000',
  }),
  known('rescued', ['Its owner rescued it', '仓位已脱险'], {
    ...RESCUED,
    ...BEFORE,
    healthFactor: '1250000000000000000',
  }),
  known('recovered', ['Prices carried it back', '价格回升，仓位恢复'], {
    threshold: '1.1',
    healthFactor: '1121000000000000000',
    collateralBase: '1611730000000',
    distancePct: 10.7,
  }),
  one(
    'fall',
    ['Health fell fast', '健康因子快速下降'],
    alert({ type: 'fall', before: { healthFactor: '1161000000000000000', block: '21529818' } }),
    { role: 'viewer' },
  ),
  one(
    'time',
    ['Interest alone will do it', '仅利息就会触发清算'],
    alert({
      type: 'time',
      metric: 'time',
      timeToLiquidationS: 187_200,
      distancePct: 0.3,
      healthFactor: '1002900000000000000',
    }),
    { role: 'viewer' },
  ),
  one(
    'large',
    ['A large position near the line', '大户接近清算线'],
    alert({ type: 'large', metric: 'debt', debtBase: '1234567890123456', collateralBase: '1500000000000000' }),
  ),
  one(
    'wave',
    ['A small fall would hit many', '小幅下跌将波及许多仓位'],
    alert({ type: 'wave', address: undefined, threshold: '5', debtBase: '4512345678901234', accounts: 312 }),
  ),
  one(
    'unchecked',
    ['It cannot be checked', '仓位暂时无法检查'],
    alert({ type: 'unchecked', name: 'treasury', before: null, reason: 'stale-chain', since: NOW_S - 324 }),
    { role: 'owner' },
  ),
  one(
    'checked',
    ['It can be checked again', '仓位恢复检查'],
    alert({ type: 'checked', name: 'treasury', before: null, since: NOW_S - 324 }),
    { role: 'owner' },
  ),
]

const MARKET: readonly Example[] = [
  one('phase', ['It came into another phase', '市场进入另一阶段'], riskEntry('phase')),
  one('risk', ['One large position near the price', '价格附近的大额单仓'], riskEntry('cliff'), { role: 'viewer' }),
  one('risk', ['More to sell than pools can take', '池子接不住要卖的数量'], riskEntry('absorption')),
  one('risk', ['A price feed at its cap', '喂价到达上限'], riskEntry('capped-feed')),
  one('risk', ['An asset is lent out', '资产几乎全部借出'], riskEntry('utilisation')),
  one('risk', ['Too little insurance', '保险不足'], riskEntry('coverage')),
  one('risk-over', ['It is over', '恢复正常'], riskEntry('utilisation', 'off')),
  one('risk-over', ['It cannot be seen any more', '暂时看不到'], riskEntry('absorption', 'unknown'), {
    role: 'viewer',
  }),
  one('brief', ['The daily brief of a calm day', '平静一天的简报'], briefEntry(), { role: 'viewer' }),
  one('brief', ['And of a cascade', '连环清算时的简报'], briefEntry({ overview: stormy(), ladder: FALLEN }), {
    role: 'viewer',
  }),
  digest(
    ['Briefs of several markets', '多个市场的简报'],
    [
      briefEntry(),
      briefEntry({ overview: stormy(), ladder: FALLEN }, { market: 'aave-v3-arbitrum', chainId: 42161 }),
      briefEntry({ overview: stormy(), ladder: FALLEN }, { market: 'spark' }),
    ],
  ),
]

const LIQUIDATIONS: readonly Example[] = [
  one('planned', ['A liquidation is planned', '计划清算'], entry('plan', sentData({ hash: undefined }))),
  one('sent', ['It was sent', '清算交易已发送'], entry('sent', sentData())),
  one('confirmed', ['It went through', '清算成功'], entry('confirmed', settledData())),
  one(
    'lost',
    ['Somebody was faster', '清算失败'],
    entry('lost', settledData({ reason: 'reverted', winner: LIQUIDATION.liquidator })),
  ),
  one('reorged', ['A reorganisation took it back', '因链重组撤销'], entry('reorged', settledData())),
  one('refused', ['Nothing was sent, and why', '未执行清算及原因'], entry('refusal', refusalData())),
]

const PROGRAM: readonly Example[] = [
  one(
    'trouble',
    ['A chain fell silent', '链上没有新区块'],
    breaker('stale-head', 'no new block of chain ethereum for 42 s'),
  ),
  one(
    'trouble-over',
    ['It moves again', '区块恢复'],
    breaker('head-is-back', 'chain ethereum moves again at block 21530118'),
  ),
  one(
    'trouble',
    ['A mirror differs from the chain', '镜像与链上不一致'],
    breaker(
      'market-quarantined',
      'mirror and chain differ in 2 of 400 accounts. Nothing is sent for this market. It is being read anew',
      'aave-v3-ethereum',
    ),
  ),
  one(
    'trouble',
    ['A channel fails', '提醒渠道失灵'],
    breaker('channel-failed', '403 Forbidden: bot was blocked by the user', '', { channel: 'telegram:-100200300' }),
  ),
  one(
    'low-balance',
    ['The signer runs out of gas', '签名账户Gas 费不足'],
    breaker('low-balance', '0x5163…0001 has 0.004 ETH on ethereum, less than 0.05', '', {
      address: '0x5163000000000000000000000000000000000001',
    }),
  ),
  one('control', ['Somebody told the program something', '有人操作了程序'], control('mode', 'dry-run → live')),
  one('summary', ['A day in figures', '日报'], summary()),
]

const accounts = (): readonly JournalEntry[] => {
  const of = (n: number, healthFactor: string, debtBase: string, over: Record<string, unknown> = {}): JournalEntry =>
    alert(
      { address: `0x${String(n).padStart(40, '0')}`, healthFactor, debtBase, ...over },
      { block: `2153011${n % 8}` },
    )
  return [
    of(1001, '991200000000000000', '8421190000000', { type: 'liquidatable', threshold: '1.0' }),
    of(1002, '998700000000000000', '191450000000', { type: 'liquidatable', threshold: '1.0' }),
    of(1003, '1043200000000000000', '1234567890000'),
    of(1004, '1031000000000000000', '301225000000'),
    of(1005, '1012900000000000000', '20500000000'),
    of(1006, '1049900000000000000', '10200000000'),
    of(1007, '1121000000000000000', '50200000000', { type: 'rescued' }),
  ]
}

const crash = (): readonly JournalEntry[] => {
  const hash = (n: number): string => HASH.slice(0, -1) + n
  const refused = (n: number, reason: string): JournalEntry =>
    entry('refusal', refusalData({ reason, borrower: `0x${String(n).padStart(40, '0')}` }))
  return [
    ...accounts(),
    ...[1, 2, 3].map((n) => entry('sent', sentData({ hash: hash(n) }))),
    ...[1, 2].map((n) => entry('confirmed', settledData({ hash: hash(n) }))),
    entry('lost', settledData({ hash: hash(4), reason: 'reverted' })),
    refused(1005, 'unprofitable'),
    refused(1006, 'unprofitable'),
    refused(1002, 'gas-price'),
    breaker('head-is-back', 'chain ethereum moves again at block 21530118'),
  ]
}

const DIGESTS: readonly Example[] = [
  digest(['A crash, as a digest', '暴跌时的摘要'], crash()),
  digest(
    ['An owner’s digest', '持有人的摘要'],
    [
      alert({ name: 'treasury' }),
      alert({
        name: 'savings',
        address: WETH,
        type: 'recovered',
        healthFactor: '1121000000000000000',
        debtBase: '50200000000',
      }),
    ],
    { role: 'owner' },
  ),
  digest(
    ['Refusals of an hour', '一小时内未执行的清算'],
    crash().filter(({ kind }) => kind === 'refusal'),
  ),
  digest(
    ['A day of several markets', '多个市场的日报'],
    [summary(), summary({ liquidations: 0, lost: 0, profitUsd8: '0', feeWei: '0', refused: {} }, 'aave-v3-arbitrum')],
  ),
]

const ANSWERS: readonly Example[] = [
  {
    events: [],
    heading: { en: 'Behind the button Details', zh: '“详情”按钮' },
    messages: (language) => detailsText(advice(), reader({ language, role: 'owner' }), 'treasury'),
  },
  {
    events: [],
    heading: { en: 'Behind the button What if −10 %', zh: '“若再跌 10 %”按钮' },
    messages: (language) => [
      whatIfText(
        {
          name: 'treasury',
          fallPct: 10,
          block: advice().block,
          now: row(),
          shocked: {
            healthFactor: '938969999999999999',
            collateralBase: '1350000000000',
            debtBase: '1234567890123',
            liquidatable: true,
            seizableBase: '648148142314',
            badDebtBase: '0',
          },
          moved: [
            { asset: WETH, symbol: 'WETH', from: '190930000000', to: '171837000000' },
            { asset: WETH, symbol: 'wstETH', from: '1', to: '1' },
          ],
        },
        reader({ language, role: 'owner' }),
      ),
    ],
  },
]

export const SECTIONS: readonly {
  readonly heading: Readonly<Record<Language, string>>
  readonly examples: readonly Example[]
}[] = [
  { heading: { en: 'Positions', zh: '仓位' }, examples: POSITIONS },
  { heading: { en: 'The market as a whole', zh: '整个市场' }, examples: MARKET },
  { heading: { en: 'Buttons', zh: '按钮' }, examples: ANSWERS },
  { heading: { en: 'Our own liquidations', zh: '我们的清算' }, examples: LIQUIDATIONS },
  { heading: { en: 'The program', zh: '程序' }, examples: PROGRAM },
  { heading: { en: 'Digests', zh: '摘要' }, examples: DIGESTS },
]

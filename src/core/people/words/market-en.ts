import type { Phase } from '../../risk/phase-ways.ts'
import { SOURCE_WORDS } from '../../risk/source-words.ts'
import type { WarningType } from '../../risk/warning-thresholds.ts'
import type { Translated } from './catalogue.ts'

/** A fall in per cent: none has no sign. */
const minus = (pct: string): string => (pct === '0' ? pct : `−${pct}`)

/** What is said of a market as a whole, in English. Parameters are values as they are shown. */
export const en = {
  unknown: 'not known',
  nothing: 'nothing',
  unchanged: 'unchanged',
  /** A value and what became of it since the brief before. */
  changed: (value: string, change: string) => `${value} (${change})`,
  was: (value: string, before: string) => `${value} (was ${before})`,
  /** Of a value that stands beside another in a row. */
  of: (share: string, symbol: string) => `${share} of ${symbol}`,
  pair: (a: string, b: string) => `${a}, ${b}`,
  positions: (n: string) => `${n} pos.`,

  phases: {
    calm: 'calm',
    'build-up': 'build-up',
    cascade: 'cascade',
    exhaustion: 'exhaustion',
    recovery: 'recovery',
  } satisfies Readonly<Record<Phase, string>>,
  meanings: {
    calm: 'Few liquidations, and no more debt near the price than usual.',
    'build-up': 'More debt than usual stands near the price: a fall would hit many at once.',
    cascade: 'Forced sales push the price down, and that forces more sales.',
    exhaustion: 'Liquidations have died down and the low has held so far. It may start again.',
    recovery: 'The low has held for hours and prices are calm again.',
  } satisfies Readonly<Record<Phase, string>>,

  /** In `<pre>`: at most 12 columns. */
  labels: {
    phase: 'phase',
    before: 'before',
    since: 'for',
    debt: 'debt',
    collateral: 'collateral',
    leverage: 'leverage',
    accounts: 'positions',
    lent: 'lent out',
    left: 'left in it',
    fall: (pct: string) => `at −${pct} %`,
    toSell: 'to be sold',
    poolsTake: 'pools take',
    ratio: 'ratio',
    share: 'share',
    falls: 'if it falls',
    headroom: 'headroom',
    insured: 'insured',
    limit: 'limit',
    badDebt: 'bad debt',
    liquidatable: 'now',
  },

  titles: {
    phase: (group: string, phase: string) => `${group} market: ${phase}`,
    cliff: (group: string, from: string, to: string, usd: string) =>
      `${group} ${minus(from)} to ${minus(to)} %: one large position, ${usd}`,
    cliffOff: (group: string) => `${group}: the single large position is gone`,
    absorption: (group: string, fall: string) => `${group} −${fall} %: more to sell than pools can take`,
    absorptionOff: (group: string) => `${group}: pools can take again what would be sold`,
    feed: (group: string) => `${group}: price feed is at its cap`,
    feedOff: (group: string) => `${group}: price feed has room below its cap again`,
    utilisation: (asset: string, share: string) => `${asset}: ${share} is lent out`,
    utilisationOff: (asset: string, share: string) => `${asset}: ${share} lent out, no longer pinned`,
    coverage: 'Insurance would not cover a fall of 20 %',
    coverageOff: 'Insurance would cover a fall of 20 % again',
    unknown: (group: string, measure: string) => `${group}: ${measure} cannot be seen now`,
    brief: (group: string, day: string) => `${group} market, ${day}`,
    briefs: (day: string) => `The markets, ${day}`,
    overview: (market: string) => `How ${market} stands`,
    markets: 'How the markets stand',
    ladder: (group: string) => `If ${group} falls: what can be liquidated`,
  },
  measures: {
    phase: 'the phase',
    cliff: 'the single large position',
    absorption: 'what pools can take',
    'capped-feed': 'the cap of the price feed',
    utilisation: 'how much is lent out',
    coverage: 'the insurance',
  } satisfies Readonly<Record<WarningType, string>>,

  lines: {
    cliff: (share: string, group: string) =>
      `If ${group} falls so far, this one position is ${share} of the collateral that can be liquidated there.`,
    cliffs: (n: number, fall: string, usd: string) =>
      n === 1
        ? `One single large position, at ${minus(fall)} %: ${usd}.`
        : `${n} single large positions, the largest at ${minus(fall)} %: ${usd}.`,
    cliffOff: 'It was reduced or liquidated, or is further from the price now.',
    absorption: 'Liquidators could not sell what they take without a loss: liquidations may stall and leave bad debt.',
    feed: 'The feed limits how fast this price may rise. At its cap it answers too low, and healthy positions may be liquidated.',
    utilisation: 'Lenders can hardly withdraw it, and liquidators who take it as collateral may not be paid out.',
    coverage: (share: string) => `It would pay ${share} of the debt that such a fall leaves unpaid.`,
    insured: (share: string) => `Insurance would pay ${share} of the debt that a fall of 20 % leaves unpaid.`,
    insuredAll: 'Insurance would pay all of the debt that a fall of 20 % leaves unpaid.',
    unknown: 'When last seen it was so. Until it can be seen again, silence does not mean that it is over.',
    distrusted: 'Our copy of this market differs from the chain at present: these numbers may be wrong.',
    distrustedOf: (markets: string) =>
      `Our copy of ${markets} differs from the chain at present: those numbers may be wrong.`,
    missing: (sources: string) => `Missing here: ${sources}.`,
    judgedWithout: (sources: string) => `Judged without ${sources}.`,
    why: (conditions: string) => `Why: ${conditions}.`,
    wouldChange: 'What would change our mind:',
    to: (phase: string, conditions: string) => `→ ${phase}: ${conditions}.`,
    toNow: (phase: string) => `→ ${phase}: with the next look.`,
    falls: (group: string) => `At −5 and −10 %: collateral that can be liquidated if ${group} falls so far.`,
    since: (time: string) => `In brackets: the change in ${time}.`,
    first: 'The first brief: nothing to compare with yet.',
    canTake: (fall: string, sold: string, depth: string, ratio: string) =>
      `−${fall} %: pools can take it. ${sold} would be sold, they take ${depth} (ratio ${ratio}).`,
    cannotTake: (fall: string, sold: string, depth: string, ratio: string) =>
      `−${fall} %: pools cannot take it. ${sold} would be sold, they take ${depth} (ratio ${ratio}).`,
    noPools: (fall: string, sold: string) =>
      `−${fall} %: pools cannot take it. ${sold} would be sold, they take nothing.`,
    nothingToSell: (fall: string) => `−${fall} %: nothing to sell.`,
    unknownTake: (fall: string, sold: string) =>
      `−${fall} %: whether pools can take the ${sold} to be sold is not known.`,
    noAbsorption: 'Whether pools can take what would be sold is not known.',
    ladder: (group: string) =>
      `Collateral of positions that can be liquidated once ${group} has fallen so far, and how many they are.`,
    badDebt: (fall: string, amount: string) => `At −${fall} % ${amount} of debt would stay unpaid.`,
    reset: (verdict: string) => `After the last wave: ${verdict}.`,
    ratio: 'Ratio at −10 %: what would be sold over what pools take. Above 1 they cannot take it.',
    one: (command: string) => `One of them: ${command}`,
  },
  verdicts: {
    healthy: 'a healthy reset, less debt near the price than before',
    deeper: 'signs of deeper risk',
    unclear: 'not clear yet',
  },

  /** Part of a sentence; the value and its limit follow. */
  conditions: {
    hoursInPhase: 'hours in this phase',
    liquidated: 'liquidated in an hour',
    branching: 'liquidations set off by others',
    ladder: 'collateral within −5 %',
    leverage: 'leverage',
    funding: 'funding rate',
    noNewLow: 'hours without a new low',
    inflow: 'stablecoins turned into coins',
    depth: 'what pools take',
    volatility: 'swing of the price in an hour',
  },
  hourBefore: (condition: string) => `${condition} (hour before)`,
  met: (condition: string, value: string, bound: string) => `${condition} ${value} (${bound})`,
  needed: (condition: string, value: string, bound: string) => `${condition} ${value} (needs ${bound})`,
  notSeen: (condition: string) => `${condition} not known`,
  bounds: {
    above: (limit: string) => `more than ${limit}`,
    below: (limit: string) => `less than ${limit}`,
    atLeast: (limit: string) => `at least ${limit}`,
    none: 'limit not known',
  },
  and: '; ',
  more: (n: string) => `${n} more`,

  sources: SOURCE_WORDS,

  notReady: 'Market risk cannot be answered just now. It is being worked out or switched off; try again in a minute.',
  noMarkets: 'No market is read here.',
  badMarket: {
    what: (given: string) => `There is no market “${given}”`,
    which: 'Which market?',
    why: (markets: string) => `I read these: ${markets}.`,
    fix: (usage: string) => `Write ${usage}`,
  },
  badGroup: {
    what: (given: string) => `Nothing called “${given}” is priced in this market`,
    why: 'I need the symbol of an asset that serves as collateral there, such as WETH.',
    fix: (usage: string) => `Write ${usage}`,
  },
} as const

export type MarketWords = Translated<typeof en>

import type { LadderAccount, LadderAnswer, Rung } from '../../../core/risk/answers.ts'
import { health } from '../format.ts'
import { rungsShown } from './bands.ts'
import { bar, type Column, type Look, styled, tableOf, wrap } from './look.ts'
import { parts, type Screen, sheetOf } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, count, heading, money, moneyBase, plural, price, share, symbolOf } from './words.ts'

type Sums = LadderAnswer['now']

/** At which move the ladder is told in a sentence. */
const TOLD_PCT = 10
const MOST_CLIFFS = 5

/** `plimsoll risk ladder`: who is liquidated at which price. */
export const ladderScreen: Screen<'ladder'> = {
  text: (ladder, look) =>
    parts(
      `${heading(ladder, look)}\n${answer(sentence(ladder), look)}`,
      isEmpty(ladder)
        ? wrap(emptyState(ladder), look.width)
        : parts(pointsTable(ladder, look), bars(ladder, look), cliffs(ladder)),
      accountsTable(ladder, look),
      lackingTable(ladder, look),
    ),
  sheet: ({ group, side, rungs, now }) =>
    sheetOf<Sums & Partial<Rung>>(
      [{ ...now, fromPct: 0, toPct: 0, cliff: null }, ...rungs],
      [
        ['group', () => group.symbol],
        ['side', () => side],
        ['from_pct', ({ fromPct }) => fromPct ?? null],
        ['to_pct', ({ toPct }) => toPct ?? null],
        ['accounts', ({ accounts }) => accounts],
        ['collateral_usd', ({ collateralUsd }) => collateralUsd],
        ['one_call_usd', ({ oneCallUsd }) => oneCallUsd],
        ['sequence_usd', ({ sequenceUsd }) => sequenceUsd],
        ['debt_usd', ({ debtUsd }) => debtUsd],
        ['bad_debt_usd', ({ badDebtUsd }) => badDebtUsd],
        ['cliff', ({ cliff }) => cliff?.address ?? null],
        ['cliff_share', ({ cliff }) => cliff?.share ?? null],
      ],
    ),
}

const signOf = ({ side }: Pick<LadderAnswer, 'side'>): string => (side === 'fall' ? '−' : '+')

/** Accounts may be listed although no move reaches them. */
const isEmpty = ({ now, rungs }: LadderAnswer): boolean =>
  now.accounts === 0 && rungs.every(({ accounts }) => accounts === 0)

function sentence(ladder: LadderAnswer): string {
  const { group, side, points, now, rungs } = ladder
  const point = points.find(({ fallPct }) => fallPct === TOLD_PCT) ?? points.at(-1)
  if (isEmpty(ladder) || point === undefined)
    return `No ${side} of ${symbolOf(group)} up to ${rungs.at(-1)?.toPct ?? 0} % makes anybody liquidatable.`
  const already =
    now.accounts > 0
      ? ` ${plural(now.accounts, 'position')} of these already ${now.accounts === 1 ? 'is' : 'are'}.`
      : ''
  const badDebt = point.badDebtUsd > 0 ? `, and leaves ${money(point.badDebtUsd)} of bad debt` : ''
  return `${signOf(ladder)}${point.fallPct} % on ${symbolOf(group)} (now ${price(group.price)}) makes ${money(point.collateralUsd)} of collateral in ${plural(point.accounts, 'position')} liquidatable, ${money(point.sequenceUsd)} of it seizable until all are healthy${badDebt}.${already}`
}

const emptyState = ({ group, side }: LadderAnswer): string =>
  side === 'fall'
    ? `Nobody owes so much against ${symbolOf(group)}. Positions appear here with the block in which somebody borrows.`
    : `Nobody owes so much ${symbolOf(group)} against another collateral. Positions appear here with the block in which somebody borrows it.`

const SUMS: readonly Column<Sums>[] = [
  { head: 'accounts', cell: ({ accounts }) => count(accounts) },
  { head: 'collateral', cell: ({ collateralUsd }) => money(collateralUsd) },
  { head: 'one call', cell: ({ oneCallUsd }) => money(oneCallUsd) },
  { head: 'sequence', cell: ({ sequenceUsd }) => money(sequenceUsd) },
  { head: 'debt', cell: ({ debtUsd }) => money(debtUsd) },
  { head: 'bad debt', cell: ({ badDebtUsd }) => money(badDebtUsd) },
]

const pointsTable = (ladder: LadderAnswer, look: Look): string =>
  tableOf(
    [{ fallPct: 0, ...ladder.now }, ...ladder.points],
    [{ head: 'up to', cell: ({ fallPct }) => (fallPct === 0 ? 'now' : `${signOf(ladder)}${fallPct} %`) }, ...SUMS],
    look,
  )

/** `−3 to −4 %`. */
export const stepText = ({ fromPct, toPct }: Pick<Rung, 'fromPct' | 'toPct'>, sign: string): string =>
  `${fromPct === 0 ? '' : sign}${fromPct} to ${sign}${toPct} %`

/** Characters of a line that stand left of a bar. */
const LEFT_OF_BAR = 40
const LONGEST_BAR = 60

/** Step by step: `#` of the collateral goes in one call, `=` in further calls, `.` stays with its owners. */
function bars(ladder: LadderAnswer, look: Look): string {
  const rungs = rungsShown(ladder.rungs)
  const most = Math.max(...rungs.map(({ collateralUsd }) => collateralUsd))
  const room = Math.min(LONGEST_BAR, look.width - LEFT_OF_BAR)
  const drawn = ({ collateralUsd, sequenceUsd, oneCallUsd, cliff }: Rung): string => {
    const all = bar(collateralUsd / most, room, '.')
    const part = (usd: number): number => (collateralUsd > 0 ? Math.round((usd / collateralUsd) * all.length) : 0)
    const [one, sequence] = [part(oneCallUsd), part(sequenceUsd)]
    const text = '#'.repeat(one) + '='.repeat(sequence - one) + all.slice(sequence)
    return cliff ? `${text} ${styled('yellow', '!', look)}` : text
  }
  const sign = signOf(ladder)
  return tableOf(
    rungs,
    [
      { head: 'step', cell: (rung) => stepText(rung, sign) },
      { head: 'accounts', cell: ({ accounts }) => count(accounts) },
      { head: 'collateral', cell: ({ collateralUsd }) => money(collateralUsd) },
      { head: '# one call  = sequence  . the rest', cell: drawn, left: true },
    ],
    look,
  )
}

function cliffs({ rungs, side }: LadderAnswer): string {
  const steep = rungs.filter(({ cliff }) => cliff !== null).toSorted((a, b) => b.collateralUsd - a.collateralUsd)
  if (steep.length === 0) return ''
  const sign = signOf({ side })
  const lines = steep
    .slice(0, MOST_CLIFFS)
    .map(
      ({ fromPct, toPct, cliff, collateralUsd }) =>
        `  ${stepText({ fromPct, toPct }, sign)}: ${cliff?.address} has ${share(cliff?.share ?? null)} of ${money(collateralUsd)}`,
    )
  const more = steep.length > MOST_CLIFFS ? [`  and ${steep.length - MOST_CLIFFS} more (--csv has all)`] : []
  return ['! cliffs: one account with a quarter of a step or more', ...lines, ...more].join('\n')
}

function accountsTable({ accounts }: LadderAnswer, look: Look): string {
  if (accounts.length === 0) return ''
  const columns: readonly Column<LadderAccount>[] = [
    { head: 'largest accounts', cell: ({ address }) => address, left: true },
    { head: 'health', cell: (row) => healthShort(row.healthFactor) },
    { head: 'falls at', cell: (row) => price(row.price) },
    { head: 'distance', cell: ({ distancePct }) => (distancePct === null ? '–' : `${distancePct.toFixed(1)} %`) },
    { head: 'collateral', cell: (row) => moneyBase(row.collateralBase), from: 96 },
    { head: 'debt', cell: (row) => moneyBase(row.debtBase), from: 96 },
  ]
  return tableOf(accounts, columns, look)
}

/** Beyond a hundred its digits say nothing. */
const healthShort = (wad: string | null): string =>
  wad !== null && BigInt(wad) >= 100n * 10n ** 18n ? '> 100' : health(wad)

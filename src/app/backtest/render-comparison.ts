import { usd } from '../cli/format.ts'
import { table } from '../cli/output.ts'
import type { Comparison, Measured, OnlyIn } from './compare.ts'
import { share } from './present.ts'
import type { HappenedEntry, MissedEntry, OurEntry } from './report-schema.ts'
import { usd8Of } from './text.ts'

const MOST_ROWS = 10

/** Two backtests on one screen: what was different, and what came of it. */
export function renderComparison(c: Comparison): string {
  const moved = c.netByDay.filter(({ a, b }) => a !== b)
  return [
    ...(c.sameRecording ? [] : ['NOT THE SAME RECORDING: the figures below do not tell which run was better.', '']),
    ...listed(
      'conditions that differ',
      ['', 'A', 'B'],
      c.conditions.map((d) => [d.name, shown(d.a), shown(d.b)]),
      [],
    ),
    ...c.assumptionsOnlyIn.a.map((words) => `assumed in A alone: ${words}`),
    ...c.assumptionsOnlyIn.b.map((words) => `assumed in B alone: ${words}`),
    '',
    table(['', 'A', 'B', 'change'], c.figures.map(figureRow), [1, 2, 3]),
    '',
    ...listed('net by day (UTC)', ['day', 'A', 'B', 'change'], moved.map(moneyRow), [1, 2, 3]),
    ...(c.sameRecording ? [] : ['', ...sides('liquidations', c.happenedOnlyIn, eventRow)]),
    '',
    ...sides('missed', c.missedOnlyIn, missedRow),
    '',
    ...sides('plans', c.plansOnlyIn, planRow),
  ].join('\n')
}

const shown = (value: string | number | null): string => (value === null ? 'none' : String(value))

/** The kind of a figure follows from its value: money is text. */
function figureRow(figure: Measured): string[] {
  if (typeof figure.a === 'string' && typeof figure.b === 'string') return moneyRow(figure)
  if (figure.name === 'recall') return recallRow(figure)
  return [figure.name, shown(figure.a), shown(figure.b), signed(figure.change)]
}

const moneyRow = ({ name, a, b, change }: Measured): string[] => [name, money(a), money(b), plus(money(change))]
const money = (value: string | number | null): string => (typeof value === 'string' ? usd(usd8Of(value)) : '–')

const recallRow = ({ name, a, b, change }: Measured): string[] => [
  name,
  ratio(a),
  ratio(b),
  typeof change === 'number' ? `${change > 0 ? '+' : ''}${(change * 100).toFixed(1)} points` : '–',
]
const ratio = (value: string | number | null): string => share(typeof value === 'number' ? value : null)

const signed = (change: string | number | null): string => (change === null ? '–' : plus(String(change)))
const plus = (text: string): string => (/[1-9]/.test(text) && !text.startsWith('-') ? `+${text}` : text)

const eventRow = ({ block, user, debtUsd }: HappenedEntry): string[] => [block, user, money(debtUsd)]
const missedRow = ({ block, user, debtUsd, reason }: MissedEntry): string[] => [block, user, money(debtUsd), reason]
const planRow = ({ block, user, netUsd }: OurEntry): string[] => [block, user, money(netUsd)]

function sides<T>(name: string, { a, b }: OnlyIn<T>, row: (each: T) => string[]): string[] {
  if (a.length === 0 && b.length === 0) return [`${name}: the same in both`]
  const side = (title: string, rows: readonly T[]): string[] =>
    listed(
      `${name} only in ${title}`,
      ['block', 'account', name === 'plans' ? 'net' : 'debt', ''],
      rows.map(row),
      [0, 2],
    )
  return [...side('A', a), ...side('B', b)]
}

function listed(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[],
): string[] {
  if (rows.length === 0) return [`${title}: none`]
  const counted = rows.length > MOST_ROWS ? `${title} (${MOST_ROWS} of ${rows.length}; all with --json)` : title
  return [counted, table(head.slice(0, rows[0]?.length), rows.slice(0, MOST_ROWS), right)]
}

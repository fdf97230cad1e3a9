import type { PhaseAnswer } from '../../../core/risk/answers.ts'
import { type Html, html, NOTHING } from '../../page/html.ts'
import type { Told } from './gather.ts'
import { list, note, partOf, said } from './part.ts'
import { bins, binWord, conditionWords, lackWords, momentOf } from './words.ts'

const TITLE = 'Phase: which, why, and what would change our mind'
const MOST_CHANGES = 12

export const phasePart = (phase: Told<PhaseAnswer>): Html =>
  partOf(TITLE, phase, (answer) => [
    said(nowWords(answer)),
    why(answer),
    ...answer.wouldChange.map(({ to, missing }) =>
      missing.length === 0
        ? NOTHING
        : html`${said(`It would be called ${to} once this holds too:`)}${list(missing.map((one) => conditionWords(one, answer.binS)))}`,
    ),
    changes(answer),
    reset(answer),
    answer.lacks.length === 0 ? NOTHING : note(`Lacks ${lackWords(answer.lacks)}.`),
    note(
      `Judged ${binWord(answer.binS)} by ${binWord(answer.binS)}, ${answer.hours} on record. The detector recognises a wave, it does not foresee one; “exhaustion” is a pause in the selling, not an all-clear.`,
    ),
  ])

const nowWords = ({ phase, sinceHour, binS }: PhaseAnswer): string =>
  phase === null
    ? 'No phase can be named yet.'
    : `Now: ${phase}${sinceHour === null ? '' : `, since ${momentOf(sinceHour, binS)} UTC`}.`

const why = ({ why: conditions, binS }: PhaseAnswer): Html =>
  conditions.length === 0
    ? NOTHING
    : html`${said('Because:')}${list(conditions.map((one) => conditionWords(one, binS)))}`

function changes({ changes: all, binS }: PhaseAnswer): Html {
  if (all.length === 0) return NOTHING
  const shown = all.slice(-MOST_CHANGES)
  const words = shown.map(({ hour, phase }, i) => {
    const next = shown[i + 1]
    return `${momentOf(hour, binS)} ${phase}${next === undefined ? '' : ` (${bins(next.hour - hour, binS)})`}`
  })
  return said(`Changes${shown.length < all.length ? `, the last ${shown.length}` : ''}: ${words.join(' → ')}.`)
}

function reset({ reset: judged, binS }: PhaseAnswer): Html {
  if (judged === null) return NOTHING
  return html`${said(`Reset or deeper risk, the day before against the day after: ${judged.verdict}.`)}${list([
    ...judged.healthy.map((one) => `healthy: ${conditionWords(one, binS)}`),
    ...judged.deeper.map((one) => `deeper risk: ${conditionWords(one, binS)}`),
  ])}${judged.lacks.length === 0 ? NOTHING : note(`Lacks ${lackWords(judged.lacks)}.`)}`
}

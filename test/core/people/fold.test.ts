import { expect } from 'chai'
import type { EventName } from '../../../src/core/people/events.ts'
import { type Chat, DIGEST_MOST, nextStep, type Open, type Step } from '../../../src/core/people/fold.ts'

const NOW = 1_000_000
type Row = { readonly id: number; readonly event: EventName; readonly loud: boolean }
const row = (id: number, over: Partial<Row> = {}): Row => ({ id, event: 'threshold', loud: true, ...over })
const rows = (count: number, over: Partial<Row> = {}): Row[] => Array.from({ length: count }, (_, i) => row(i, over))
const open = (over: Partial<Open> = {}): Open => ({
  id: 9,
  createdS: NOW - 10,
  changedS: NOW - 10,
  loud: true,
  rows: 5,
  ...over,
})
const chat = (over: Partial<Chat> = {}): Chat => ({
  folding: 'edit',
  digest: undefined,
  refusals: undefined,
  nowS: NOW,
  ...over,
})

const said = (step: Step<Row>): string => {
  if (step.kind === 'one') return `one ${step.row.id}`
  if (step.kind === 'wait') return `wait ${step.untilS === undefined ? 'for ever' : step.untilS - NOW}`
  return `${step.kind} of ${step.rows.length} ${step.into === undefined ? 'anew' : `into ${step.into}`}`
}
const refused = { event: 'refused' as const, loud: false }
const critical = { event: 'liquidatable' as const }

describe('core/people/fold', () => {
  for (const [what, waiting, over, expected] of [
    ['nothing', [], {}, 'wait for ever'],
    ['one', rows(1), {}, 'one 0'],
    ['two: the older one', rows(2), {}, 'one 0'],
    ['a burst', rows(3), {}, 'digest of 3 anew'],
    ['more of it', rows(1), { digest: open() }, 'digest of 1 into 9'],
    ['of one that is two minutes old', rows(3), { digest: open({ createdS: NOW - 121 }) }, 'digest of 3 anew'],
    ['a wall clock that was put back', rows(1), { digest: open({ createdS: NOW + 5 }) }, 'one 0'],
    ['a loud one into a silent one', rows(1), { digest: open({ loud: false }) }, 'one 0'],
    [
      'a silent one into a silent one',
      rows(1, { loud: false }),
      { digest: open({ loud: false }) },
      'digest of 1 into 9',
    ],
    ['a critical one, soon after it rang', rows(1, critical), { digest: open() }, 'digest of 1 into 9'],
    ['a critical one, later', rows(1, critical), { digest: open({ createdS: NOW - 31 }) }, 'one 0'],
    ['many critical ones, later', rows(3, critical), { digest: open({ createdS: NOW - 31 }) }, 'digest of 3 anew'],
    ['a full one', rows(1), { digest: open({ rows: DIGEST_MOST }) }, 'one 0'],
    ['a nearly full one', rows(5), { digest: open({ rows: DIGEST_MOST - 2 }) }, 'digest of 2 into 9'],
    ['an endless burst', rows(DIGEST_MOST + 1), {}, `digest of ${DIGEST_MOST} anew`],
    ['where nothing can be edited', rows(1), { folding: 'new', digest: open() }, 'one 0'],
    ['a burst there', rows(3), { folding: 'new', digest: open() }, 'digest of 3 anew'],
    ['where each stands alone', rows(9), { folding: 'never' }, 'one 0'],
    ['a refusal', rows(1, refused), {}, 'refusals of 1 anew'],
    ['news before refusals', [...rows(9, refused), row(10)], {}, 'one 10'],
    ['refusals again', rows(4, refused), { refusals: open({ changedS: NOW - 60 }) }, 'refusals of 4 into 9'],
    ['too soon', rows(4, refused), { refusals: open({ changedS: NOW - 50 }) }, 'wait 10'],
    ['after an hour', rows(4, refused), { refusals: open({ createdS: NOW - 3_600 }) }, 'refusals of 4 anew'],
    ['where nothing can be edited', rows(4, refused), { folding: 'new', refusals: open() }, 'wait 3590'],
    ['full of refusals', rows(4, refused), { refusals: open({ rows: DIGEST_MOST }) }, 'wait 3590'],
    ['refusals, each alone', rows(4, refused), { folding: 'never' }, 'one 0'],
  ] as readonly [string, readonly Row[], Partial<Chat>, string][])
    it(`${what}: ${expected}`, () => expect(said(nextStep(waiting, chat(over)))).to.equal(expected))
})

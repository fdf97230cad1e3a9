import type { JointAnswer } from '../../../core/risk/move-answers.ts'
import { compact } from '../../page/frame.ts'
import type { Html } from '../../page/html.ts'
import type { Told } from './gather.ts'
import { type Cell, greyOf, heatMap, thinned } from './heat.ts'
import { note, partOf, plots } from './part.ts'
import { dollars, signedPct, symbol } from './words.ts'

/** More squares than these cannot hold their figures. */
const MOST = 11

export const jointPart = (told: Told<JointAnswer>): Html =>
  partOf('Two groups moving together', told, (answer) => {
    const shown = thinned(answer.movesPct.length, MOST)
    const left = answer.movesPct.length - shown.length
    return [
      plots(
        mapOf(answer, 'Collateral that becomes liquidatable, $', answer.collateralUsd, shown),
        mapOf(answer, 'Bad debt, $', answer.badDebtUsd, shown),
      ),
      note(
        `Each square is a fall or rise of both groups at once, everything else as it is.${left > 0 ? ` ${left} of ${answer.movesPct.length} steps are left out here; the JSON has them all.` : ''}`,
      ),
    ]
  })

function mapOf(
  { groups, movesPct }: JointAnswer,
  title: string,
  values: readonly (readonly number[])[],
  shown: readonly number[],
): Html {
  const most = Math.max(0, ...values.flat())
  const names = shown.map((i) => signedPct(movesPct[i] ?? 0).replace(' %', ''))
  const [down, across] = groups.map((group) => symbol(group.symbol)) as [string, string]
  const cells = shown.map((r) =>
    shown.map((c): Cell => {
      const value = values[r]?.[c]
      const place = `${down} ${signedPct(movesPct[r] ?? 0)}, ${across} ${signedPct(movesPct[c] ?? 0)}`
      if (value === undefined) return { grey: null, words: '', title: place }
      return {
        grey: greyOf(value, most),
        words: compact(Number(value.toPrecision(2))),
        title: `${place}: ${dollars(value)}`,
      }
    }),
  )
  const corners = [shown[0], shown.at(-1)].map((i) => {
    const value = values[i ?? 0]?.[i ?? 0]
    return `both ${signedPct(movesPct[i ?? 0] ?? 0)}: ${value === undefined ? 'not known' : dollars(value)}`
  })
  return heatMap({
    title,
    summary: corners.join('; '),
    rows: names,
    columns: names,
    cells,
    axes: [`${down}, %`, `${across}, %`],
  })
}

import { expect } from 'chai'
import fc from 'fast-check'
import { greyOf, thinned } from '../../../../src/app/risk/report/heat.ts'
import { cliffsOf, ladderPlot } from '../../../../src/app/risk/report/ladder-plot.ts'
import { linePlot, spread } from '../../../../src/app/risk/report/line-plot.ts'
import { measured, price, signedPct, times } from '../../../../src/app/risk/report/words.ts'
import type { LadderAnswer, Rung } from '../../../../src/core/risk/answers.ts'
import { known, lacking } from '../../../../src/core/risk/measure.ts'
import { readPage } from '../../backtest/markup.ts'
import { EXAMPLES } from '../examples.ts'

const inPage = (markup: string) => readPage(`<!doctype html>\n<svg>${markup}</svg>`)
const ladder = (side: 'fall' | 'rise', rungs: readonly Rung[]): LadderAnswer => ({ ...EXAMPLES.ladder, side, rungs })

const rungs = fc.array(
  fc
    .record({
      size: fc.double({ min: 0, max: 1e10, noNaN: true }),
      step: fc.integer({ min: 0, max: 60 }),
      isCliff: fc.boolean(),
    })
    .map(
      ({ size, step, isCliff }): Rung => ({
        fromPct: step,
        toPct: step + 1,
        accounts: 3,
        collateralUsd: size,
        sequenceUsd: size * 0.7,
        oneCallUsd: size * 0.5,
        debtUsd: size * 0.8,
        badDebtUsd: 0,
        cliff: isCliff ? { address: `0x${'1'.repeat(40)}`, share: 0.3 } : null,
      }),
    ),
  { maxLength: 30 },
)

describe('plots of the risk report', () => {
  it('the ladder stays inside its drawing, columns one inside the other, on both sides of now', () =>
    fc.assert(
      fc.property(rungs, rungs, (falls, rises) => {
        const ladders = [ladder('fall', falls), ladder('rise', rises)]
        const { elements } = inPage(ladderPlot(ladders).markup)
        const bars = elements.filter(
          ({ name, attributes }) =>
            name === 'rect' && attributes['width'] !== '12' && attributes['height'] !== undefined,
        )
        for (const { attributes: a } of bars) {
          expect(Number(a['x'])).to.be.within(0, 480)
          expect(Number(a['x']) + Number(a['width'])).to.be.at.most(480.2)
          expect(Number(a['height'])).to.be.at.least(0)
          expect(Number(a['y'])).to.be.at.least(30)
        }
        for (let i = 0; i + 2 < bars.length; i += 3) {
          const [all, sequence, one] = [0, 1, 2].map((k) => Number(bars[i + k]?.attributes['height']))
          expect(all).to.be.at.least(sequence ?? 0)
          expect(sequence).to.be.at.least(one ?? 0)
        }
      }),
      { numRuns: 200 },
    ))

  it('numbers the cliffs in the plot as in the table: nearest first', () => {
    const of = (fromPct: number): Rung => ({
      ...(EXAMPLES.ladder.rungs[0] as Rung),
      fromPct,
      toPct: fromPct + 1,
      collateralUsd: 10,
      cliff: { address: '0x', share: 0.5 },
    })
    const ladders = [ladder('fall', [of(9), of(2)]), ladder('rise', [of(4)])]
    expect(cliffsOf(ladders).map(({ left }) => left)).to.deep.equal([-3, 4, -10])
  })

  it('marks where the price is now', () => {
    const { text } = inPage(ladderPlot([EXAMPLES.ladder]).markup)
    expect(text).to.include(`now ${price(EXAMPLES.ladder.group.price)}`)
  })

  it('labels at the ends of lines never lie over one another', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 6 }), (heights) => {
        const places = [...spread(heights)].sort((a, b) => a - b)
        for (let i = 1; i < places.length; i++) expect((places[i] ?? 0) - (places[i - 1] ?? 0)).to.be.at.least(12.999)
        expect(spread(heights)).to.have.length(heights.length)
        for (const [i, place] of spread(heights).entries()) expect(place).to.be.at.most(heights[i] ?? 0)
      }),
    ))

  it('a line carries its name', () => {
    const series = [
      {
        kind: 'line dashed',
        name: 'sellable',
        points: [
          [0, 0],
          [5, 100],
        ],
      },
    ] as const
    const { text, elements } = inPage(linePlot({ title: 't', summary: 's', series }).markup)
    expect(text).to.include('sellable')
    expect(elements.filter(({ attributes }) => attributes['class'] === 'line dashed')).to.have.length(2)
  })

  it('shades grow with the figure, from white to black', () =>
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (most, part) => {
          const grey = greyOf(most * part, most)
          expect(grey).to.be.within(0, 1)
          expect(greyOf(most, most)).to.equal(most > 0 ? 1 : 0)
          expect(grey).to.be.at.most(greyOf(most, most))
        },
      ),
    ))

  it('leaves out steps evenly and keeps the middle one', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 3, max: 12 }), (half, most) => {
        const count = 2 * half + 1
        const shown = thinned(count, most)
        expect(shown.length).to.be.within(1, most)
        expect(shown).to.include(half)
        const gaps = new Set(shown.slice(1).map((at, i) => at - (shown[i] ?? 0)))
        expect(gaps.size).to.be.at.most(1)
      }),
    ))

  const words: readonly (readonly [string, string])[] = [
    [measured(known(0.5), times), '0.5×'],
    [
      measured(lacking('funding', 'depth'), times),
      'not known: lacks funding of a perpetual exchange, pools to sell into',
    ],
    [signedPct(-3.25), '−3.25 %'],
    [signedPct(4), '+4 %'],
    [signedPct(0), '0 %'],
    [price('381245000000'), '$3,812'],
    [price('99980000'), '$0.9998'],
    [times(123456), '123.46k×'],
  ]
  for (const [said, expected] of words) it(`says ${expected}`, () => expect(said).to.equal(expected))
})

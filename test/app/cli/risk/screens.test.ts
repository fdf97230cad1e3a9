import { stripVTControlCharacters } from 'node:util'
import { expect } from 'chai'
import { absorptionScreen } from '../../../../src/app/cli/risk/absorption.ts'
import { cascadeScreen } from '../../../../src/app/cli/risk/cascade.ts'
import { chainsScreen } from '../../../../src/app/cli/risk/chains.ts'
import { cohortsScreen } from '../../../../src/app/cli/risk/cohorts.ts'
import { compareScreen } from '../../../../src/app/cli/risk/compare.ts'
import { gridScreen } from '../../../../src/app/cli/risk/grid.ts'
import { jointScreen } from '../../../../src/app/cli/risk/joint.ts'
import { ladderScreen } from '../../../../src/app/cli/risk/ladder.ts'
import type { Look } from '../../../../src/app/cli/risk/look.ts'
import { overviewScreen } from '../../../../src/app/cli/risk/overview.ts'
import { phaseScreen } from '../../../../src/app/cli/risk/phase.ts'
import { planScreen } from '../../../../src/app/cli/risk/plan.ts'
import type { Screen } from '../../../../src/app/cli/risk/screen.ts'
import { waveScreen } from '../../../../src/app/cli/risk/wave.ts'
import { ladderAnswer } from '../../../../src/app/risk/ladder.ts'
import { historyFrom } from '../../../../src/app/risk/world.ts'
import { Codes } from '../../../../src/core/risk/codes.ts'
import { known, lacking } from '../../../../src/core/risk/measure.ts'
import type { RiskQuestion, RiskQuestions } from '../../../../src/core/risk/questions.ts'
import { bookOf, reserve } from '../../../protocols/aave-v3/world.ts'
import { LACKING } from '../../risk/example-bare.ts'
import { HOUR } from '../../risk/example-parts.ts'
import { EMPTY, EXAMPLES } from '../../risk/examples.ts'

type Answers = { readonly [Q in RiskQuestion]: RiskQuestions[Q][1] }

const SCREENS: { readonly [Q in RiskQuestion]: Screen<Q> } = {
  overview: overviewScreen,
  ladder: ladderScreen,
  absorption: absorptionScreen,
  cascade: cascadeScreen,
  grid: gridScreen,
  joint: jointScreen,
  cohorts: cohortsScreen,
  phase: phaseScreen,
  compare: compareScreen,
  plan: planScreen,
  chains: chainsScreen,
  wave: waveScreen,
}
const NAMES = Object.keys(SCREENS) as RiskQuestion[]
const SETS: readonly (readonly [name: string, answers: Answers])[] = [
  ['full', EXAMPLES],
  ['lacking', LACKING],
  ['empty', EMPTY],
]

const look = (over: Partial<Look> = {}): Look => ({ width: 80, color: false, nowS: HOUR * 3_600 + 47, ...over })
const textOf = <Q extends RiskQuestion>(question: Q, answers: Answers, over: Partial<Look> = {}): string =>
  SCREENS[question].text(answers[question], look(over))

/** The lines between the heading and the first empty one, as one. */
const sentenceOf = (text: string): string => {
  const [first = ''] = text.split('\n\n')
  return first.split('\n').slice(1).join(' ')
}

describe('app/cli/risk: screens', () => {
  for (const [name, answers] of SETS)
    for (const question of NAMES)
      it(`${question}, ${name}: fits 80 and 120 columns, and every figure is one`, () => {
        for (const width of [80, 120]) {
          const text = textOf(question, answers, { width })
          for (const line of text.split('\n')) expect([...line].length, line).to.be.at.most(width)
          expect(text).to.not.match(/undefined|NaN|Infinity|null|\[object|[ \t]$|\n{3}/m)
          const colored = textOf(question, answers, { width, color: true })
          expect(stripVTControlCharacters(colored)).to.equal(text)
          expect(text).to.equal(stripVTControlCharacters(text))
        }
      })

  const sentences: Partial<Record<RiskQuestion, string>> = {
    overview:
      '−10 % on WETH makes $42.3M of collateral seizable; pools take $28.3M: not absorbed (1.50). Phase: cascade for 1 h, because: liquidated over ten medians of the week 182M (threshold 812k); branching ratio 0.83 (threshold 0.5).',
    ladder:
      '−10 % on WETH (now $3,812.45) makes $59.6M of collateral in 412 positions liquidatable, $42.3M of it seizable until all are healthy, and leaves $12.50 of bad debt. 2 positions of these already are.',
    absorption: '−10 % on WETH makes $42.3M of collateral seizable; pools take $28.3M: not absorbed (1.50).',
    cascade:
      '−15 % on WETH with pass-through 0.5 takes WETH down 22.5 % to $2,955.21 (multiplier 1.50): 1,142 calls in 4 rounds take $166M from 1,057 accounts, bad debt $41.2k.',
    grid: 'A fall of WETH runs away (multiplier above 2, or the pools drained) from 61.3 % at κ 0.25, 32.1 % at κ 0.5, 16.4 % at κ 1 on.',
    joint:
      '−20 % on WETH and WBTC together makes $600M of collateral liquidatable; WETH alone $440M, WBTC alone $160M.',
    cohorts:
      '119 accounts with > 10M dollars of debt each owe 87.3 % of the whole $19.2B; 34.4 % of that stands below health 1.1.',
    compare:
      '−20 % on WETH: owners lose least under aave-v3.0.2 ($7.77M), most under aave-v3.6 ($11.3M); bad debt is least under aave-v3.6 ($310k).',
    plan: '0xE5C2…4e4c has health 1.0417 now, and health 0.9564 with WETH at $3,500.00: liquidatable.',
    wave: 'WETH fell 18.7 % in its steepest phase: 3,211 calls took $190M of it; the fall came to 1.31 times its shock. 1,469 accounts were caught, whatever their collateral.',
  }
  for (const [question, wanted] of Object.entries(sentences) as [RiskQuestion, string][])
    it(`${question} is answered by its first sentence`, () => {
      expect(sentenceOf(textOf(question, EXAMPLES))).to.equal(wanted)
      expect(textOf(question, EXAMPLES)).to.match(
        /^aave-v3-ethereum at block 23,550,000, 2025-10-10 21:00:00 UTC \(47 s ago\)\n/,
      )
    })

  const bare: readonly (readonly [RiskQuestion, Answers, string])[] = [
    ['overview', LACKING, 'whether pools can take that is not known'],
    ['overview', EMPTY, 'Nobody has debt here'],
    ['ladder', EMPTY, 'Positions appear here with the block in which somebody borrows'],
    ['absorption', LACKING, 'No pool of this group is followed'],
    ['absorption', EMPTY, 'there is nothing to absorb'],
    ['cascade', LACKING, 'could not be sold for want of pools'],
    ['cascade', EMPTY, 'liquidates nobody'],
    ['grid', LACKING, 'No fall of WETH up to 90 %'],
    ['joint', EMPTY, 'makes nobody liquidatable'],
    ['cohorts', LACKING, 'No fall of 10 % within 72 hours is on record yet'],
    ['cohorts', EMPTY, 'Nobody owes anything here'],
    ['phase', LACKING, '12 of 72 hours'],
    ['compare', EMPTY, 'makes nobody liquidatable under any of these rules'],
    ['plan', LACKING, 'With --stop ASSET=PRICE'],
    ['plan', EMPTY, 'owes nothing here'],
    ['wave', LACKING, 'No wave of WETH is on record'],
    ['chains', EMPTY, 'No market has anything liquidatable'],
  ]
  for (const [question, answers, says] of bare)
    it(`${question} without it says: ${says}`, () => {
      expect(textOf(question, answers).replaceAll(/\s+/g, ' ')).to.include(says)
    })

  it('of a ladder that ends before the first position says no more than that', () => {
    // Reached by a fall of 99.9 %.
    const book = bookOf({
      reserves: [
        reserve({ priceUsd8: 2000n * 10n ** 8n, ltBps: 8000, root: 7n }),
        reserve({ symbol: 'USDC', decimals: 6, root: 9n }),
      ],
      accounts: [{ collaterals: [[0, 10n ** 18n]], debts: [[1, 1_000_000n]] }],
    })
    const world = { chainId: 1, book, exchange: undefined, codes: new Codes(), binS: 3600, distrusted: false }
    const told = ladderAnswer({ ...world, ...historyFrom(() => []) }, { market: 'world', side: 'fall', accounts: 10 })
    const text = ladderScreen.text(told, look()).replaceAll(/\s+/g, ' ')
    expect(text).to.include('No fall of R0 up to 50 % makes anybody liquidatable.')
    expect(text).to.not.include('Nobody owes against R0.')
  })

  it('pools that take nothing of what is seizable do not absorb it', () => {
    const [first] = EXAMPLES.absorption.points
    const point = { ...first!, fallPct: 10, liquidatableUsd: 9e6, depthUsd: known(0), ratio: lacking('depth') }
    const text = absorptionScreen.text({ ...EXAMPLES.absorption, points: [point] }, look())
    expect(text.replaceAll(/\s+/g, ' ')).to.include('pools take $0: not absorbed.')
    expect(text).to.match(/−10 %.*not absorbed$/m)
    const nothing = { ...point, liquidatableUsd: 0 }
    expect(absorptionScreen.text({ ...EXAMPLES.absorption, points: [nothing] }, look())).to.not.include('not absorbed')
  })

  it('chains names the markets that are not to be trusted, and those that are missing', () => {
    const [first, ...rest] = EXAMPLES.chains.markets
    const told = { ...EXAMPLES.chains, markets: [{ ...first!, quarantined: true }, ...rest], missing: ['aave-v3-base'] }
    const text = chainsScreen.text(told, look()).replaceAll(/\s+/g, ' ')
    expect(text).to.include('Of aave-v3-ethereum: QUARANTINED')
    expect(text).to.include('Not measured now, since not read yet or of unknown rules: aave-v3-base.')
    expect(textOf('chains', EXAMPLES)).to.not.match(/QUARANTINED|Not measured/)
    expect(chainsScreen.text({ ...told, markets: [] }, look())).to.match(/^No market can be measured now\.\n/)
  })

  it('says what to do about what is lacking, each thing once', () => {
    const text = textOf('overview', LACKING, { width: 120 }).replaceAll(/\s+/g, ' ')
    expect(text.match(/set chains\.CHAIN\.pools to auto/g)).to.have.length(1)
    expect(text).to.include('pools to sell into, average')
    expect(textOf('absorption', EXAMPLES)).to.not.include('not known without')
  })

  it('says of a distrusted mirror, on every screen of a market, that its numbers may be wrong', () => {
    for (const question of NAMES.filter((name) => name !== 'chains')) {
      const answer = { ...EXAMPLES[question], quarantined: true }
      const text = (SCREENS[question] as Screen<RiskQuestion>).text(answer, look())
      expect(text.split('\n')[1], question).to.match(/^QUARANTINED/)
    }
  })

  it('a symbol cannot steer the terminal, nor a spreadsheet', () => {
    const group = { ...EXAMPLES.ladder.group, symbol: '=\u001b[2JX' }
    expect(ladderScreen.text({ ...EXAMPLES.ladder, group }, look())).to.not.include('\u001b')
  })

  it('says what is in the way of a way out', () => {
    expect(textOf('plan', EXAMPLES)).to.include('add: The reserve is too full to take the amount.')
  })

  it('names the rules that it does not compare, and why', () => {
    const told = { ...EXAMPLES.compare, incomparable: ['aave-v3.0.2'] }
    const text = compareScreen.text(told, look()).replaceAll('\n', ' ')
    expect(text).to.include('since this market means something else to them: aave-v3.0.2. Not compared, since no rules')
    expect(compareScreen.text({ ...told, incomparable: [], absent: [] }, look())).to.not.include('Not compared')
  })

  it('names the command that fills a history that is short', () => {
    const { phase, wave } = EXAMPLES
    for (const text of [
      phaseScreen.text({ ...phase, phase: null, hours: 0 }, look()),
      phaseScreen.text({ ...phase, phase: null, hours: 12 }, look()),
      waveScreen.text({ ...wave, phases: [] }, look()),
    ])
      expect(text.replaceAll(/\s+/g, ' ')).to.include('plimsoll risk backfill FILE')
    // In a cell, which is broken where its column ends.
    expect(phaseScreen.text({ ...phase, lacks: ['hours'] }, look({ width: 200 }))).to.match(
      /or plimsoll risk .*\n +backfill FILE/,
    )
  })

  it('calls it calm only with a history that could tell otherwise', () => {
    const calm = { ...EXAMPLES.phase, phase: 'calm', why: [], lacks: [] } as const
    expect(phaseScreen.text({ ...calm, hours: 71 }, look())).to.include('71 of 72 hours')
    expect(phaseScreen.text({ ...calm, hours: 0 }, look())).to.include('No history yet')
    expect(phaseScreen.text({ ...calm, hours: 72 }, look())).to.include('Phase: calm for 1 h.')
    expect(phaseScreen.text({ ...calm, hours: 500, lacks: ['hours'] }, look())).to.include('so short a history')
  })

  for (const question of NAMES)
    it(`${question} as a sheet: every row has a cell for each heading`, () => {
      for (const [, answers] of SETS) {
        const sheet = (SCREENS[question] as Screen<RiskQuestion>).sheet?.(answers[question])
        if (question === 'plan') return expect(sheet).to.equal(undefined)
        expect(new Set(sheet?.head).size).to.equal(sheet?.head.length)
        for (const row of sheet?.rows ?? []) expect(row).to.have.length(sheet?.head.length ?? 0)
      }
    })
})

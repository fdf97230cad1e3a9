import { expect } from 'chai'
import fc from 'fast-check'
import { reader } from '../../../../scripts/alerts/fixtures.ts'
import {
  absorption,
  BLIND,
  briefEntry,
  FALLEN,
  ladder,
  overview,
  phaseAnswer,
  stormy,
  warnings,
} from '../../../../scripts/alerts/market-fixtures.ts'
import type { JournalEntry } from '../../../../src/core/journal.ts'
import type { Message } from '../../../../src/core/people/message.ts'
import { LANGUAGES } from '../../../../src/core/people/words/catalogue.ts'
import { compose } from '../../../../src/core/people/words/compose.ts'
import { conditionsText, isKnownCondition, sourcesText } from '../../../../src/core/people/words/conditions.ts'
import { LONGEST } from '../../../../src/core/people/words/length.ts'
import {
  ladderText,
  marketsText,
  overviewText,
  phaseAnswerText,
} from '../../../../src/core/people/words/market-answers.ts'
import { toPlain } from '../../../../src/core/people/words/plain.ts'
import type { Reader } from '../../../../src/core/people/words/reader.ts'
import { lastedText } from '../../../../src/core/people/words/risk.ts'
import {
  bigUsd,
  changeText,
  pctText,
  shareText,
  smallShare,
  timesText,
} from '../../../../src/core/people/words/statistics.ts'
import { phasesOf } from '../../../../src/core/risk/phase.ts'
import { WARNING_TYPES } from '../../../../src/core/risk/warning-thresholds.ts'
import { wave } from '../../risk/waves.ts'
import { sound } from './support.ts'

const one = (entry: JournalEntry, over: Partial<Reader> = {}): Message => compose([{ id: 1, entry }], reader(over))
const text = (entry: JournalEntry, over: Partial<Reader> = {}): string => toPlain(one(entry, over))

describe('core/people/words: statistics', () => {
  const dollars: readonly [number, en: string, zh: string][] = [
    [0, '$0', '$0'],
    [0.004, '$0', '$0'],
    [7, '$7', '$7'],
    [12.5, '$12.5', '$12.5'],
    [999, '$999', '$999'],
    [999.6, '$1K', '$1,000'],
    [1_234, '$1.23K', '$1,234'],
    [99_990, '$100K', '$10 万'],
    [640_000, '$640K', '$64 万'],
    [999_600, '$1M', '$100 万'],
    [17_200_000, '$17.2M', '$1,720 万'],
    [99_990_000, '$100M', '$1 亿'],
    [604_000_000, '$604M', '$6.04 亿'],
    [12_410_000_000, '$12.4B', '$124 亿'],
    [3.2e12, '$3.2T', '$3.2 万亿'],
    [-640_000_000, '-$640M', '-$6.4 亿'],
  ]
  for (const [value, en, zh] of dollars)
    it(`${value}: ${en}, ${zh}`, () =>
      expect(LANGUAGES.map((language) => bigUsd(value, language))).to.deep.equal([en, zh]))

  it('shares, ratios, falls', () => {
    expect([shareText(0.4213, 'en'), shareText(-0.00001, 'en'), smallShare(0.00042, 'en')]).to.deep.equal([
      '42.1 %',
      '0.0 %',
      '0.04 %',
    ])
    expect([timesText(2.0972, 'en'), timesText(1234.5, 'en'), timesText(-0.001, 'en')]).to.deep.equal([
      '2.10',
      '1,234.50',
      '0.00',
    ])
    expect([pctText(5, 'en'), pctText(2.5, 'en'), pctText(10.04, 'en')]).to.deep.equal(['5', '2.5', '10'])
  })
  it('what is not known says so', () => {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, '7', {}, 1e300])
      for (const show of [bigUsd, shareText, timesText, smallShare, pctText]) {
        expect(show(value, 'en')).to.equal('not known')
        expect(show(value, 'zh')).to.equal('未知')
      }
  })
  it('changes have a sign, and what looks the same is unchanged', () => {
    expect(changeText(12.41e9, 12.26e9, 'en', bigUsd)).to.equal('+$150M')
    expect(changeText(11.62e9, 12.26e9, 'en', bigUsd)).to.equal('-$640M')
    expect(changeText(1.5801, 1.58, 'en', timesText)).to.equal('unchanged')
    expect(changeText(1, null, 'en', timesText)).to.equal(undefined)
    expect(changeText(null, 1, 'zh', timesText)).to.equal(undefined)
  })
  it('amounts are within half a per cent of what they are', () => {
    const factors: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12 }
    fc.assert(
      fc.property(fc.double({ min: 1, max: 9e14, noNaN: true }), (value) => {
        const [, number = '', unit = ''] = /^\$([\d.,]+)([KMBT]?)$/.exec(bigUsd(value, 'en')) ?? []
        expect(Math.abs(Number(number.replaceAll(',', '')) * factors[unit]! - value) / value).to.be.at.most(0.005)
      }),
    )
  })
})

describe('core/people/words: conditions', () => {
  it('every condition of the detector has its words', () => {
    const decisions = [1, 2, 3].flatMap((seed) => phasesOf(wave(seed).map(({ hour }) => hour)))
    const names = new Set(
      decisions.flatMap(({ why, wouldChange }) =>
        [...why, ...wouldChange.flatMap(({ conditions }) => conditions)].map(({ name }) => name),
      ),
    )
    expect(names.size).to.be.at.least(16)
    expect([...names].filter((name) => !isKnownCondition(name))).to.deep.equal([])
  })
  it('one value against several limits: the one that binds', () => {
    const [way] = overview().phase.wouldChange
    expect(conditionsText(way?.missing, 'en')).to.equal(
      'liquidated in an hour $12K (needs more than $2.48M); liquidations set off by others 12.0 % (needs more than 50.0 %); liquidated in an hour (hour before) $0 (needs more than $184K)',
    )
  })
  it('what is not known is said so, and a condition of a newer version by its name', () => {
    const unknown = { name: 'funding normal', value: null, threshold: 0.2, held: null }
    const newer = { name: 'moon is full', value: 1, threshold: null, held: true }
    expect(conditionsText([unknown, newer], 'en')).to.equal(
      'funding rate not known; moon is full 1.00 (limit not known)',
    )
  })
  it('one whose limit is not known yet is left out beside another of the kind', () => {
    const liquidated = (name: string, threshold: number | null) => ({ name, value: 0, threshold, held: null })
    const [median, debt] = ['liquidated over medians of the week', 'liquidated over a share of the debt']
    const both = [liquidated(median ?? '', null), liquidated(debt ?? '', 57_700)]
    expect(conditionsText(both, 'en')).to.equal('liquidated in an hour $0 (needs more than $57.7K)')
    expect(conditionsText(both.slice(0, 1), 'en')).to.equal('liquidated in an hour $0 (limit not known)')
  })
  it('three are told, the rest is counted', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, value: 1, threshold: 1, held: true }))
    expect(conditionsText(many, 'en')).to.match(/a .*; b .*; c .*; 2 more$/)
  })
  it('sources by their names', () => {
    expect(sourcesText(['depth', 'depth', 'hours', 'moon'], 'en')).to.equal(
      'pools to sell into, enough recorded hours, moon',
    )
    expect(sourcesText('depth', 'en')).to.equal('')
  })
})

describe('core/people/words: warnings', () => {
  for (const state of ['on', 'off', 'unknown'] as const)
    it(`${state}: one of each type, in both languages, with its block`, () => {
      const told = warnings(state)
      // A cliff is seen or it is not.
      const types = WARNING_TYPES.filter((type) => state !== 'unknown' || type !== 'cliff')
      expect(told.map(({ data }) => data['type'])).to.have.members(types)
      const titles = new Set<string>()
      for (const entry of told)
        for (const language of LANGUAGES) {
          const message = one(entry, { language })
          sound(message)
          titles.add(message.title)
          expect(toPlain(message)).to.match(language === 'en' ? /\nblock +21530118/ : /\n区块 +21530118/)
          expect(toPlain(message)).to.not.match(/undefined|NaN|\?/)
        }
      expect(titles).to.have.property('size', 2 * types.length)
    })
  it('what cannot be seen any more says so, and what is missing', () => {
    const found = warnings('unknown').find(({ data }) => data['type'] === 'absorption')!
    expect(text(found)).to.include('silence does not mean').and.include('Missing here: pools to sell into.')
  })
  it('without any pool nothing can be sold', () => {
    const [entry] = warnings('on').filter(({ data }) => data['type'] === 'absorption')
    const none = { ...entry!, data: { ...entry!.data, value: null, depthUsd: 0 } }
    expect(text(none)).to.include('pools take  nothing').and.not.include('ratio')
  })
  it('a digest tells each once, as it is now', () => {
    const entries = [...warnings('on'), ...warnings('off')].map((entry, n) => ({ id: n, entry: { ...entry, seq: n } }))
    const told = toPlain(compose(entries, reader()))
    expect(told).to.include('✅ USDC: 87.4 % lent out').and.not.include('99.4 %')
    expect(told).to.include('🟢 WETH market: calm').and.not.include('cascade')
  })
  it('a symbol that plays tricks is one line, without calls', () => {
    const entry = { ...warnings('on')[0]!, data: { ...warnings('on')[0]!.data, group: '@all\n/pause <b>' } }
    expect(one(entry).title).to.not.match(/[@/\n]/)
  })
})

describe('core/people/words: the brief', () => {
  it('of a calm day: short, with its units, and that it is no advice', () => {
    const told = text(briefEntry(), { role: 'viewer' })
    expect(told.length).to.be.below(1_000)
    expect(told).to.include('no advice').and.include('pools can take it').and.not.include('cannot')
  })
  it('of a cascade: why, what pools cannot take, and what would end it', () => {
    const told = text(briefEntry({ overview: stormy(), ladder: FALLEN }))
    for (const part of [
      'phase     🔴 cascade (was calm)',
      'debt      $11.6B (-$640M)',
      '−10 %: pools cannot take it. $604M would be sold, they take $288M (ratio 2.10).',
      'Why: liquidated in an hour $96.4M (more than $2.48M)',
      '→ exhaustion: liquidated in an hour $96.4M (needs less than $19.3M)',
      'lent out  99.4 % of USDC\n',
    ])
      expect(told).to.include(part)
  })
  it('with every source missing says what is not known, and nothing else', () => {
    const told = text(briefEntry({ overview: overview(BLIND), ladder: undefined, before: undefined }))
    for (const part of [
      'phase     ⚪ not known\n',
      'leverage  not known\n',
      'at −5 %   not known\n',
      'lent out  not known\n',
      'The first brief',
      'whether pools can take the $604M to be sold is not known',
      'Judged without the ladder of positions, pools to sell into, insurance of this market, enough recorded hours, funding of a perpetual exchange.',
    ])
      expect(told).to.include(part)
    expect(told).to.not.match(/NaN|undefined|null|Why|→/)
    expect(text(briefEntry({ overview: overview({ ...BLIND, absorption: [] }), ladder: undefined }))).to.include(
      'Whether pools can take what would be sold is not known.',
    )
  })
  it('with nothing to sell, without pools, of a copy that differs from the chain', () => {
    const of = (point: ReturnType<typeof absorption>) =>
      text(briefEntry({ overview: overview({ absorption: [point] }) }))
    expect(of(absorption(5, 0, 1e6))).to.include('−5 %: nothing to sell.')
    expect(of(absorption(5, 1e6, 0))).to.include('they take nothing')
    expect(of(absorption(5, 1e6, 1e6))).to.include('pools can take it')
    expect(text(briefEntry({ overview: overview({ quarantined: true }) }))).to.include('differs from the chain')
  })
  it('of a copy that differs from the chain says so among several, too', () => {
    const doubtful = briefEntry({ overview: overview({ quarantined: true }) })
    const other = { ...briefEntry(), market: 'another' }
    for (const language of LANGUAGES) {
      const rows = [doubtful, other].map((entry, id) => ({ id, entry }))
      const told = toPlain(compose(rows, reader({ language })))
      expect(told.match(language === 'en' ? /differs from the chain/g : /镜像/g)).to.have.length(1)
    }
  })
  it('fits one message in both languages, whatever the detector says', () => {
    const missing = Array.from({ length: 30 }, (_, n) => ({
      name: `${n} `.repeat(99),
      value: n,
      threshold: n,
      held: false,
    }))
    const ways = ['calm', 'build-up', 'cascade', 'exhaustion', 'recovery'].map((to) => ({ to, missing }) as never)
    const phase = { ...overview().phase, why: missing, wouldChange: ways, lacks: missing.map(({ name }) => name) }
    for (const language of LANGUAGES) sound(one(briefEntry({ overview: overview({ phase }) }), { language }), LONGEST)
  })
  it('of many markets at once are one message, and what is left out is counted', () => {
    const many = Array.from({ length: 30 }, (_, n) => ({
      id: n,
      entry: { ...briefEntry({}, { market: `market-${n}` }), seq: n },
    }))
    for (const language of LANGUAGES) {
      const message = compose(many, reader({ language }))
      sound(message)
      expect(toPlain(message)).to.match(
        language === 'en' ? /^☀️ The markets, 2026-11-26.*… and \d+ more$/s : /^☀️ 各市场/,
      )
    }
  })
})

describe('core/people/words: answers about markets', () => {
  it('the state, with what is large, insured and not known', () => {
    const told = toPlain(overviewText(stormy(), reader()))
    for (const part of [
      'phase       🔴 cascade',
      'positions   41210',
      'lent out    99.4 % of USDC',
      'One single large position, at −3 %: $25.3M.',
      'Insurance would pay 62.0 % of the debt that a fall of 20 % leaves unpaid.',
    ])
      expect(told).to.include(part)
    expect(toPlain(overviewText(overview(BLIND), reader()))).to.not.match(/Insurance would|large position|NaN|null/)
  })
  it('several, those that could not be asked named', () => {
    const told = toPlain(marketsText([overview()], ['spark'], { reader: reader(), example: '/risk spark' }))
    expect(told).to.include('🟢 aave-v3-ethereum').and.include('Missing here: spark.')
  })
  it('the phase, with its time by its own bins', () => {
    const { block } = overview()
    const bins = phaseAnswer({ binS: 60, sinceHour: Math.floor(block.timestamp / 60) - 5 })
    expect(toPlain(phaseAnswerText(bins, reader()))).to.include('for    5 min')
    expect(toPlain(phaseAnswerText(phaseAnswer({ phase: null, reset: null }), reader()))).to.include(
      'WETH market: not known',
    )
    for (const [verdict, says] of [
      ['healthy reset', 'a healthy reset'],
      ['deeper risk', 'deeper risk'],
      ['unclear', 'not clear'],
    ] as const)
      expect(
        toPlain(phaseAnswerText(phaseAnswer({ reset: { verdict, healthy: [], deeper: [], lacks: [] } }), reader())),
      ).to.include(says)
  })
  it('how long a phase has lasted, where it is known', () => {
    const lasted = (sinceHour: unknown, binS: unknown, atS: unknown) => lastedText({ sinceHour, binS }, atS, reader())
    expect(lasted(490_038, 3_600, 490_038 * 3_600 + 7_200)).to.equal('2 h')
    expect(lasted(100, 12, 1_320)).to.equal('2 min')
    for (const [sinceHour, binS, atS] of [
      [null, 3_600, 9],
      [1, undefined, 9],
      [1, 3_600, 3_599],
      [1, 3_600, null],
    ])
      expect(lasted(sinceHour, binS, atS)).to.equal(undefined)
  })
  it('the ladder, with what would stay unpaid', () => {
    const told = toPlain(ladderText(ladder(), reader()))
    expect(told).to.include('−10 %  $472M, 1530 pos.').and.include('At −20 % $310K of debt would stay unpaid.')
  })
  it('several, those whose copy is not trusted named', () => {
    const markets = [stormy({ market: 'trusted' }), stormy({ market: 'doubtful', quarantined: true })]
    for (const language of LANGUAGES) {
      const message = marketsText(markets, [], { reader: reader({ language }), example: '/risk trusted' })
      sound(message)
      const [line, ...more] = message.lines.filter((one) => /differs from the chain|镜像/.test(one))
      expect(line).to.include('doubtful').and.to.not.include('trusted,')
      expect(more).to.have.length(0)
    }
    const trusted = marketsText([markets[0]!], [], { reader: reader(), example: '/risk trusted' })
    expect(toPlain(trusted)).to.not.include('differs from the chain')
  })
  it('a step that begins at the price has no minus before its 0', () => {
    const cliffs = [{ fromPct: 0, toPct: 1, address: '0x1', share: 0.5, collateralUsd: 5e6 }]
    expect(toPlain(overviewText(stormy({ cliffs }), reader()))).to.include('large position, at 0 %: $5M')
    const cliff = { ...(warnings('on').find(({ data }) => data['type'] === 'cliff') ?? expect.fail('a cliff')) }
    const told = text({ ...cliff, data: { ...cliff.data, state: 'on', fromPct: 0, toPct: 1 } })
    expect(told).to.include(' 0 to −1 %: one large position').and.to.not.include('−0')
  })
  it('all fit a phone and say when the copy is not trusted', () => {
    for (const language of LANGUAGES) {
      const to = reader({ language, role: 'viewer' })
      const marks = { quarantined: true }
      for (const message of [
        overviewText(stormy(marks), to),
        phaseAnswerText(phaseAnswer(marks), to),
        ladderText(ladder(marks), to),
      ]) {
        sound(message)
        expect(toPlain(message)).to.match(language === 'en' ? /differs from the chain.*no advice/s : /镜像.*投资建议/s)
      }
    }
  })
})

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import fc from 'fast-check'
import { gatherRisk } from '../../../../src/app/risk/report/gather.ts'
import { UsageError } from '../../../../src/core/errors.ts'
import { known, lacking } from '../../../../src/core/risk/measure.ts'
import { temporaryFolder } from '../../../support/temporary.ts'
import { readPage } from '../../backtest/markup.ts'
import { LACKING } from '../example-bare.ts'
import { ether } from '../example-parts.ts'
import { EMPTY, EXAMPLES } from '../examples.ts'
import { type Answers, calmed, deskOf, pageOf, twoSided } from './desk.ts'

const OUTSIDE = /https?:|src=|href="(?!#)|url\((?!#)|@import/

const oneAccount: Answers = {
  ...EXAMPLES,
  overview: { ...EXAMPLES.overview, accounts: 1, cliffs: EXAMPLES.overview.cliffs.slice(0, 1) },
  ladder: {
    ...EXAMPLES.ladder,
    rungs: EXAMPLES.ladder.rungs.slice(3, 4).map((rung) => ({ ...rung, accounts: 1 })),
    points: EXAMPLES.ladder.points.slice(0, 1),
    accounts: EXAMPLES.ladder.accounts.slice(0, 1),
  },
}

const kinds: readonly (readonly [string, Answers])[] = [
  ['a wave', EXAMPLES],
  ['nearly everything lacking', LACKING],
  ['nobody with debt', EMPTY],
  ['one account', oneAccount],
]

describe('the risk report as a page', () => {
  for (const [name, answers] of kinds)
    it(`is well-formed, and needs nothing else: ${name}`, async () => {
      const page = await pageOf(twoSided(answers))
      const { elements } = readPage(page)
      expect(elements.map((element) => element.name)).to.not.include('script')
      expect(elements.filter(({ attributes }) => attributes['style'] !== undefined)).to.deep.equal([])
      expect(page.match(OUTSIDE)).to.equal(null)
      expect(page).to.not.match(/NaN|undefined|Infinity|\[object/)
      expect(await pageOf(twoSided(answers))).to.equal(page)
    })

  it('says everything of a drawing in words, too', async () => {
    const { elements } = readPage(await pageOf(twoSided(EXAMPLES)))
    const drawings = elements.filter(({ attributes }) => attributes['role'] === 'img')
    expect(drawings).to.have.length(10)
    for (const { attributes } of drawings) expect(attributes['aria-label']).to.match(/\d/)
  })

  it('is told apart by pattern and line, not by colour alone', async () => {
    const { elements } = readPage(await pageOf(twoSided(EXAMPLES)))
    const classes = new Set(elements.map(({ attributes }) => attributes['class']))
    expect([...classes]).to.include.members(['outline', 'dots', 'solid', 'hatch', 'line', 'line dashed', 'line dotted'])
    expect(elements.filter(({ attributes }) => /#|rgb/.test(attributes['fill'] ?? ''))).to.deep.equal([])
  })

  it('opens with the wave where there was one', async () => {
    const { text } = readPage(await pageOf(deskOf()))
    const [first, wave, phase] = ['side by side', 'The wave, told whole: WETH', 'Phase: which, why'].map((words) =>
      text.indexOf(words),
    )
    expect([wave, phase].every((at) => (at ?? -1) > 0)).to.equal(true)
    expect(wave).to.be.below(phase ?? 0)
    expect(first).to.be.above(phase ?? 0)
    for (const words of ['$182.4M', '1.31×', '$19.8M', '2904', '$94.31M', 'Of a deficit of $214.3k: $180k'])
      expect(text).to.include(words)
  })

  it('opens with how the market stands where there was none', async () => {
    for (const wave of [calmed(EXAMPLES.wave), { ...EXAMPLES.wave, phases: [] }]) {
      const { text } = readPage(await pageOf(deskOf({ ...EXAMPLES, wave })))
      expect(text).to.not.include('told whole')
      expect(text.indexOf('no wave is on record')).to.be.within(1, text.indexOf('Phase: which, why'))
    }
  })

  it('calls a wave that has not broken one that forms', async () => {
    const phases = EXAMPLES.wave.phases.slice(0, 1)
    const { text } = readPage(await pageOf(deskOf({ ...EXAMPLES, wave: { ...EXAMPLES.wave, phases } })))
    expect(text).to.include('A wave forming: WETH')
  })

  it('has every measure in its glossary, with block, definition, and what is lacking', async () => {
    const { text, elements } = readPage(await pageOf(deskOf(LACKING)))
    const glossary = text.slice(text.indexOf('What the words mean'))
    expect(elements.some(({ attributes }) => attributes['id'] === 'glossary')).to.equal(true)
    expect(glossary).to.include(`block ${LACKING.overview.block.number}`).and.include(LACKING.overview.block.hash)
    for (const name of [
      'liquidation price',
      'ladder',
      'depth',
      'absorption ratio',
      'cascade',
      'phase',
      'coverage',
      'planner',
    ])
      expect(glossary).to.include(name)
    for (const lack of ['pools to sell into', 'enough recorded hours', 'events on record', 'insurance of this market'])
      expect(glossary).to.include(lack)
  })

  it('says in the place of an answer why there is none, and hides no surprise', async () => {
    const none = new UsageError({ code: 'ONE_GROUP', what: 'market m has one group', why: 'two are needed', fix: '' })
    const refuse = (error: Error) =>
      pageOf(
        deskOf(EXAMPLES, {
          joint: () => {
            throw error
          },
        }),
      )
    const { text } = readPage(await refuse(none))
    expect(text).to.include('Not asked of this market: market m has one group: two are needed.')
    const fault = await refuse(new TypeError('a fault')).catch((error: unknown) => error)
    expect(fault).to.be.instanceOf(TypeError)
  })

  it('names in the table of chains whom not to trust, and who is missing', async () => {
    const [first, ...rest] = EXAMPLES.chains.markets
    const chains = { ...EXAMPLES.chains, markets: [{ ...first!, quarantined: true }, ...rest], missing: ['far'] }
    const { text } = readPage(await pageOf(deskOf(EXAMPLES, { chains: () => chains })))
    expect(text).to.include('The mirror differs from its chain, figures may be wrong: aave-v3-ethereum.')
    expect(text).to.include('Not measured, since not read yet or of unknown rules: far.')
  })

  it('does not take for absorbed what pools take nothing of', async () => {
    const [first, second, ...rest] = EXAMPLES.absorption.points
    const drained = { ...first!, liquidatableUsd: 9e6, depthUsd: known(0), ratio: lacking('depth') }
    const taken = [second!, ...rest].map((point) => ({ ...point, ratio: known(0.5) }))
    const of = async (points: typeof EXAMPLES.absorption.points) =>
      readPage(await pageOf(deskOf(EXAMPLES, { absorption: () => ({ ...EXAMPLES.absorption, points }) }))).text
    const falls = 'At every fall looked at, the pools take more'
    expect(await of([drained, ...taken]))
      .to.include('liquidators cannot leave')
      .and.to.not.include(falls)
    expect(await of(taken)).to.include(falls)
    // What is not known at one fall is not known at every fall.
    const unknown = { ...first!, depthUsd: lacking('depth'), ratio: lacking('depth') }
    expect(await of([unknown, ...taken])).to.not.include(falls)
  })

  it('does without a market whose rules are not known, unless there is no other', async () => {
    const complaint = { code: 'RULES_UNKNOWN', what: 'market far', why: 'its revision is not known', fix: 'Name it' }
    const overview = ({ market }: { readonly market: string }) => {
      if (market === 'far') throw new UsageError(complaint)
      return { ...EXAMPLES.overview, market }
    }
    const chains = { ...EXAMPLES.chains, missing: ['far'] }
    const desk = deskOf(EXAMPLES, { overview, chains: () => chains })
    expect(readPage(await pageOf(desk, ['far', 'near'])).text).to.include('unknown rules: far.')
    const refused = await pageOf(desk, ['far']).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(UsageError)
  })

  it('tells of the markets asked for, each with a place of its own to go to', async () => {
    const asked: string[] = []
    const overview = ({ market }: { readonly market: string }) => {
      asked.push(market)
      return { ...EXAMPLES.overview, market }
    }
    const desk = deskOf(EXAMPLES, { overview, chains: () => EXAMPLES.chains })
    await pageOf(desk, ['only'])
    expect(asked.splice(0)).to.deep.equal(['only'])
    const all = EXAMPLES.chains.markets.map(({ market }) => market)
    const { text, elements } = readPage(await pageOf(desk, all))
    expect(asked).to.deep.equal(all)
    for (const market of asked) expect(text).to.include(market)
    const ids = elements.flatMap(({ attributes }) => attributes['id'] ?? [])
    expect(new Set(ids).size).to.equal(ids.length)
    for (const { attributes } of elements.filter(({ name }) => name === 'a'))
      expect(ids).to.include(String(attributes['href']).slice(1))
  })

  it('shocks the group by its address, whatever its symbol is', async () => {
    const shocks: string[] = []
    const desk = deskOf(
      { ...EXAMPLES, overview: { ...EXAMPLES.overview, group: ether({ symbol: 'X=-1%' }) } },
      {
        cascade: (about) => {
          shocks.push(...about.shocks)
          return EXAMPLES.cascade
        },
      },
    )
    await pageOf(desk)
    expect(shocks).to.deep.equal(['0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2=-15%'])
  })

  it('stops between two questions', async () => {
    const stopping = new AbortController()
    const desk = deskOf(EXAMPLES, {
      wave: () => {
        stopping.abort(new Error('enough'))
        return EXAMPLES.wave
      },
      compare: () => expect.fail('asked after the stop'),
    })
    const error = await gatherRisk(desk, ['m'], stopping.signal).catch((reason: unknown) => reason)
    expect(error).to.be.an('error').with.property('message', 'enough')
  })

  it('stays well-formed whatever symbols, names and conditions say', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (words) => {
        const { elements } = readPage(await pageOf(twoSided(hostile(words))))
        const names = new Set(elements.map(({ name }) => name))
        for (const name of ['script', 'img', 'iframe']) expect(names.has(name)).to.equal(false)
      }),
      {
        numRuns: 40,
        examples: [['<script>alert(1)</script>'], ['"><img src=x onerror=alert(1)>'], ["'&amp;<!--"], ['\u202e\u0000']],
      },
    ))

  it('opens in Chromium, if there is one, without a complaint', async function () {
    this.timeout(60_000)
    const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
      (name) => spawnSync(name, ['--version']).status === 0,
    )
    if (browser === undefined) return this.skip()
    const folder = temporaryFolder('risk-page')
    const file = join(folder, 'report.html')
    writeFileSync(file, await pageOf(twoSided(EXAMPLES)))
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--enable-logging=stderr',
      `--user-data-dir=${folder}/profile`,
    ]
    const { status, stdout, stderr } = spawnSync(browser, [...flags, '--dump-dom', pathToFileURL(file).href], {
      encoding: 'utf8',
    })
    expect(status).to.equal(0)
    expect(stderr.split('\n').filter((line) => line.includes('CONSOLE'))).to.deep.equal([])
    expect(stdout.match(/<svg[^>]*role="img"/g)).to.have.length(10)
  })
})

/** The same words wherever somebody outside chooses them. */
function hostile(words: string): Answers {
  const group = ether({ symbol: words })
  const conditions = [{ name: words, value: null, threshold: 1, held: null }]
  const { overview: o } = EXAMPLES
  return {
    ...EXAMPLES,
    overview: {
      ...o,
      market: words,
      group,
      reserves: o.reserves.map((reserve) => ({ ...reserve, symbol: words })),
      oracles: o.oracles.map((oracle) => ({ ...oracle, symbol: words })),
    },
    wave: { ...EXAMPLES.wave, group },
    ladder: { ...EXAMPLES.ladder, group },
    absorption: {
      ...EXAMPLES.absorption,
      group,
      pools: EXAMPLES.absorption.pools.map((pool) => ({ ...pool, pair: words, pool: words })),
    },
    grid: { ...EXAMPLES.grid, group },
    cascade: { ...EXAMPLES.cascade, group, lacks: [words] },
    joint: { ...EXAMPLES.joint, groups: [group, group] },
    phase: { ...EXAMPLES.phase, why: conditions, wouldChange: [{ to: 'calm', missing: conditions }], lacks: [words] },
    compare: {
      ...EXAMPLES.compare,
      mechanisms: EXAMPLES.compare.mechanisms.map((one) => ({ ...one, rules: words })),
      absent: [words],
      incomparable: [words],
    },
    chains: { ...EXAMPLES.chains, markets: EXAMPLES.chains.markets.map((one) => ({ ...one, market: words })) },
  }
}

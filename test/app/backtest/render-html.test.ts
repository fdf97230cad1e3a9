import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect } from 'chai'
import fc from 'fast-check'
import { renderHtml } from '../../../src/app/backtest/render-html.ts'
import { buildReport } from '../../../src/app/backtest/report.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { readPage } from './markup.ts'
import { busyRun, executed, happened, missed, ours, RACE, recording, report, run, timeOf } from './support.ts'
import { anyRun } from './support-arbitrary.ts'

const page = (given = busyRun()): string => renderHtml(buildReport(given, RACE))

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='x",
  '</title></style>',
  '&lt;b&gt;',
  'javascript:alert(1)',
  '\u202e\u0000\u001b[31m',
]

/** Every place where somebody else's words may stand. */
const hostileRun = (words: string) =>
  run({
    recording: recording({ file: words, chain: words, markets: [words, `${words}2`], digest: words }),
    assumptions: [words],
    happened: [happened(1, { collateralSymbol: words, debtSymbol: words }), missed(2, { detail: words })],
    ours: [
      ours(1, { collateralSymbol: words, debtSymbol: words }),
      ours(2, { executed: executed({ status: 'reverted', revert: words }) }),
    ],
  })

describe('report as a page', () => {
  it('is well-formed, has its plots and tables, and is the same bytes each time', () => {
    const { elements, text } = readPage(page())
    const count = (wanted: string): number => elements.filter(({ name }) => name === wanted).length
    expect([count('h1'), count('figure'), count('script'), count('img'), count('link')]).to.deep.equal([1, 6, 0, 0, 0])
    expect(count('table')).to.be.at.least(7)
    for (const words of ['91.6 %', 'Missed, largest debt first', 'HealthFactorNotBelowThreshold()', 'nearest rank'])
      expect(text).to.include(words)
    expect(page()).to.equal(page())
  })

  it('needs and allows nothing from outside', () => {
    const made = page()
    const { elements } = readPage(made)
    expect(made).not.to.match(/https?:|\/\/[a-z]|@import|data:/i)
    expect(made.match(/url\([^)]*\)/g)).to.deep.equal(['url(#hatch)', 'url(#dots)'])
    const linking = ['href', 'src', 'style', 'action', 'srcdoc']
    expect(elements.filter(({ attributes }) => linking.some((name) => name in attributes))).to.deep.equal([])
    expect(
      elements.filter(({ attributes }) => Object.keys(attributes).some((name) => name.startsWith('on'))),
    ).to.deep.equal([])
  })

  it('forbids the browser everything but its own style', () => {
    const made = page()
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(made) ?? []
    const hash = createHash('sha256').update(style).digest('base64')
    const policy = readPage(made).elements.find(({ attributes }) => 'http-equiv' in attributes)?.attributes['content']
    expect(policy?.replaceAll('&#39;', "'")).to.equal(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`,
    )
  })

  it('tells flagged from missed by pattern and words, for eyes and for screen readers', () => {
    const { elements, text } = readPage(page())
    const kinds = new Set(elements.filter(({ name }) => name === 'rect').map(({ attributes }) => attributes['class']))
    expect([...kinds].sort()).to.deep.equal(['hatch', 'solid'])
    expect(text).to.include('flagged').and.to.include('missed')
    const plots = elements.filter(({ attributes }) => attributes['role'] === 'img')
    expect(plots.every(({ attributes }) => (attributes['aria-label'] ?? '').length > 20)).to.equal(true)
    expect(plots).to.have.length(6)
  })

  it('draws a bar for every liquidation: none is lost between two', () => {
    const drawn = [...page().matchAll(/<rect[^>]*><title>[^<]*UTC: (\d+) happened, (\d+) flagged, (\d+) missed/g)]
    const bins = new Map(drawn.map(([title, ...counts]) => [title.replace(/^.*<title>/, ''), counts.map(Number)]))
    const sum = (i: number): number => [...bins.values()].reduce((total, counts) => total + (counts[i] ?? 0), 0)
    expect([sum(0), sum(1), sum(2)]).to.deep.equal([60, 55, 5])
  })

  it('says in words that there was nothing', () => {
    const { text } = readPage(renderHtml(report()))
    for (const words of [
      'No liquidation happened in this recording.',
      'Nothing was planned.',
      'Nothing was refused.',
      'Nothing happened, so nothing could be missed.',
    ])
      expect(text).to.include(words)
    expect(text).not.to.match(/NaN|null|undefined|Infinity/)
  })

  for (const words of HOSTILE)
    it(`escapes ${JSON.stringify(words)} everywhere`, () => {
      const { elements } = readPage(page(hostileRun(words)))
      const plain = readPage(page(hostileRun('plain')))
      expect(elements.map(({ name }) => name)).to.deep.equal(plain.elements.map(({ name }) => name))
      expect(page(hostileRun(words))).not.to.match(/(?!\n)\p{Cc}|\p{Cf}/u)
    })

  it('stays well-formed and inside its plots for any run', () =>
    fc.assert(
      fc.property(anyRun, (given) => {
        const { elements, text } = readPage(page(given))
        expect(text).not.to.match(/NaN|Infinity/)
        for (const { name, attributes: a } of elements) {
          if (name !== 'rect') continue
          const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((key) => Number(a[key]))
          expect([x! >= 0, y! >= 0, width! >= 0, height! >= 0, x! + width! <= 480.2]).to.deep.equal(Array(5).fill(true))
        }
      }),
      { numRuns: 60 },
    ))

  const spans = [0n, 1n, 59n, 7_200n, 86_400n, 30n * 86_400n, 400n * 86_400n, 9_000n * 86_400n]
  for (const spanS of spans)
    it(`draws a recording of ${spanS} s with bars that can be told apart`, () => {
      const facts = recording({ toTimestamp: timeOf(1_000n) + spanS })
      const last = happened(1, { timestamp: facts.toTimestamp })
      const { elements } = readPage(page(run({ recording: facts, happened: [happened(0), last] })))
      const bars = elements.filter(({ name, attributes }) => name === 'rect' && attributes['class'] === 'solid')
      const widths = bars.map(({ attributes }) => Number(attributes['width'])).filter((width) => width !== 12)
      expect(Math.min(...widths)).to.be.at.least(4)
    })

  it('opens in Chromium, if there is one: one page, no complaint, all plots', function () {
    this.timeout(60_000)
    const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
      (name) => spawnSync(name, ['--version']).status === 0,
    )
    if (browser === undefined) return this.skip()
    const folder = temporaryFolder('page')
    const file = join(folder, 'report.html')
    writeFileSync(file, page())
    const { status, stdout, stderr } = spawnSync(
      browser,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--enable-logging=stderr',
        `--user-data-dir=${folder}/profile`,
        '--dump-dom',
        pathToFileURL(file).href,
      ],
      { encoding: 'utf8' },
    )
    expect(status).to.equal(0)
    expect(stderr.split('\n').filter((line) => line.includes('CONSOLE'))).to.deep.equal([])
    expect(stdout.match(/<svg[^>]*role="img"/g)).to.have.length(6)
    expect(stdout).to.match(/<rect[^>]*class="hatch"/)
  })
})

import { join } from 'node:path'
import { expect } from 'chai'
import { backtestOf, liquidationsOn, playRecorded, type RecordedStory } from '../../scripts/stage/recorded-story.ts'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { RecordingWriter } from '../../src/adapters/recording/writer.ts'
import { runBacktest } from '../../src/app/backtest/engine.ts'
import type { BacktestReport } from '../../src/app/backtest/report-schema.ts'
import { readSettings } from '../../src/app/cli/session.ts'
import { bookOf } from '../../src/app/record/recorded.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { Engine } from '../../src/core/people/engine.ts'
import { LadderOracle } from '../core/people/ladder-oracle.ts'
import { ladderOf, wad } from '../core/people/rules.ts'

/** A trade, whoever tells of it. */
const tradeOf = (block: string, fields: Readonly<Record<string, unknown>>): string =>
  [
    block,
    fields['user'] ?? fields['borrower'],
    fields['collateralAsset'],
    fields['debtAsset'],
    fields['debtToCover'],
  ].join(' ')

describe('backtest of a story that was traded live, with a rival', function () {
  this.timeout(240_000)
  let story: RecordedStory
  let report: BacktestReport

  before(async () => {
    story = await playRecorded({ chain: 'ethereum', accounts: 60, seed: 7, say: () => {} })
    report = await backtestOf(story)
  })
  after(() => story?.stage.close())

  const sent = (): readonly JournalEntry[] =>
    story.journal.filter(
      ({ kind, block }) =>
        kind === 'sent' &&
        BigInt(block) >= BigInt(report.recording.fromBlock) &&
        BigInt(block) <= BigInt(report.recording.toBlock),
    )

  it('finds every liquidation of the chain, with its amounts, and each flagged by its own block at the latest', async () => {
    const { fromBlock, toBlock } = report.recording
    const truth = await liquidationsOn(story.chain, Number(fromBlock), Number(toBlock))
    const rivals = new Set(truth.map(({ liquidator }) => liquidator))
    expect(rivals.size, 'liquidators').to.equal(2)
    expect(truth.length).to.be.above(20)
    expect(
      report.happened.map(({ tx, logIndex, user, debtCovered }) => [tx, logIndex, user, debtCovered]),
    ).to.deep.equal(truth.map(({ tx, logIndex, user, debtCovered }) => [tx, logIndex, user, String(debtCovered)]))
    expect(report.missed).to.deep.equal([])
    expect(report).to.include({ liquidations: truth.length, flagged: truth.length, recall: 1 })
    for (const { leadBlocks } of report.happened) expect(leadBlocks).to.be.at.least(0)
    // The rival follows some reports within their own block: only the block itself can tell that.
    expect(report.happened.some(({ leadBlocks }) => leadBlocks === 0)).to.equal(true)
  })

  it('plans the very trades that were made live; those made again after a loss are one chance', () => {
    const live = sent().map(({ block, data }) => tradeOf(block, data))
    const paper = report.ours.map((plan) => tradeOf(plan.block, plan))
    expect(report.ours.every(({ quote }) => quote === 'recorded')).to.equal(true)
    // Paper has no mempool: where the rival's transaction waited there already, the node itself refused ours.
    const refused = new Set(
      story.journal.flatMap(({ kind, data }) =>
        kind === 'refusal' && data['reason'] === 'simulation-reverted' ? [data['borrower']] : [],
      ),
    )
    const unmade = report.ours.filter((plan) => !live.includes(tradeOf(plan.block, plan)))
    for (const plan of unmade)
      expect(refused.has(plan.user), `${plan.user} at ${plan.block} was refused live`).to.equal(true)
    expect(unmade.length).to.be.below(paper.length / 5)
    const lost = new Set(story.journal.flatMap(({ kind, data }) => (kind === 'lost' ? [data['borrower']] : [])))
    const again = sent().filter(({ block, data }) => !paper.includes(tradeOf(block, data)))
    for (const { data } of again)
      expect(lost.has(data['borrower']), `${data['borrower']} was lost before`).to.equal(true)
    expect(paper.length).to.be.above(10)
  })

  it('executes each on a fork of its block exactly as predicted, beside what the actual liquidator got', async () => {
    const { ours, execution } = await backtestOf(story, '--fork')
    expect(execution).to.include({ executed: ours.length, reverted: 0, asPredicted: ours.length })
    for (const { executed } of ours) expect(executed?.profit).to.equal(executed?.predictedProfit)
    expect(ours.some(({ executed }) => executed?.actual && executed.actual.gasUsed !== null)).to.equal(true)
  })

  it('the alert rules over its pages: bands say what looking at everybody says, without flapping, and nobody is missed', () => {
    const ladder = ladderOf({
      thresholdsWad: [wad('1.3'), wad('1.1'), wad('1.05'), wad('1')],
      minDebtUsd8: 10n ** 10n,
      cooldownS: 60,
    })
    const rules = [ladder, ladderOf({ name: 'near', thresholdsWad: [], distancesBps: [1000, 300], cooldownS: 60 })]
    const recording = openRecording(story.file)
    const books = new Map(recording.meta.markets.map((market) => [market.name, bookOf(market)]))
    const oracle = new LadderOracle(ladder)
    const engines = new Map<string, readonly [banded: Engine, naive: Engine]>()
    for (const entry of recording.entries())
      for (const book of books.values()) {
        if (entry.kind === 'state' && entry.market === book.name) {
          book.restore(entry.state)
          const open = () => new Engine(book, { market: book.name, chain: 'x' }, { rules, ladder, watches: [] }, [])
          engines.set(book.name, [open(), open()])
        }
        const both = engines.get(book.name)
        if (entry.kind !== 'page' || both === undefined) continue
        const { facts } = entry
        const touched = book.apply(facts)
        book.screen(facts.block.timestamp)
        const [banded, naive] = both.map((engine, i) => {
          engine.page(touched, facts)
          const step = engine.step(facts.block, i === 1)
          step.commit()
          return step
        })
        expect(banded?.alerts.map(({ voice: _, ...alert }) => alert)).to.deep.equal(
          naive?.alerts.map(({ voice: _, ...alert }) => alert),
        )
        expect(banded?.changes()).to.deep.equal(naive?.changes())
        oracle.page(book, facts.block, banded?.alerts ?? [])
      }
    recording.close()
    expect(oracle.words).to.be.above(20)
  })

  it('is the same bytes when it is run again', async () => {
    expect(JSON.stringify(await backtestOf(story))).to.equal(JSON.stringify(report))
  })

  it('interrupted anywhere, finds the recorded answers again: the same rows', async () => {
    const { config } = readSettings(story.config)
    const file = join(story.stage.folder, 'frames.plimsoll')
    const recording = openRecording(story.file)
    const writer = RecordingWriter.create(file, recording.meta)
    for (const entry of recording.entries()) {
      writer.append(entry)
      writer.flush()
    }
    writer.finish()
    writer.close()
    recording.close()
    const { signal } = new AbortController()
    const question = { file, config, overrides: {}, saveEveryMs: 0, resumeFile: `${file}.backtest` }
    let frames = 0
    const whole = await runBacktest({ ...question, signal, onProgress: () => frames++ })
    expect(whole.ours.map(({ quote }) => quote)).to.deep.equal(report.ours.map(() => 'recorded'))
    for (let stopAt = 1; stopAt < frames; stopAt += 3) {
      const stop = new AbortController()
      const cut = runBacktest({
        ...question,
        signal: stop.signal,
        onProgress: ({ pages }) => pages >= stopAt && stop.abort(),
      })
      expect(await cut.catch((error: unknown) => error)).to.equal(stop.signal.reason)
      expect(await runBacktest({ ...question, signal }), `stopped after ${stopAt} pages`).to.deep.equal(whole)
    }
  })
})

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { RecordingWriter } from '../../src/adapters/recording/writer.ts'
import { runBacktest } from '../../src/app/backtest/engine.ts'
import type { BacktestReport } from '../../src/app/backtest/report-schema.ts'
import type { BacktestRun } from '../../src/app/backtest/run.ts'
import { complaintIn, configOf, Place, type Tree } from './support.ts'

const BLOCKS = 60

describe('plimsoll backtest', function () {
  this.timeout(120_000)
  const place = new Place()
  let devnet: Devnet
  let from = 0n

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 50, seed: 4, rival: true })
    from = devnet.chain.head.number + 1n
    const story = devnet.story(BLOCKS)
    for (let step = await story.next(); step !== undefined; step = await story.next());
    const config = configOf(devnet)
    const { ethereum } = config['chains'] as { ethereum: Tree }
    place.configure({ ...config, chains: { ethereum: { ...ethereum, finality: 'tag' } } })
    const made = await place.plimsoll(['record', 'story.plimsoll', '--prices', '0', '--from', String(from)])
    expect(made.code, made.stderr).to.equal(0)
    // The same pages in many small frames: a long recording in miniature.
    const { meta, entries } = contentOf('story.plimsoll')
    const writer = RecordingWriter.create(place.path('frames.plimsoll'), meta)
    for (const [i, entry] of entries.entries()) {
      writer.append(entry)
      if (i % 5 === 4) writer.flush()
    }
    writer.finish()
    writer.close()
  })
  after(async () => {
    place.remove()
    await devnet?.close()
  })

  function contentOf(file: string) {
    const recording = openRecording(place.path(file))
    const entries = [...recording.entries()]
    recording.close()
    return { meta: recording.meta, entries }
  }

  const backtest = (...args: string[]): Promise<BacktestReport> => place.json<BacktestReport>('backtest', ...args)

  it('flags every liquidation of the rival', async () => {
    const report = await backtest('story.plimsoll')
    expect(report.liquidations).to.be.above(5)
    expect(report.missed).to.deep.equal([])
    expect(report.recall).to.equal(1)
    expect(report.blocks).to.equal(BLOCKS)
    expect(new Set(report.ours.map(({ quote }) => quote))).to.deep.equal(new Set(['assumed']))
  })

  it('interrupted after any frame, goes on to the same end', async () => {
    const file = place.path('frames.plimsoll')
    const options = { file, config: undefined, overrides: {}, saveEveryMs: 0 }
    const whole = await runBacktest({ ...options, signal: new AbortController().signal })
    for (const stopAt of [1, 4, 9]) {
      const resumeFile = place.path(`resume-${stopAt}`)
      const stop = new AbortController()
      let frames = 0
      const cut = runBacktest({
        ...options,
        resumeFile,
        signal: stop.signal,
        onProgress: () => {
          if (++frames === stopAt) stop.abort()
        },
      })
      await cut.then(
        () => expect.fail('it was not interrupted'),
        (error: unknown) => expect(stop.signal.aborted, String(error)).to.equal(true),
      )
      expect(existsSync(resumeFile)).to.equal(true)
      const firstPages: number[] = []
      const resumed: BacktestRun = await runBacktest({
        ...options,
        resumeFile,
        signal: new AbortController().signal,
        onProgress: ({ pages }) => firstPages.push(pages),
      })
      expect(resumed).to.deep.equal(whole)
      expect(firstPages[0]).to.be.above(stopAt * 3)
      expect(existsSync(resumeFile)).to.equal(false)
    }
  })

  it('does not go on with another question, or with a torn answer', async () => {
    const file = place.path('frames.plimsoll')
    const resumeFile = place.path('resume-other')
    const { signal } = new AbortController()
    const strict = { minProfitUsd8: 100n * 10n ** 8n }
    const stop = new AbortController()
    const question = { file, config: undefined, saveEveryMs: 0, resumeFile }
    await runBacktest({ ...question, overrides: {}, signal: stop.signal, onProgress: () => stop.abort() }).catch(
      () => {},
    )
    const whole = await runBacktest({ file, config: undefined, overrides: strict, signal })
    expect(await runBacktest({ ...question, overrides: strict, signal })).to.deep.equal(whole)
    writeFileSync(resumeFile, 'half a line')
    expect(await runBacktest({ ...question, overrides: strict, signal })).to.deep.equal(whole)
  })

  it('killed, leaves nothing behind that would bend the next run', async () => {
    const child = place.start(['backtest', 'story.plimsoll', '--json'])
    child.kill('SIGKILL')
    const report = await backtest('story.plimsoll')
    expect(await backtest('story.plimsoll')).to.deep.equal(report)
  })

  it('sweeps parameters in threads, in the order given', async () => {
    const made = await place.json<{ runs: { overrides: Record<string, string>; report: BacktestReport }[] }>(
      'backtest',
      'story.plimsoll',
      '--sweep',
      'minProfitUsd=0,50,5000',
    )
    expect(made.runs.map(({ overrides }) => overrides['minProfitUsd'])).to.deep.equal(['0', '50', '5000'])
    const plans = made.runs.map(({ report }) => report.ours.length)
    expect(plans).to.deep.equal(plans.toSorted((a, b) => b - a))
    expect(plans[0]).to.be.above(plans[2] ?? 0)
    const alone = await backtest('story.plimsoll', '--set', 'minProfitUsd=50')
    const { schemaVersion: _, ...second } = alone
    expect(made.runs[1]?.report).to.deep.include(second)
  })

  it('writes the report for machines, eyes and accountants, and compares two', async () => {
    await backtest('story.plimsoll', '--out', 'a')
    await backtest('story.plimsoll', '--out', 'b', '--set', 'minProfitUsd=5000')
    const report = JSON.parse(readFileSync(place.path('a/report.json'), 'utf8')) as BacktestReport
    const csv = readFileSync(place.path('a/ledger.csv'), 'utf8').trimEnd().split('\r\n')
    expect(csv).to.have.length(report.ours.length + 1)
    expect(readFileSync(place.path('a/report.html'), 'utf8')).not.to.match(/(src|href)="?http/)
    const compared = await place.plimsoll(['report', 'compare', 'a/report.json', 'b/report.json'])
    expect(compared.code, compared.stderr).to.equal(0)
    expect(compared.stdout).to.match(/minProfitUsd|least profit|5000|5,000/)
  })

  it('explains a block alike from the recording and from the node', async () => {
    const { ours } = await backtest('story.plimsoll')
    const block = ours.at(-1)?.block ?? '0'
    type Answer = { decisions: { borrower: string; healthFactor: string; debtBase: string; calls: unknown }[] }
    const facts = ({ decisions }: Answer) =>
      decisions
        .map(({ borrower, healthFactor, debtBase, calls }) => ({ borrower, healthFactor, debtBase, calls }))
        .sort((a, b) => (a.borrower < b.borrower ? -1 : 1))
    const recorded = await place.json<Answer>('replay', 'story.plimsoll', '--block', block)
    const asked = await place.json<Answer>('replay', '--block', block)
    expect(recorded.decisions.length).to.be.above(0)
    expect(facts(recorded)).to.deep.equal(facts(asked))
    const user = recorded.decisions[0]?.borrower ?? ''
    const one = await place.json<Answer & { accounts: { address: string }[] }>(
      'replay',
      'story.plimsoll',
      '--block',
      block,
      '--user',
      user,
    )
    expect(one.decisions.map(({ borrower }) => borrower)).to.deep.equal([user])
    expect(one.accounts.map(({ address }) => address)).to.deep.equal([user])
  })

  it('ends with 3 when a miss is to fail it: the recording begins after the borrower did', async () => {
    const { meta, entries } = contentOf('story.plimsoll')
    const writer = RecordingWriter.create(place.path('blind.plimsoll'), meta)
    for (const entry of entries)
      writer.append(
        entry.kind === 'state' ? { ...entry, state: { ...entry.state, cells: marketCells(entry.state.cells) } } : entry,
      )
    writer.finish()
    writer.close()
    const made = await place.plimsoll(['backtest', 'blind.plimsoll', '--json', '--fail-on-miss'])
    expect(made.code, made.stderr).to.equal(3)
    const { missed } = JSON.parse(made.stdout) as BacktestReport
    expect(missed.length).to.be.above(0)
    // Who borrowed again in between is known, with what that block said of it alone.
    const reasons = new Set(missed.map(({ reason }) => reason))
    expect(reasons.has('unknown-account')).to.equal(true)
    expect(['unknown-account', 'healthy-before']).to.include.members([...reasons])
  })

  it('refuses what is damaged or unfinished, with the page named', async () => {
    const bytes = readFileSync(place.path('frames.plimsoll'))
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] as number) ^ 1
    place.write('damaged.plimsoll', bytes)
    const made = await place.plimsoll(['backtest', 'damaged.plimsoll'])
    expect([made.code, complaintIn(made)]).to.deep.equal([1, 'RECORDING_DAMAGED'])
    expect(made.stderr).to.match(/after block \d+/)
    const { meta, entries } = contentOf('story.plimsoll')
    const writer = RecordingWriter.create(place.path('unfinished.plimsoll'), meta)
    for (const entry of entries.slice(0, 20)) writer.append(entry)
    writer.close()
    const cut = await place.plimsoll(['backtest', 'unfinished.plimsoll'])
    expect([cut.code, complaintIn(cut)]).to.deep.equal([1, 'RECORDING_UNFINISHED'])
  })

  for (const [args, code, exit] of [
    [['backtest', 'nowhere.plimsoll'], 'NO_RECORDING', 1],
    [['backtest', 'story.plimsoll', '--set', 'minProfit=5'], 'BAD_OPTION', 2],
    [['backtest', 'story.plimsoll', '--set', 'minProfitUsd=1,5'], 'BAD_OPTION', 2],
    [['backtest', 'story.plimsoll', '--sweep', 'minProfitUsd=1,5', '--out', 'swept'], 'BAD_OPTION', 2],
    [['backtest', 'story.plimsoll', '--sweep', 'minProfitUsd=1,5', '--fork'], 'BAD_OPTION', 2],
    [['replay', 'story.plimsoll', '--block', '1'], 'NO_PAGE', 2],
    [['replay', '--block', 'soon'], 'BAD_OPTION', 2],
    [['replay', 'story.plimsoll', '--block', '50', '--user', '0x12'], 'BAD_OPTION', 2],
  ] as const)
    it(`refuses ${args.join(' ')}`, async () => {
      const made = await place.plimsoll(args)
      expect([made.code, complaintIn(made)]).to.deep.equal([exit, code])
    })
})

/** What the state says of the market, and nothing of its accounts (`src/protocols/aave-v3/cells.ts`: from 8192 on). */
function* marketCells(cells: Iterable<readonly [number, bigint]>): Generator<readonly [number, bigint]> {
  for (const cell of cells) if (cell[0] < 8192) yield cell
}

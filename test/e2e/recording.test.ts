import { join } from 'node:path'
import { expect } from 'chai'
import { next, type StageChain } from '../../scripts/stage/chain.ts'
import { journalOf, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { Rpc } from '../../src/adapters/rpc/client.ts'
import { createBatch } from '../../src/adapters/rpc/multicall.ts'
import { everyAccount, isExact, verify } from '../../src/app/audit.ts'
import { bookOf, follow } from '../../src/app/record/recorded.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { RecordingEntry } from '../../src/core/recording.ts'
import type { Facts } from '../../src/core/types.ts'

const FINALITY = 6

describe('the daemon, recording', function () {
  this.timeout(240_000)
  let stage: Stage
  let chain: StageChain
  let daemon: Daemon
  let journal: readonly JournalEntry[]
  let head = 0

  before(async () => {
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 40, seed: 5, tickMs: 0, blocks: 170 }],
      mode: 'dry-run',
      finality: FINALITY,
      recording: true,
      say: () => {},
    })
    chain = stage.chains[0] as StageChain
    daemon = await stage.start()
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  const file = (): string => join(stage.folder, 'recordings', 'ethereum.plimsoll')

  async function advance(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      const block = await next(chain)
      if (block === undefined) return
      head = block
      await reached(daemon.url, chain, block)
    }
  }

  function entries(): RecordingEntry[] {
    const recording = openRecording(file())
    try {
      return [...recording.entries()]
    } finally {
      recording.close()
    }
  }
  const pagesOf = (found: readonly RecordingEntry[]): Facts[] =>
    found.flatMap((entry) => (entry.kind === 'page' ? [entry.facts] : []))

  it('appends what is final at every checkpoint, and at the end whatever else is final', async () => {
    await advance(85)
    const atCheckpoint = pagesOf(entries()).length
    expect(atCheckpoint).to.be.above(50)
    await daemon.process.kill('SIGKILL')
    daemon = await stage.start()
    await advance(85)
    journal = await journalOf(daemon.url)
    await daemon.process.kill()
    const pages = pagesOf(entries())
    expect(Number(pages.at(-1)?.block.number)).to.equal(head - FINALITY)
    expect(pages.length).to.be.above(150)
  })

  it('holds every block once, each the child of the one before', () => {
    const [first, ...rest] = entries()
    if (first?.kind !== 'state') throw new Error('a recording begins with a state')
    let { number, hash } = first.state.block
    for (const entry of rest) {
      if (entry.kind !== 'page') throw new Error(`${entry.kind} in a chain that was followed block by block`)
      expect(entry.facts.block.number).to.equal(number + 1n)
      expect(entry.facts.block.parentHash).to.equal(hash)
      ;({ number, hash } = entry.facts.block)
    }
  })

  it('holds the answers that every plan rested on', () => {
    const pages = new Map(pagesOf(entries()).map((facts) => [facts.block.number, facts]))
    const plans = journal.filter(({ kind, block }) => kind === 'plan' && pages.has(BigInt(block)))
    expect(plans.length).to.be.above(2)
    const quoter = chain.addresses['quoter']?.toLowerCase()
    for (const { block } of plans)
      expect(
        pages.get(BigInt(block))?.reads.some(({ to }) => to.toLowerCase() === quoter),
        `quotes in block ${block}`,
      ).to.equal(true)
  })

  it('leads a book to what the chain itself answers, whatever else was asked in its pages', async () => {
    const recording = openRecording(file())
    const books = new Map(recording.meta.markets.map((market) => [market.name, bookOf(market)]))
    const plain = new Map(recording.meta.markets.map((market) => [market.name, bookOf(market)]))
    const strangers = new Set(
      [chain.addresses['quoter'], chain.addresses['uniswapFactory']].map((a) => a?.toLowerCase()),
    )
    for (const entry of entries()) {
      follow(books, entry)
      const reads = (facts: Facts) => facts.reads.filter(({ to }) => !strangers.has(to.toLowerCase()))
      follow(plain, entry.kind === 'page' ? { ...entry, facts: { ...entry.facts, reads: reads(entry.facts) } } : entry)
    }
    recording.close()
    const rpc = new Rpc({ chain: 'ethereum', chainId: chain.chainId, urls: [chain.http], onProblem: () => {} })
    const batch = await createBatch(rpc, chain.addresses['multicall3'] ?? '0x')
    for (const [name, book] of books) {
      const verification = await verify(book, batch, everyAccount(book))
      expect(verification.checked).to.be.above(30)
      expect(
        isExact(verification),
        JSON.stringify(verification, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
      ).to.equal(true)
      if (book.head === undefined) throw new Error('an empty book')
      const cells = (of: typeof book) => new Map(of.checkpoint(book.head!).cells)
      expect(cells(plain.get(name) as typeof book)).to.deep.equal(cells(book))
    }
  })

  it('passes its own check', async () => {
    const { code, output } = await stage.command('record', file(), '--check')
    expect(code, output.join('\n')).to.equal(0)
  })
})

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Address } from 'viem'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { directDesk } from '../../../src/app/risk/answer.ts'
import { historyOf } from '../../../src/app/risk/chronicle.ts'
import { RiskThread, type RiskThreadOptions } from '../../../src/app/risk/thread.ts'
import { keptHistory, worldsOf } from '../../../src/app/risk/worlds.ts'
import { PlimsollError, UsageError } from '../../../src/core/errors.ts'
import type { Cell } from '../../../src/core/ledger.ts'
import type { Store } from '../../../src/core/ports.ts'
import type { RiskOverview } from '../../../src/core/risk/answers.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import type { Facts } from '../../../src/core/types.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { TEST_ANSWERS } from './thread/answers.ts'
import { type CountedHour, countedIn } from './thread/counting.ts'
import { begin, beginPools, elsewhere, liveThrough, type Source, truth } from './thread/source.ts'

const WORKER = new URL('./thread/counting-worker.ts', import.meta.url)
/** Five blocks of the devnet. */
const BIN_S = 60

describe('the risk thread', function () {
  this.timeout(120_000)
  let source: Source
  let folder: string
  let store: Store
  let thread: RiskThread
  let problems: string[]

  before(async () => {
    source = await liveThrough()
  })

  beforeEach(() => {
    folder = temporaryFolder('risk')
    store = openStore(join(folder, 'plimsoll.db'))
    problems = []
    thread = create()
  })
  afterEach(async () => {
    await thread.close()
    store.close()
  })

  function create(over: Partial<RiskThreadOptions> = {}): RiskThread {
    return new RiskThread({
      worker: WORKER,
      settings: {
        storePath: join(folder, 'plimsoll.db'),
        binS: BIN_S,
        chains: [{ id: source.chainId, gmx: undefined, wrappedNative: undefined, markets: [source.market] }],
      },
      store,
      keepDays: 400,
      read: async (_, calls) => calls.map((call) => ({ ...call, result: '0xabcd' })),
      onProblem: (problem) => void problems.push(problem),
      nowMs: () => 0,
      pauseMs: () => 0,
      ...over,
    })
  }

  /** As the loop does: a page on the disk, then the hint. */
  function write(pages: readonly Facts[]): void {
    for (const facts of pages) {
      store.savePage(source.chainId, facts)
      thread.pages(source.chainId)
    }
  }

  const market = (): string => source.market.name
  const history = (): string => historyOf(source.market, BIN_S)
  const look = () => thread.ask('plan', { market: market(), address: '0x' })
  const digest = async (): Promise<string | null> => (await look()).healthFactor
  const counted = (): readonly bigint[] => countedIn(store.openBin(history()))
  const numbers = (pages: readonly Facts[]): bigint[] => pages.map(({ block }) => block.number)

  async function refusal(asked: Promise<unknown>): Promise<PlimsollError> {
    try {
      await asked
    } catch (error) {
      if (error instanceof PlimsollError) return error
      throw error
    }
    throw new Error('it was answered')
  }

  /** What the thread has counted is on the disk. */
  async function settled(): Promise<void> {
    await overviewed()
    // What is answered after it: nothing of the look is still on its way.
    await look()
    thread.pages(source.chainId)
  }

  /** One overview, asked for and heard. */
  function overviewed(): Promise<RiskOverview> {
    return new Promise((resolve) => {
      const deaf = thread.onOverview((_, overview) => {
        deaf()
        resolve(overview)
      })
      thread.look()
    })
  }

  describe('follows what the loop writes down', () => {
    it('page by page, pools with it, and says what books without any store say', async () => {
      begin(store, source)
      thread.start()
      expect(await digest()).to.equal(truth(source, []).digest)
      for (const [i, facts] of source.pages.entries()) {
        write([facts])
        if (facts.block.number === source.pools.since.number) beginPools(store, source)
        const withPools = facts.block.number >= source.pools.since.number
        expect(await digest(), `block ${facts.block.number}`).to.equal(
          truth(source, source.pages.slice(0, i + 1), withPools).digest,
        )
      }
      expect(problems).to.deep.equal([])
    })

    it('from wherever it stands when it starts', async () => {
      begin(store, source)
      write(source.pages.slice(0, 9))
      beginPools(store, source)
      thread.start()
      expect(await digest()).to.equal(truth(source, source.pages.slice(0, 9), true).digest)
    })

    it('through a checkpoint below it, and one that has overtaken it', async () => {
      begin(store, source)
      thread.start()
      write(source.pages.slice(0, 4))
      await look()
      for (const [upTo, written] of [
        [2, 5],
        [10, 12],
      ] as const) {
        // Without a hint: the thread stands where it was.
        for (const facts of source.pages.slice(written - 1, written)) store.savePage(source.chainId, facts)
        for (const facts of source.pages.slice(5, written)) store.savePage(source.chainId, facts)
        const at = source.pages[upTo - 1]!.block
        const { book } = truth(source, source.pages.slice(0, upTo))
        store.saveCheckpoints(source.chainId, at, new Map([[source.name, book.checkpoint(at)]]))
        expect(await digest(), `checkpoint ${upTo}`).to.equal(truth(source, source.pages.slice(0, written)).digest)
      }
      expect(problems).to.deep.equal([])
    })

    it('back when pages are taken back, and onto another branch', async () => {
      begin(store, source)
      thread.start()
      write(source.pages.slice(0, 8))
      beginPools(store, source)
      await settled()
      expect(counted()).to.deep.equal(numbers(source.pages.slice(0, 8)))
      store.dropPagesAbove(source.chainId, source.pages[3]!.block.number)
      const common = source.pages.slice(0, 4)
      expect(await digest()).to.equal(
        truth(source, common, source.pools.since.number <= common[3]!.block.number).digest,
      )
      const branch = source.pages.slice(4, 11).map(elsewhere)
      write(branch)
      const { book } = truth(source, [...common, ...branch])
      expect((await look()).block.number).to.equal(String(book.head?.number))
      await settled()
      expect(counted()).to.deep.equal(numbers([...common, ...branch]))
      expect(problems).to.deep.equal([])
    })

    it('anew when the loop has read its markets anew, though every block is known', async () => {
      begin(store, source)
      thread.start()
      write(source.pages.slice(0, 9))
      await settled()
      // What was applied was wrong: the market read anew says otherwise.
      const at = source.pages[5]!.block
      const { book } = truth(source, source.pages.slice(0, 6))
      const { accounts, cells } = book.checkpoint(at)
      const isBalance = ([, value]: readonly [Cell, bigint]): boolean => value > 10n ** 15n
      const last = [...cells].findLast(isBalance)?.[0]
      const corrected = {
        block: at,
        accounts,
        cells: [...cells].map(([cell, value]) => [cell, cell === last ? value / 2n : value] as const),
      }
      store.forget(source.chainId)
      store.saveCheckpoints(source.chainId, at, new Map([[source.name, corrected]]))
      for (const facts of source.pages.slice(6, 9)) store.savePage(source.chainId, facts)
      thread.pages(source.chainId, { anew: true })
      const right = truth({ ...source, base: corrected }, source.pages.slice(6, 9))
      expect(right.digest).not.to.equal(truth(source, source.pages.slice(0, 9)).digest)
      expect(await digest()).to.equal(right.digest)
      await settled()
      expect(counted(), 'each page once').to.deep.equal(numbers(source.pages.slice(0, 9)))
    })

    it('not before the store knows the market: then it says so', async () => {
      thread.start()
      const early = await refusal(look())
      expect([early.code, early.exitCode]).to.deep.equal(['RISK_NOT_READY', 75])
      begin(store, source)
      thread.pages(source.chainId)
      expect(await digest()).to.equal(truth(source, []).digest)
      store.forget(source.chainId)
      expect((await refusal(look())).code).to.equal('RISK_NOT_READY')
    })
  })

  describe('answers', () => {
    beforeEach(() => {
      begin(store, source)
      thread.start()
      write(source.pages.slice(0, 7))
    })

    it('as a command does that asks the same books itself', async () => {
      await settled()
      const { book } = truth(source, source.pages.slice(0, 7))
      const kept = keptHistory(store, source.market, BIN_S)
      const fixed = { exchange: undefined, codes: new Codes(), binS: BIN_S, distrusted: false }
      const world = { chainId: source.chainId, book, ...fixed, ...kept }
      const direct = directDesk(
        worldsOf([source.market], () => world),
        TEST_ANSWERS,
      )
      const about = { market: market(), address: '0xabc' }
      expect(await thread.ask('plan', about)).to.deep.equal(await direct.ask('plan', about))
      expect((await thread.ask('plan', about)).contributions, 'with hours').not.to.have.length(0)
      for (const desk of [thread, direct])
        expect(await refusal(desk.ask('plan', { ...about, market: 'nobody' }))).to.deep.include({
          code: 'UNKNOWN_MARKET',
          exitCode: 2,
        })
    })

    it('refusals as what they are', async () => {
      const refused = await refusal(thread.ask('compare', { market: market(), shocks: [] }))
      expect(refused).to.be.instanceOf(UsageError)
      expect(refused).to.deep.include({
        code: 'UNKNOWN_GROUP',
        what: `group of ${market()}`,
        why: 'planted',
        fix: 'Choose another.',
      })
      expect(problems).to.deep.equal([])
    })

    it('a bug in one question with its name, and the next question as ever', async () => {
      const refused = await refusal(thread.ask('cascade', { market: market(), shocks: [], kappa: 0, top: 0 }))
      expect([refused.code, refused.exitCode]).to.deep.equal(['RISK_FAILED', 1])
      expect(refused.why).to.include('a bug in one question')
      expect(await digest()).to.equal(truth(source, source.pages.slice(0, 7)).digest)
      expect(problems.join()).to.include('question cascade: TypeError: planted')
      expect(thread.restarts).to.equal(0)
    })

    it('that take for ever hold up neither pages nor whoever asked', async () => {
      const gate = join(folder, 'gate')
      let isAnswered = false
      const slow = thread.ask('grid', { market: market(), group: gate }).then((answer) => {
        isAnswered = true
        return answer
      })
      for (const facts of source.pages.slice(7)) {
        write([facts])
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(store.pages(source.chainId), 'every page is taken in').to.have.length(source.pages.length)
      expect(isAnswered).to.equal(false)
      writeFileSync(gate, '')
      await slow
      expect(await digest(), 'and what was missed is read').to.equal(truth(source, source.pages).digest)
    })

    it('too late are answers that nobody waits for', async () => {
      await thread.close()
      thread = create({ answerMs: 1 })
      thread.start()
      const gate = join(folder, 'gate')
      const late = await refusal(thread.ask('grid', { market: market(), group: gate }))
      expect([late.code, late.exitCode]).to.deep.equal(['RISK_BUSY', 75])
      writeFileSync(gate, '')
    })

    it('no more than so many questions at once', async () => {
      const gate = join(folder, 'gate')
      const asked = Array.from({ length: 65 }, () => thread.ask('grid', { market: market(), group: gate }))
      const last = await refusal(asked[64]!)
      expect([last.code, last.why]).to.deep.equal(['RISK_BUSY', '64 others wait for an answer'])
      writeFileSync(gate, '')
      expect(await Promise.all(asked.slice(0, 64))).to.have.length(64)
    })
  })

  describe('shows the state at every look', () => {
    it('to whoever listens, despite one who fails', async () => {
      begin(store, source)
      thread.start()
      thread.onOverview(() => {
        throw new Error('planted: a reader')
      })
      const overview = await overviewed()
      expect(overview.accounts).to.equal(truth(source, []).book.ledger.size)
      expect(problems.join()).to.include('planted: a reader')
    })

    it('one look at a time; one that never ends ends the thread', async () => {
      let nowMs = 0
      await thread.close()
      thread = create({ nowMs: () => nowMs })
      begin(store, source)
      thread.start()
      const gate = join(folder, 'gate')
      const stuck = refusal(thread.ask('grid', { market: market(), group: gate }))
      thread.look()
      nowMs = 600_000
      thread.look()
      expect(problems).to.deep.equal([])
      nowMs = 600_001
      thread.look()
      expect((await stuck).code).to.equal('RISK_THREAD_ENDED')
      expect(problems.join()).to.include('has not answered for 10 minutes')
      writeFileSync(gate, '')
      await restarted(1)
      expect(await digest()).to.equal(truth(source, []).digest)
    })
  })

  /** Until the thread was started again so often; it says so itself. */
  async function restarted(times: number): Promise<void> {
    while (thread.restarts < times) await new Promise((resolve) => setImmediate(resolve))
  }

  describe('that dies', () => {
    it('is told, started again, and goes on without counting a page twice', async () => {
      begin(store, source)
      thread.start()
      write(source.pages.slice(0, 7))
      await settled()
      for (const [life, upTo] of [
        [1, 9],
        [2, 12],
      ] as const) {
        await thread.ask('wave', { market: market() })
        const lost = await refusal(look())
        expect([lost.code, lost.exitCode]).to.deep.equal(['RISK_THREAD_ENDED', 75])
        write(source.pages.slice(0, upTo).slice(-2))
        await restarted(life)
        write(source.pages.slice(0, upTo).slice(-1))
        expect(problems).to.have.length(life)
        expect(problems[life - 1]).to.include('planted: the thread dies')
        const missing = source.pages.slice(7, upTo)
        for (const facts of missing) store.savePage(source.chainId, facts)
        expect(await digest()).to.equal(truth(source, source.pages.slice(0, upTo)).digest)
        await settled()
        expect(counted()).to.deep.equal(numbers(source.pages.slice(0, upTo)))
      }
    })

    it('is looked at again, though a look came while it was dead', async () => {
      begin(store, source)
      thread.start()
      await thread.ask('wave', { market: market() })
      await refusal(look())
      thread.look()
      await restarted(1)
      let heard = 0
      thread.onOverview(() => void heard++)
      thread.look()
      await look()
      expect(heard).to.equal(1)
    })

    it('before it has begun, is started again and again, ever later', async () => {
      const pauses: number[] = []
      const twice = Promise.withResolvers<void>()
      thread = create({
        worker: new URL('./thread/no-such-worker.ts', import.meta.url),
        pauseMs: (failures) => {
          pauses.push(failures)
          if (failures === 2) twice.resolve()
          return 0
        },
      })
      thread.start()
      await twice.promise
      expect(pauses.slice(0, 3)).to.deep.equal([0, 1, 2])
      expect((await refusal(look())).code).to.equal('RISK_THREAD_ENDED')
    })

    it('leaves nothing behind when the daemon stops, and refuses what is asked then', async () => {
      begin(store, source)
      thread.start()
      write(source.pages.slice(0, 5))
      await look()
      await thread.close()
      expect(counted(), 'handed over at the end').to.deep.equal(numbers(source.pages.slice(0, 5)))
      expect((await refusal(look())).code).to.equal('RISK_THREAD_ENDED')
      expect([thread.restarts, problems]).to.deep.equal([0, []])
    })
  })

  describe('history', () => {
    const rows = (): readonly CountedHour[] => store.hours(history(), '').map(({ body }) => JSON.parse(body))

    it('is written bin by bin, with what a node was asked once a bin at its block, and says up to where', async () => {
      const asked: string[] = []
      thread = create({
        read: async (chainId, calls, blockHash) => {
          if (calls.some(({ data }) => data !== '0x')) asked.push(`${chainId} ${blockHash}`)
          return calls.map((call) => ({ ...call, result: '0xabcd' }))
        },
      })
      begin(store, source)
      expect(thread.countedUpTo(source.chainId), 'held before it has begun').to.equal(-1n)
      thread.start()
      for (const facts of source.pages) {
        write([facts])
        await look()
      }
      await settled()
      await settled()
      const bins = new Map<number, Facts[]>()
      for (const facts of source.pages) {
        const bin = Math.floor(Number(facts.block.timestamp) / BIN_S)
        bins.set(bin, [...(bins.get(bin) ?? []), facts])
      }
      const finished = [...bins.values()].slice(0, -1)
      expect(finished).not.to.have.length(0)
      expect(rows()).to.deep.equal(
        finished.map((pages) => ({
          pages: pages.length,
          logs: pages.reduce((sum, { logs }) => sum + logs.length, 0),
          pools: 0,
          answered: '0xabcd'.length,
        })),
      )
      expect(asked).to.deep.equal([...bins.values()].map(([first]) => `${source.chainId} ${first?.block.hash}`))
      expect(thread.countedUpTo(source.chainId)).to.equal(source.pages.at(-1)?.block.number)
    })

    it('asks a node once, at a look, which borrowers are contracts', async () => {
      const codes: Address[] = []
      let isDown = true
      thread = create({
        read: async (_, calls) => {
          const asked = calls.filter(({ data }) => data === '0x').map(({ to }) => to)
          if (asked.length > 0 && isDown) throw new Error('planted: no node')
          codes.push(...asked)
          return calls.map((call) => ({ ...call, result: BigInt(call.to) % 2n === 0n ? '0x01' : '0x00' }))
        },
      })
      const kinds = async () => {
        const { cohorts } = await thread.ask('cohorts', { market: market() })
        return cohorts[0] ?? expect.fail()
      }
      begin(store, source)
      write(source.pages.slice(0, 3))
      thread.start()
      await settled()
      expect(await kinds(), 'not told yet').to.include({ contracts: 0, debtUsd: 0 })
      isDown = false
      for (let i = 0; i < 3; i++) await settled()
      const { accounts, contracts, debtUsd } = await kinds()
      expect([codes.length, new Set(codes).size, debtUsd]).to.deep.equal([accounts, accounts, accounts])
      expect(accounts).to.be.above(3)
      expect(contracts).to.equal(codes.filter((to) => BigInt(to) % 2n === 0n).length)
    })

    it('goes without what a node does not answer', async () => {
      thread = create({
        read: async () => {
          throw new Error('planted: no node')
        },
      })
      begin(store, source)
      thread.start()
      for (const facts of source.pages) {
        write([facts])
        await look()
      }
      await settled()
      expect(rows().map(({ answered }) => answered)).to.deep.equal(rows().map(() => null))
      expect(problems.join()).to.include('planted: no node')
    })

    it('is dropped when it is older than it is kept', async () => {
      thread = create({ keepDays: 1 })
      begin(store, source)
      const first = Math.floor(Number(source.pages[0]!.block.timestamp) / BIN_S)
      const day = 86_400 / BIN_S
      const old = [first - day - 1, first - day].map((hour) => ({ market: history(), root: '', hour, body: '{}' }))
      store.saveHours(old, [])
      thread.start()
      write(source.pages)
      await look()
      await settled()
      expect(store.hours(history(), '').map(({ hour }) => hour)).not.to.include(first - day - 1)
    })
  })
})

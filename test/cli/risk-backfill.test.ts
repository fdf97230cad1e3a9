import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { historyOf } from '../../src/app/risk/chronicle.ts'
import type { HourRow } from '../../src/core/risk/hour-row.ts'
import { BIN_S, bodyOf, Recorded, shortSighted, stretched } from '../app/risk/backfill/recordings.ts'
import { told } from '../protocols/aave-v3/told.ts'
import { complaintIn, configOf, type Ended, edited, ended, MARKET, Place, type Tree } from './support.ts'

const BLOCKS = 90

interface Told {
  readonly complete: boolean
  readonly pages: number
  readonly lacks: readonly string[]
  readonly markets: readonly {
    readonly market: string
    readonly chainId: number
    readonly fromBlock: string
    readonly toBlock: string
    readonly from: number
    readonly to: number
    readonly bins: Record<'written' | 'kept' | 'tooOld' | 'partial' | 'missing', number>
  }[]
}

describe('plimsoll risk backfill', function () {
  this.timeout(120_000)
  const first = new Place()
  let place: Place
  let recorded: Recorded
  let config: Tree
  let live: readonly HourRow[]
  let story: string
  let long: string
  /** Bins whose last block is a page of the node's recording. */
  let endsInPage: ReadonlySet<number>

  before(async () => {
    const played = await told({
      ...{ accounts: 60, seed: 7, rival: true },
      play: async (devnet, keepUp) => {
        const blocks = devnet.story(BLOCKS)
        for (let step = await blocks.next(); step !== undefined; step = await blocks.next()) await keepUp()
        await devnet.control.mine(BIN_S / 12 + 1)
      },
    })
    recorded = new Recorded(played, first.folder)
    live = recorded.live()
    config = edited({ ...configOf(played.devnet), risk: { binS: BIN_S } }, 'chains.ethereum.finality', 'tag')
    first.configure(config)
    story = first.path('story.plimsoll')
    const made = await first.plimsoll(['record', story, '--prices', '0', '--from', String(played.from)])
    expect(made.code, made.stderr).to.equal(0)
    const recording = openRecording(story)
    const { addressesProvider } = recorded.market
    const named = { name: 'as recorded', protocol: 'aave-v3', addressesProvider, rules: 'auto', priceReadsS: 0 }
    const entries = [...recording.entries()].map((entry) =>
      entry.kind === 'state' ? { ...entry, market: named.name } : entry,
    )
    recording.close()
    const there = new Set(entries.map((entry) => (entry.kind === 'page' ? entry.facts.block.number : undefined)))
    const lastOf = new Map(
      recorded.pages.map(({ block }) => [Math.floor(Number(block.timestamp) / BIN_S), block.number]),
    )
    endsInPage = new Set([...lastOf].filter(([, number]) => there.has(number)).map(([hour]) => hour))
    long = recorded.write('long.plimsoll', stretched(entries, 60))
  })
  after(async () => {
    first.remove()
    await recorded?.told.close()
  })

  beforeEach(() => {
    place = new Place()
    place.configure(config)
  })
  afterEach(() => place.remove())

  const history = (): string => historyOf({ ...recorded.market, name: MARKET }, BIN_S)
  const backfill = (...paths: string[]) => place.json<Told>('risk', 'backfill', ...paths)

  function rowsOf(path = place.store): readonly HourRow[] {
    const store = openStore(path, { readonly: true })
    try {
      return recorded
        .rows({ hours: (_, root) => store.hours(history(), root) })
        .map((row) => ({ ...row, market: recorded.history }))
    } finally {
      store.close()
    }
  }

  /** As soon as the process has written its first bins. */
  async function written(child: ChildProcess): Promise<void> {
    while (!existsSync(place.store) || countOf(place.store) === 0) {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  it('tells what happened on the chain, from a recording of a node', async () => {
    const { markets, complete, pages, lacks } = await backfill(story)
    const rows = rowsOf()
    const seen = (of: readonly HourRow[], closed: boolean): readonly object[] => {
      const told = shortSighted(of.filter(({ hour }) => hour <= (rows.at(-1)?.hour ?? 0)))
      // Blocks that are left out count with the bin before them; nobody looks at accounts in them.
      const counted = told.map((row) => ({ ...row, blocks: 0 }))
      return counted.filter(({ hour }) => endsInPage.has(hour) === closed)
    }
    expect(seen(rows, true).length).to.be.above(80)
    expect(seen(rows, true)).to.deep.equal(seen(live, true))
    // Where the last block of a bin is left out, interest is as of the page before it: what happened is the same.
    expect(seen(rows, false).map(deedsOf)).to.deep.equal(seen(live, false).map(deedsOf))
    const own = rows.filter(({ root }) => root === '').map(bodyOf)
    expect(own.reduce((sum, { liquidations }) => sum + liquidations, 0)).to.be.above(10)
    expect([complete, lacks]).to.deep.equal([true, ['depth', 'utilisation', 'supply', 'funding', 'coverage']])
    expect(pages).to.be.above(60)
    expect(markets).to.have.length(1)
    const [market] = markets
    expect(market).to.include({ market: MARKET, chainId: 1 })
    expect(market?.from).to.equal((rows[0]?.hour ?? 0) * BIN_S)
    expect(market?.to).to.equal(((rows.at(-1)?.hour ?? 0) + 1) * BIN_S)
    expect(market?.bins).to.deep.equal({ written: own.length, kept: 0, tooOld: 0, partial: 1, missing: 0 })
  })

  it('says it as a table, and what is not in it; a second time it writes nothing', async () => {
    const { code, stdout, stderr } = await place.plimsoll(['risk', 'backfill', story])
    expect([code, stderr]).to.deep.equal([0, ''])
    const bins = new Set(rowsOf().map(({ hour }) => hour)).size
    const [head, row, ...rest] = stdout.split('\n')
    expect(head?.trim().split(/\s{2,}/)).to.deep.equal([
      'market',
      'from, UTC',
      'to',
      'written',
      'kept',
      'partial',
      'missing',
    ])
    expect(row?.trim().split(/\s+/)).to.include.members([MARKET, String(bins), '0', '1'])
    expect(rest.join(' ')).to.include('depth of pools')
    const before = rowsOf()
    expect((await backfill(story)).markets[0]?.bins).to.deep.equal({
      ...{ written: 0, kept: bins },
      tooOld: 0,
      partial: 1,
      missing: 0,
    })
    expect(rowsOf()).to.deep.equal(before)
  })

  it('is what wave and phase answer from', async () => {
    const phase = async () => place.json<{ hours: number; lacks: string[] }>('risk', 'phase', '--group', 'WETH')
    expect((await phase()).hours).to.equal(0)
    await backfill(story)
    const weth = recorded.told.devnet.market.reserves.WETH.source.toLowerCase()
    const whole = rowsOf().filter((row) => row.root === '' && !bodyOf(row).partial)
    expect((await phase()).hours).to.equal(whole.length)
    expect(rowsOf().filter(({ root }) => root === weth).length).to.be.at.least(whole.length)
    const chains = await place.json<{ markets: { market: string; netBorrowUsd: { value: number | null } }[] }>(
      'risk',
      'chains',
    )
    expect(JSON.stringify(chains)).to.include(MARKET)
    const { stdout } = await place.plimsoll(['risk', 'wave', '--group', 'WETH'])
    expect(stdout).to.include('WETH')
  })

  it('killed half-way, comes to the same when it is run again', async () => {
    const straight = new Place()
    straight.configure(config)
    await straight.json('risk', 'backfill', long)
    const child = place.start(['risk', 'backfill', long, '--json'])
    const end = ended(child)
    await written(child)
    child.kill('SIGKILL')
    expect((await end).stdout).to.equal('')
    const half = new Set(rowsOf().map(({ hour }) => hour)).size
    const all = rowsOf(straight.store)
    expect(half).to.be.within(1, new Set(all.map(({ hour }) => hour)).size - 1)
    const { bins } = (await backfill(long)).markets[0] ?? expect.fail()
    expect(bins.kept).to.equal(half)
    expect(rowsOf()).to.deep.equal(all)
    straight.remove()
  })

  it('asked to stop, says what is kept and how to go on', async () => {
    const child = place.start(['risk', 'backfill', long, '--json'])
    const end = ended(child)
    await written(child)
    child.kill('SIGINT')
    const { code, stdout, stderr } = await end
    expect(code, stderr).to.equal(0)
    expect(stderr).to.include('same command again')
    const { complete, markets } = JSON.parse(stdout) as Told
    expect(complete).to.equal(false)
    const half = new Set(rowsOf().map(({ hour }) => hour)).size
    expect(markets[0]?.bins.written).to.equal(half)
    const done = await backfill(long)
    expect([done.complete, done.markets[0]?.bins.kept]).to.deep.equal([true, half])
  })

  it('ends with 75 beside a daemon, and says to stop it', async () => {
    const owner = openStore(place.store)
    const end = await place.plimsoll(['risk', 'backfill', story, '--json'])
    owner.close()
    refuses(end, [75, 'STORE_LOCKED', 'Stop plimsoll run'])
    expect(rowsOf()).to.deep.equal([])
  })

  it('refuses what is no recording, and one of a market that is not there, before it opens a store', async () => {
    place.write('diary', 'Dear diary, today nobody was liquidated.')
    refuses(await place.plimsoll(['risk', 'backfill', story, 'diary']), [1, 'NO_RECORDING', 'diary'])
    refuses(await place.plimsoll(['risk', 'backfill', 'nowhere']), [1, 'NO_RECORDING', 'nowhere'])
    const other = `0x${'57'.repeat(20)}`
    const [market] = config['markets'] as Tree[]
    place.configure({ ...config, markets: [{ ...market, addressesProvider: other }] })
    refuses(await place.plimsoll(['risk', 'backfill', story]), [2, 'UNKNOWN_MARKET', other])
    expect(place.bytes()).to.equal(undefined)
  })

  it('asks for a file', async () => {
    const { code, stderr } = await place.plimsoll(['risk', 'backfill'])
    expect(code).to.equal(2)
    expect(stderr).to.include("missing required argument 'file'")
  })

  function refuses(end: Ended, [code, complaint, says]: readonly [number, string, string]): void {
    expect([end.code, end.stdout], end.stderr).to.deep.equal([code, ''])
    expect(complaintIn(end)).to.equal(complaint)
    expect(end.stderr).to.include(says)
  }
})

/** What happened in a bin, without how the market stood at its end. */
function deedsOf(row: object): object {
  const at = ['debtUsd', 'state', 'cohorts', 'ratios', 'ladder5Usd', 'ladder10Usd']
  return Object.fromEntries(Object.entries(row).filter(([name]) => !at.includes(name)))
}

/** Rows in a store that somebody else may just be making. */
function countOf(path: string): number {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare<[], number>('SELECT count(*) FROM hour').pluck().get() ?? 0
  } catch {
    return 0
  } finally {
    db.close()
  }
}

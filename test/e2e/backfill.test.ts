import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect } from 'chai'
import { next, type StageChain } from '../../scripts/stage/chain.ts'
import { reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { readSettings } from '../../src/app/cli/session.ts'
import { historyOf } from '../../src/app/risk/chronicle.ts'
import type { HourRow } from '../../src/core/risk/hour-row.ts'
import { marketHoursFrom } from '../../src/core/risk/hours-from.ts'

const FINALITY = 6
const BIN_S = 60
const BLOCKS = 110

describe('the history that a daemon wrote, and the one its recording gives', function () {
  this.timeout(240_000)
  let stage: Stage
  let chain: StageChain
  let daemon: Daemon

  before(async () => {
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 40, seed: 5, tickMs: 0, blocks: BLOCKS }],
      mode: 'watch',
      finality: FINALITY,
      recording: true,
      risk: { binS: BIN_S, everyS: 1 },
      say: () => {},
    })
    chain = stage.chains[0] as StageChain
    daemon = await stage.start()
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  const path = (name: string): string => join(stage.folder, name)
  const recording = (): string => path('recordings/ethereum.plimsoll')

  async function advance(steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      const block = await next(chain)
      if (block === undefined) return
      await reached(daemon.url, chain, block)
    }
  }

  /** Other blocks in the place of the last ones, with the same transactions. */
  async function takeBack(blocks: number): Promise<void> {
    const done = chain.process.line((line) => (line.includes('"reorg"') ? line : undefined))
    chain.process.write(`reorg ${blocks}\n`)
    await done
  }

  /** Every row of a store, by bin and root, without what no recording tells. */
  function rowsOf(name: string): ReadonlyMap<string, object> {
    const db = new Database(path(name), { readonly: true })
    try {
      const rows = db.prepare<[], HourRow>('SELECT * FROM hour').all()
      return new Map(
        rows.map(({ market, root, hour, body }) => {
          const { extras: _, depthUsd: __, ...seen } = JSON.parse(body)
          return [`${hour} ${market} ${root}`, seen]
        }),
      )
    } finally {
      db.close()
    }
  }

  it('has no place beside a daemon that runs', async () => {
    await advance(50)
    const { code, output } = await stage.command('risk', 'backfill', recording())
    expect(code, output.join('\n')).to.equal(75)
    expect(output.join('\n')).to.include('STORE_LOCKED').and.to.include('Stop plimsoll run')
  })

  it('is the same, field by field, but for depth and what a node was asked; the daemon killed three times, blocks taken back', async () => {
    for (let life = 0; life < 3; life++) {
      await daemon.process.kill('SIGKILL')
      daemon = await stage.start()
      await advance(13)
      await takeBack(2 + life)
    }
    await advance(BLOCKS)
    await daemon.process.kill()
    const yaml = readFileSync(path('plimsoll.yaml'), 'utf8')
    writeFileSync(path('other.yaml'), yaml.replace('./plimsoll.db', './other.db'))
    const { code, output } = await stage.command('-c', 'other.yaml', 'risk', 'backfill', recording())
    expect(code, output.join('\n')).to.equal(0)
    const [live, filled] = [rowsOf('plimsoll.db'), rowsOf('other.db')]
    // The recording ends with what is final.
    const last = Math.max(...[...filled.keys()].map(Number.parseFloat))
    const both = [...live].filter(([key]) => Number.parseFloat(key) <= last)
    expect(both.length).to.be.above(100)
    expect(Object.fromEntries(filled)).to.deep.equal(Object.fromEntries(both))
  })

  it('keeps every bin of the daemon, whatever its recording says', async () => {
    const before = readHours()
    const { code, output } = await stage.command('risk', 'backfill', recording(), '--json')
    expect(code, output.join('\n')).to.equal(0)
    const { markets } = JSON.parse(output.join('\n'))
    expect(markets[0].bins.written).to.equal(0)
    expect(markets[0].bins.kept).to.be.above(10)
    expect(readHours()).to.deep.equal(before)
    expect(before.some(({ extras }) => extras !== null)).to.equal(true)
  })

  function readHours() {
    const { config } = readSettings(path('plimsoll.yaml'))
    const store = openStore(path('plimsoll.db'), { readonly: true })
    try {
      return config.markets.flatMap((market) => marketHoursFrom(store.hours(historyOf(market, BIN_S), '')))
    } finally {
      store.close()
    }
  }
})

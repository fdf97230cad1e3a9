import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import { run } from '../../scripts/evidence/race.ts'
import { root } from '../../scripts/generated.ts'
import { figures } from '../../scripts/race/figures.ts'
import { USAGE } from '../../scripts/race/fit.ts'
import { condense, FIXTURE, type Lateness, type Month, readLateness } from '../../scripts/race/lateness.ts'
import { fit } from '../../scripts/race/model.ts'
import { RACE_ARBITRUM_2023 } from '../../src/core/race-table.ts'
import { temporaryFolder } from '../support/temporary.ts'

const AAVE_V3 = '0x794a61358D6845594F94dc1DB02A252b5b4814aD'
const APRIL = 1_680_350_400 // 2023-04-01 12:00 UTC

interface Liquidation {
  readonly timestamp?: number
  readonly pool?: string
  readonly name?: string
  readonly health?: number | null
  readonly update?: readonly [block: number, distance: number, seconds: number]
}

/** One line of the data set, with the fields that are read. */
const line = (...liquidations: readonly Liquidation[]): string =>
  JSON.stringify({
    opportunities: liquidations.map(({ timestamp = APRIL, pool = AAVE_V3, name = 'Aave', health, update }) => ({
      liquidation: {
        timestamp,
        protocol_name: name,
        protocol_address: pool,
        ...(name === 'Aave' ? { health_factor_start_of_block: health ?? null } : {}),
      },
      oracle_update: {
        block_number: update?.[0] ?? null,
        timestamp: update ? timestamp - update[2] : null,
        distance: update?.[1] ?? null,
      },
    })),
  })

const LINES = [
  line({ health: 0.99, update: [100, 1, 0] }, { health: 0.98, update: [100, 3, 1] }),
  line({ health: 1.01, update: [200, 0, 0] }),
  line({ health: 0.5 }),
  line({}),
  line({ timestamp: APRIL - 86_400, health: 0.9, update: [50, 2, 1] }),
  line({ pool: '0x1259F436D981c1DA8b279205b5dc405B1f6Bf80b', health: 0.9 }),
  line({ pool: '0x1111', name: 'Compound', update: [60, 40, 10] }),
].join('\n')

const month = (name: string, lateness: Record<string, number>): Month => ({
  month: name,
  pool: 'aave-v3',
  liquidations: 0,
  withHealth: 0,
  belowOneBefore: 0,
  lateness,
  firsts: {},
  latenessS: 0,
})
const lateness = (...months: readonly Month[]): Lateness => ({ source: '', licence: '', months })

const fitScript = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['scripts/race/fit.ts', ...args], { cwd: root, encoding: 'utf8' })

describe('the race model', () => {
  it('condenses the data set by month and pool', () => {
    const april: Partial<Month> = { liquidations: 5, withHealth: 4, belowOneBefore: 3, latenessS: 1 }
    expect(condense(LINES).months).to.deep.equal([
      {
        ...month('2023-03', { 2: 1 }),
        firsts: { 2: 1 },
        liquidations: 1,
        withHealth: 1,
        belowOneBefore: 1,
        latenessS: 1,
      },
      { ...month('2023-04', {}), pool: 'aave-like', liquidations: 1, withHealth: 1, belowOneBefore: 1 },
      { ...month('2023-04', { 0: 1, 1: 1, 3: 1 }), firsts: { 0: 1, 1: 1 }, ...april },
      { ...month('2023-04', { 40: 1 }), pool: 'compound-like', firsts: { 40: 1 }, liquidations: 1, latenessS: 10 },
    ])
  })

  it('counts the months of its window only, bucket by bucket', () => {
    const data = lateness(
      month('2022-12', { 1: 99 }),
      month('2023-01', { 0: 2, 1: 5, 4: 1, 5: 1 }),
      month('2023-02', { 99: 3 }),
    )
    expect(fit(data).buckets.map(({ count }) => count)).to.deep.equal([2, 5, 0, 0, 2, 0, 0, 0, 3])
  })

  it('has the design effect that a hand counts', () => {
    // 10 of 10 within a block in one month, 0 of 10 in the other: share 1/2, squares 25 + 25, · 2/1, / 400 = 1/4,
    // against 1/4 / 20.
    const data = lateness(month('2023-01', { 1: 10 }), month('2023-02', { 30: 10 }))
    expect(fit(data).designEffect).to.equal(20)
    // Months alike: no wider than independent draws.
    const alike = lateness(month('2023-01', { 1: 5, 30: 5 }), month('2023-02', { 1: 5, 30: 5 }))
    expect(fit(alike).designEffect).to.equal(1)
  })

  it('of the committed data is the committed table', () => {
    expect(fit(readLateness(FIXTURE))).to.deep.equal(RACE_ARBITRUM_2023)
  })

  it('finds what was published of the data', () => {
    const { checks = [], windows = [] } = figures(readLateness(FIXTURE))
    expect(checks.map(({ count }) => count)).to.deep.equal([2923, 2827, 2816, 1369])
    expect(windows[0]).to.include({ tied: 1369, 'median blocks': 1, 'within 1 block': '51.4 %' })
    expect(windows[3]).to.include({ tied: 686, updates: 490, 'within 1 block': '70.8 %' })
  })

  it('shows on its page what the code gives now', async () => {
    const evidence: unknown = JSON.parse(readFileSync(join(root, 'docs/evidence/race.json'), 'utf8'))
    expect(evidence)
      .to.have.property('figures')
      .that.deep.equals(await run())
  })
})

describe('scripts/race/fit.ts', () => {
  it('agrees with what is committed', () => {
    const { status, stderr } = fitScript(FIXTURE, '--check')
    expect([status, stderr]).to.deep.equal([0, 'fixture and table are what the data give\n'])
  })

  it('ends with 1 and names what differs', () => {
    const other = join(temporaryFolder('race'), 'other.jsonl.gz')
    writeFileSync(other, gzipSync(LINES))
    const { status, stderr } = fitScript(other, '--check')
    expect(status).to.equal(1)
    expect(stderr).to.include('race-lateness.json is not what').and.include('src/core/race-table.ts is not what')
  })

  it('prints the figures as JSON', () => {
    const { status, stdout } = fitScript(FIXTURE)
    expect([status, JSON.parse(stdout).designEffect]).to.deep.equal([0, RACE_ARBITRUM_2023.designEffect])
  })

  it('wants a file and an option it knows', () => {
    for (const { status, stderr } of [fitScript(), fitScript(FIXTURE, '--chekc')])
      expect([status, stderr]).to.deep.equal([2, `${USAGE}\n`])
  })
})

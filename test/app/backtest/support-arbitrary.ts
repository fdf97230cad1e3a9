import fc from 'fast-check'
import type { BacktestRun, HappenedRow, OurRow, RefusedRow } from '../../../src/app/backtest/run.ts'
import { collateral, executed, FIRST, happened, missed, ours, refused, run, USDC, WBTC, WETH } from './support.ts'

const block = fc.bigInt(FIRST, 2_499n)
const usd8 = fc.bigInt(0n, 10n ** 15n)
const asset = fc.constantFrom(WETH, WBTC, USDC)
const index = fc.nat(50)

const anyHappened: fc.Arbitrary<HappenedRow> = fc
  .record({ n: index, block, debtUsd8: usd8, asset, lead: fc.option(fc.nat(5_000)) })
  .map(({ n, lead, asset: held, ...bent }) =>
    lead === null
      ? missed(n, { ...bent, ...collateral(held) })
      : happened(n, { ...bent, ...collateral(held), leadBlocks: lead }),
  )

const anyOurs: fc.Arbitrary<OurRow> = fc
  .record({
    n: index,
    block,
    debtUsd8: usd8,
    netUsd8: fc.bigInt(-(10n ** 10n), 10n ** 13n),
    costUsd8: fc.bigInt(0n, 10n ** 11n),
    latenessBlocks: fc.nat(60),
    asset,
    done: fc.boolean(),
  })
  .map(({ n, asset: held, done, ...bent }) =>
    ours(n, { ...bent, ...collateral(held), executed: done ? executed() : null }),
  )

const anyRefused: fc.Arbitrary<RefusedRow> = fc
  .record({ n: index, block, reason: fc.constantFrom('no-route', 'unprofitable', 'gas-price') })
  .map(({ n, ...bent }) => refused(n, bent))

export const anyRun: fc.Arbitrary<BacktestRun> = fc
  .record({
    happened: fc.array(anyHappened, { maxLength: 30 }),
    ours: fc.array(anyOurs, { maxLength: 20 }),
    refused: fc.array(anyRefused, { maxLength: 20 }),
  })
  .map(run)

/** The same rows in another order. */
export function shuffled(given: BacktestRun, seed: number): BacktestRun {
  const turn = <T>(rows: readonly T[]): readonly T[] =>
    rows
      .map((row, i) => ({ row, key: ((i + 1) * 7_919 * (seed + 1)) % 104_729 }))
      .sort((a, b) => a.key - b.key)
      .map(({ row }) => row)
  return { ...given, happened: turn(given.happened), ours: turn(given.ours), refused: turn(given.refused) }
}

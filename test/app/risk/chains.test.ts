/** Markets side by side while not all of them are well. */
import { expect } from 'chai'
import { ANSWERS, directDesk } from '../../../src/app/risk/answer.ts'
import { historyFrom, type RiskWorld } from '../../../src/app/risk/world.ts'
import { worldsOf } from '../../../src/app/risk/worlds.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { PlimsollError } from '../../../src/core/errors.ts'
import { Codes } from '../../../src/core/risk/codes.ts'
import { minimal, writeConfig } from '../../config/support.ts'
import { bookOf, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const worldAt = (over: Partial<RiskWorld> = {}, revision = 10n): RiskWorld => ({
  chainId: 8453,
  book: bookOf({
    reserves: [
      reserve({ priceUsd8: 2000n * USD, ltBps: 8000, root: 7n }),
      reserve({ symbol: 'USDC', decimals: 6, root: 9n }),
    ],
    accounts: [{ collaterals: [[0, 10n ** 18n]], debts: [[1, 1_000_000_000n]] }],
    revision,
  }),
  ...{ exchange: undefined, codes: new Codes(), binS: 3600, distrusted: false },
  ...historyFrom(() => []),
  ...over,
})

const [one] = loadConfig({ file: writeConfig(minimal()), env: {} }).config.markets
const markets = ['well', 'other'].map((name) => ({ ...(one ?? expect.fail('a market')), name }))
const asked = (worlds: Readonly<Record<string, RiskWorld | undefined>>) =>
  directDesk(
    worldsOf(markets, ({ name }) => worlds[name]),
    ANSWERS,
  ).ask('chains', {})

describe('markets side by side', () => {
  it('say at which block each stands, and which is not to be trusted', async () => {
    const { markets: told, missing } = await asked({ well: worldAt(), other: worldAt({ distrusted: true }) })
    expect(told.map(({ block, quarantined }) => [block.number, quarantined])).to.deep.equal([
      ['1', undefined],
      ['1', true],
    ])
    expect(missing).to.deep.equal([])
  })

  it('name those that are not read yet, and those whose rules are not known: they cost nobody else the answer', async () => {
    for (const [other, name] of [
      [undefined, 'other'],
      [worldAt({}, 99n), 'world'],
    ] as const) {
      const { markets: told, missing, rotationShare } = await asked({ well: worldAt(), other })
      expect(told).to.have.length(1)
      expect(missing).to.deep.equal([name])
      expect(rotationShare.value).to.equal(null)
    }
  })

  it('are no answer before the first market is read', async () => {
    const refused = await asked({}).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(PlimsollError).and.to.include({ code: 'RISK_NOT_READY', exitCode: 75 })
  })
})

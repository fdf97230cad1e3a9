import { expect } from 'chai'
import { Spoken } from '../../src/app/spoken.ts'
import type { Plan, RefusalReason } from '../../src/core/plan.ts'
import type { Outcome } from '../../src/core/ports.ts'
import { address } from '../core/fake-protocol.ts'

const ADA = address(1)
const BOB = address(2)

const refusal = (reason: RefusalReason, healthFactor = 1n): Outcome => ({
  kind: 'refusal',
  borrower: ADA,
  reason,
  detail: `health ${healthFactor}`,
  healthFactor,
})

const planned = (debtAsset = address(9), profit = 1n): Outcome => {
  const seizure = {
    borrower: ADA,
    collateralAsset: address(8),
    debtAsset,
    debtToCover: 1n,
    firstCover: 0n,
    debtCovered: 1n,
    collateralSeized: 1n,
    protocolFee: 0n,
    flashPremium: 0n,
    grossBase: 0n,
    debtPriceUsd8: 1n,
    debtDecimals: 0,
  }
  const quote = {
    seizure,
    path: '0x',
    amountOut: 1n,
    gas: 1n,
    gasPriceWei: 1n,
    l1FeeWei: 0n,
    nativePriceUsd8: 1n,
  } as const
  const money = { minProfit: 0n, grossUsd8: 0n, costUsd8: 0n, netUsd8: 0n }
  const plan: Plan = { kind: 'plan', quote, healthFactor: 1n, profit, ...money, deadline: 0n }
  return { kind: 'planned', plan }
}

describe('Spoken', () => {
  const hear = (spoken: Spoken, ...outcomes: Outcome[]) => outcomes.map((one) => spoken.isNews('m', ADA, one))

  it('lets a refusal through once, and again when the reason changes', () => {
    const outcomes = [refusal('no-route'), refusal('no-route', 2n), refusal('unprofitable'), refusal('no-route')]
    expect(hear(new Spoken(), ...outcomes)).to.deep.equal([true, false, true, true])
  })

  it('lets a plan through once, whatever its profit, and again for other assets', () => {
    const outcomes = [planned(), planned(address(9), 2n), planned(address(7)), refusal('no-route'), planned(address(7))]
    expect(hear(new Spoken(), ...outcomes)).to.deep.equal([true, false, true, true, true])
  })

  it('lets what was sent through always', () => {
    const { plan } = planned() as Extract<Outcome, { kind: 'planned' }>
    const sent: Outcome = { kind: 'sent', borrower: ADA, hash: '0x', nonce: 0, predictedProfit: 0n, plan }
    expect(hear(new Spoken(), sent, sent, planned(), sent)).to.deep.equal([true, true, true, true])
  })

  it('keeps people and markets apart', () => {
    const spoken = new Spoken()
    const said = refusal('no-route')
    expect([spoken.isNews('m', ADA, said), spoken.isNews('m', BOB, said), spoken.isNews('n', ADA, said)]).to.deep.equal(
      [true, true, true],
    )
  })

  it('forgets whoever is no candidate any more, so that the next time is news', () => {
    const spoken = new Spoken()
    for (const who of [ADA, BOB]) spoken.isNews('m', who, refusal('no-route'))
    spoken.keep('m', new Set([BOB]))
    spoken.keep('never heard of', new Set())
    expect(spoken.isNews('m', ADA, refusal('no-route'))).to.equal(true)
    expect(spoken.isNews('m', BOB, refusal('no-route'))).to.equal(false)
  })
})

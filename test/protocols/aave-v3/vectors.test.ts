import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Rules, rulesFor } from '../../../src/protocols/aave-v3/rules.ts'
import { calculateAvailableCollateralToLiquidate } from '../../../src/protocols/aave-v3/size.ts'

type Output = readonly [collateral: string, debt: string, fee: string]
interface Vector {
  readonly feeBps: string
  readonly collPrice: string
  readonly collUnit: string
  readonly debtPrice: string
  readonly debtUnit: string
  readonly debtToCover: string
  readonly collBalance: string
  readonly liqBonusBps: string
  readonly v36: Output
  readonly v37: Output
}

const file = new URL('../../fixtures/aave-v3-seizure-vectors.json', import.meta.url)
const { vectors }: { vectors: readonly Vector[] } = JSON.parse(readFileSync(file, 'utf8'))

describe('Aave V3 seizure against the compiled contracts', () => {
  it('has 200 vectors, which tell the two rule sets apart', () => {
    expect(vectors).to.have.length(200)
    expect(vectors.filter(({ v36, v37 }) => v36.join() !== v37.join())).to.have.length.above(80)
  })

  for (const id of ['aave-v3.6', 'aave-v3.7'])
    it(`equals ${id} to the wei in every vector`, () => {
      const rules = rulesFor(id, 0n) as Rules
      for (const [n, vector] of vectors.entries()) {
        const input = {
          collateralPrice: BigInt(vector.collPrice),
          collateralUnit: BigInt(vector.collUnit),
          collateralBalance: BigInt(vector.collBalance),
          debtPrice: BigInt(vector.debtPrice),
          debtUnit: BigInt(vector.debtUnit),
          liquidationBonusBps: BigInt(vector.liqBonusBps),
          protocolFeeBps: BigInt(vector.feeBps),
        }
        const out = calculateAvailableCollateralToLiquidate(input, BigInt(vector.debtToCover), rules)
        const expected = id === 'aave-v3.6' ? vector.v36 : vector.v37
        expect([out.collateral, out.debt, out.protocolFee].map(String), `vector ${n}`).to.deep.equal([...expected])
      }
    })
})

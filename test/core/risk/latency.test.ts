import { expect } from 'chai'
import fc from 'fast-check'
import { FIXTURE, readLateness, timingsOf } from '../../../scripts/race/lateness.ts'
import { latencyOf } from '../../../src/core/risk/latency.ts'

const timing = (latenessBlocks: number | null, healthBefore: number | null = null) => ({ latenessBlocks, healthBefore })

describe('latency', () => {
  it('of a handful', () => {
    const found = latencyOf([timing(0), timing(1, 0.99), timing(4, 1), timing(9), timing(null, 1.2)])
    expect(found).to.deep.equal({
      ...{ liquidations: 5, tied: 4, withHealth: 3, belowOneBefore: 1 },
      medianBlocks: { value: 1, lacks: [] },
      withinOneBlock: { value: 0.5, lacks: [] },
    })
  })

  it('without an update says what it lacks', () => {
    const { medianBlocks, withinOneBlock } = latencyOf([timing(null, 0.9)])
    expect([medianBlocks, withinOneBlock]).to.deep.equal(Array(2).fill({ value: null, lacks: ['oracleUpdates'] }))
  })

  it('half of the tied ones come no later than the median', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(99), { minLength: 1 }), (blocks) => {
        const { medianBlocks } = latencyOf(blocks.map((late) => timing(late)))
        const upTo = blocks.filter((late) => late <= (medianBlocks.value ?? -1)).length
        expect(2 * upTo).to.be.at.least(blocks.length)
        expect(2 * (blocks.length - upTo)).to.be.at.most(blocks.length)
      }),
    )
  })

  describe('of Aave V3 on Arbitrum to August 2023 (Rolling in the Shadows)', () => {
    const of = (from: string, to: string) =>
      latencyOf(
        timingsOf(
          readLateness(FIXTURE).months.filter(({ pool, month }) => pool === 'aave-v3' && month >= from && month <= to),
        ),
      )

    it('is what was published: 1,369 tied, median 1 block, 51 % within one', () => {
      const { liquidations, tied, medianBlocks, withinOneBlock, withHealth, belowOneBefore } = of('0000-00', '9999-99')
      expect({ liquidations, tied, withHealth, belowOneBefore }).to.deep.equal({
        ...{ liquidations: 2923, tied: 1369, withHealth: 2827, belowOneBefore: 2816 },
      })
      expect(medianBlocks.value).to.equal(1)
      expect(withinOneBlock.value).to.be.closeTo(0.51, 0.005)
    })

    it('70 to 73 % within one block in 2023', () => {
      expect(of('2023-01', '2023-08').withinOneBlock.value).to.be.within(0.7, 0.73)
    })
  })
})

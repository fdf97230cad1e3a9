import { expect } from 'chai'
import { LACKING } from './example-bare.ts'
import { EMPTY, EXAMPLES, fakeDesk } from './examples.ts'

describe('app/risk examples', () => {
  it('are what an answer of a market may be: columns ordered, points cumulated, lists by size', () => {
    for (const { ladder } of [EXAMPLES, LACKING, EMPTY]) {
      for (const rung of [ladder.now, ...ladder.rungs]) {
        expect(rung.oneCallUsd).to.be.at.most(rung.sequenceUsd)
        expect(rung.sequenceUsd).to.be.at.most(rung.collateralUsd)
      }
      const collateral = ladder.points.map(({ collateralUsd }) => collateralUsd)
      expect(collateral).to.deep.equal(collateral.toSorted((a, b) => a - b))
    }
  })

  it('are handed out by a desk that keeps what it was asked', async () => {
    const desk = fakeDesk()
    expect(await desk.ask('wave', { market: 'm' })).to.equal(EXAMPLES.wave)
    expect(desk.asked).to.deep.equal([['wave', { market: 'm' }]])
  })
})

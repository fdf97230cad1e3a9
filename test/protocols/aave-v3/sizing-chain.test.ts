import { expect } from 'chai'
import { createRandom } from '../../../scripts/devnet/random.ts'
import { bestOf } from './pool-call.ts'
import { ask, asked, type Below, expected, openBelow, pairsOf, seen } from './sizing-chain.ts'

const CENT = 10n ** 6n
const QUESTIONS = 1500

describe('Aave V3 sizing on real contracts', function () {
  this.timeout(180_000)
  let below: Below

  before(async () => {
    below = await openBelow({ accounts: 330, seed: 5 })
  })

  after(() => below?.close())

  it('has positions of every kind below health 1', () => {
    const { candidates } = below
    const count = (of: (one: Below['candidates'][number]) => boolean) => candidates.filter(of).length
    const health = (one: Below['candidates'][number]) => Number(one.healthFactor) / 1e18
    expect(candidates.length).to.be.at.least(200)
    expect(count((one) => health(one) > 0.95)).to.be.above(60)
    expect(count((one) => Math.abs(health(one) - 0.95) < 0.003)).to.be.above(30)
    expect(count(({ totalDebtBase }) => totalDebtBase < 4000n * 10n ** 8n)).to.be.above(60)
    expect(count(({ seizures }) => seizures.length > 1)).to.be.above(100)
    const eModes = candidates.map(({ account }) => below.book.account(account, below.book.head?.timestamp ?? 0n)?.eMode)
    for (const eMode of [0, 1, 2]) expect(eModes.filter((one) => one === eMode).length).to.be.above(15)
  })

  it('every call of ours goes through, and takes what was foretold to the wei', async () => {
    let calls = 0
    for (const { seizures } of below.candidates)
      for (const seizure of seizures) {
        const { debtCovered: debt, collateralSeized: collateral } = seizure
        expect(await ask(below, seizure, seizure.debtToCover)).to.deep.equal(seen(seizure, { debt, collateral }))
        calls++
      }
    expect(calls).to.be.at.least(500)
  })

  it('no call brings 0.1 % (and a cent) more', () => {
    for (const candidate of below.candidates) {
      const gains = pairsOf(below, candidate).map(({ pair }) => bestOf(pair, 5n, 100).best?.gain ?? 0n)
      const best = gains.reduce((a, b) => (b > a ? b : a), 0n)
      const lacking = best - (candidate.seizures[0]?.grossBase ?? 0n)
      expect(lacking <= CENT || lacking * 1000n <= best, `${candidate.borrower}: ${lacking} of ${best}`).to.equal(true)
    }
  })

  it(`the transcription that says so is right about ${QUESTIONS} calls around every kink, reverts among them`, async () => {
    const random = createRandom(17)
    const pairs = below.candidates.flatMap((candidate) => pairsOf(below, candidate))
    let reverts = 0
    for (let i = 0; i < QUESTIONS; i++) {
      const of = random.pick(pairs)
      const debtToCover = random.pick(asked(of.pair, 8))
      const answer = await ask(below, of, debtToCover)
      expect(answer, `${of.borrower} ${debtToCover}`).to.deep.equal(expected(of, debtToCover))
      if (answer === undefined) reverts++
    }
    expect(reverts).to.be.within(QUESTIONS / 20, QUESTIONS * 0.7)
  })
})

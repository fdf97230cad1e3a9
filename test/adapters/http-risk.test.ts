import { expect } from 'chai'
import { ANSWERS, type AnswerName } from '../../src/adapters/http/schemas.ts'
import { PlimsollError, UnreachableError, UsageError } from '../../src/core/errors.ts'
import type { RiskDesk } from '../../src/core/ports.ts'
import type { RiskQuestion } from '../../src/core/risk/questions.ts'
import { LACKING } from '../app/risk/example-bare.ts'
import { EMPTY, EXAMPLES, fakeDesk } from '../app/risk/examples.ts'
import { ALICE, type Answer, ask, harness, stopAll } from './http-support.ts'

const errorOf = (answer: Answer): Record<string, string> => answer.json()['error'] as Record<string, string>

/** Every query with what the desk is asked by it. */
const questions: readonly (readonly [path: string, question: RiskQuestion, about: object])[] = [
  ['overview', 'overview', { market: 'local-aave' }],
  ['overview?market=strange', 'overview', { market: 'strange' }],
  ['ladder', 'ladder', { market: 'local-aave', side: 'fall', accounts: 10 }],
  [
    'ladder?group=ETH&side=rise&accounts=0',
    'ladder',
    { market: 'local-aave', group: 'ETH', side: 'rise', accounts: 0 },
  ],
  ['absorption?group=ETH', 'absorption', { market: 'local-aave', group: 'ETH' }],
  ['cascade?shock=ETH%3D-15%25', 'cascade', { market: 'local-aave', shocks: ['ETH=-15%'], kappa: 0.5, top: 10 }],
  [
    'cascade?shock=ETH=-15,WBTC=%2B2.5%25&kappa=0.25&top=3',
    'cascade',
    { market: 'local-aave', shocks: ['ETH=-15%', 'WBTC=+2.5%'], kappa: 0.25, top: 3 },
  ],
  // A plus that nobody escaped is a space in a query.
  ['compare?shock=ETH=+2.5,WBTC=-1', 'compare', { market: 'local-aave', shocks: ['ETH=+2.5%', 'WBTC=-1%'] }],
  ['grid', 'grid', { market: 'local-aave', group: undefined }],
  ['joint', 'joint', { market: 'local-aave', groups: undefined }],
  ['joint?groups=ETH,BTC', 'joint', { market: 'local-aave', groups: ['ETH', 'BTC'] }],
  ['cohorts', 'cohorts', { market: 'local-aave' }],
  ['phase?group=ETH', 'phase', { market: 'local-aave', group: 'ETH' }],
  ['compare?shock=ETH=-20', 'compare', { market: 'local-aave', shocks: ['ETH=-20%'] }],
  [
    `plan/strange/${ALICE.toLowerCase()}?stop=WETH=1500&target=1.25`,
    'plan',
    { market: 'strange', address: ALICE, stop: 'WETH=1500', target: '1.25' },
  ],
  [
    `plan/strange/${ALICE}?stop=WETH=-25%25`,
    'plan',
    { market: 'strange', address: ALICE, stop: 'WETH=-25%', target: undefined },
  ],
  ['chains', 'chains', {}],
  ['wave', 'wave', { market: 'local-aave', group: undefined }],
]

/** Answers when it is told to. */
function slowDesk() {
  const waiting: (() => void)[] = []
  const desk = fakeDesk()
  const slow: RiskDesk = {
    ask: (question, about) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting.push(resolve)
      return promise.then(() => desk.ask(question, about))
    },
  }
  return { ...desk, ask: slow.ask, waiting }
}

describe('adapters/http: the wave', () => {
  afterEach(stopAll)

  for (const [path, question, about] of questions)
    it(`/api/risk/${path} asks for the ${question} and hands out what the desk says`, async () => {
      const risk = fakeDesk()
      const { server } = await harness({ risk })
      const answer = await ask(`${server.url}/api/risk/${path}`)
      expect([answer.status, answer.json()]).to.deep.equal([200, { schemaVersion: 1, ...EXAMPLES[question] }])
      expect(risk.asked).to.have.length(1)
      expect(risk.asked[0]?.[0]).to.equal(question)
      expect(JSON.parse(JSON.stringify(risk.asked[0]?.[1]))).to.deep.equal(JSON.parse(JSON.stringify(about)))
    })

  it('what is lacking, and a market without anybody, are described answers too', async () => {
    for (const answers of [LACKING, EMPTY])
      for (const question of Object.keys(answers) as RiskQuestion[]) {
        const name = `Risk${question[0]?.toUpperCase()}${question.slice(1)}` as AnswerName
        const answer = { schemaVersion: 1, quarantined: true, ...answers[question] }
        if (question === 'chains') Reflect.deleteProperty(answer, 'quarantined')
        expect(ANSWERS[name].parse(answer), question).to.deep.equal(answer)
      }
  })

  const refused: readonly (readonly [path: string, status: number, code: string, says: string])[] = [
    ['overview?market=nowhere', 404, 'UNKNOWN_MARKET', 'local-aave'],
    ['overview?group=ETH', 400, 'UNKNOWN_PARAMETER', 'this route knows market'],
    ['ladder?side=up', 400, 'BAD_PARAMETER', 'fall, rise'],
    ['ladder?accounts=1001', 400, 'BAD_PARAMETER', 'from 0 to 1000'],
    ['cascade', 400, 'BAD_PARAMETER', 'something must move'],
    ['compare', 400, 'BAD_PARAMETER', 'The parameter "shock" is missing'],
    ['cascade?shock=ETH', 400, 'BAD_PARAMETER', 'ETH=-15,WBTC=+2.5'],
    ['cascade?shock=ETH=-15&shock=WBTC=-10', 400, 'BAD_PARAMETER', 'more than once'],
    [`cascade?shock=${Array(11).fill('ETH=-1').join()}`, 400, 'BAD_PARAMETER', 'at most 10'],
    ['cascade?shock=ETH=-15&kappa=1.1', 400, 'BAD_PARAMETER', 'from 0 to 1'],
    ['cascade?shock=ETH=-15&kappa=-0.1', 400, 'BAD_PARAMETER', 'from 0 to 1'],
    ['cascade?shock=ETH=-15&top=x', 400, 'BAD_PARAMETER', 'whole number'],
    ['joint?groups=ETH', 400, 'BAD_PARAMETER', 'ETH,BTC'],
    ['joint?groups=ETH,BTC,UNI', 400, 'BAD_PARAMETER', 'ETH,BTC'],
    ['plan/local-aave/0x1234', 400, 'BAD_ADDRESS', '40 hexadecimal digits'],
    [`plan/nowhere/${ALICE}`, 404, 'UNKNOWN_MARKET', 'local-aave'],
    [`plan/local-aave/${ALICE}?stop=WETH`, 400, 'BAD_PARAMETER', 'WETH=1500'],
    [`plan/local-aave/${ALICE}?target=high`, 400, 'BAD_PARAMETER', '1.25'],
    ['chains?market=local-aave', 400, 'UNKNOWN_PARAMETER', 'no parameters'],
    ['tides', 404, 'UNKNOWN_ROUTE', 'no route'],
  ]
  for (const [path, status, code, says] of refused)
    it(`refuses /api/risk/${path.slice(0, 60)} with ${status}, and does not ask`, async () => {
      const risk = fakeDesk()
      const { server } = await harness({ risk })
      const answer = await ask(`${server.url}/api/risk/${path}`)
      expect([answer.status, errorOf(answer)['code']]).to.deep.equal([status, code])
      expect(answer.text.replaceAll('\\"', '"')).to.include(says)
      expect(risk.asked).to.deep.equal([])
    })

  it('needs the token as every answer does', async () => {
    const { server } = await harness({ token: 'secret' })
    const path = `${server.url}/api/risk/overview`
    expect((await ask(path)).status).to.equal(401)
    expect((await ask(path, { authorization: 'Bearer secret' })).status).to.equal(200)
  })

  it('without a desk it says how to get one', async () => {
    const { server } = await harness({ risk: undefined })
    const answer = await ask(`${server.url}/api/risk/overview`)
    expect([answer.status, errorOf(answer)['code']]).to.deep.equal([503, 'RISK_OFF'])
    expect(errorOf(answer)['fix']).to.include('risk.enabled')
  })

  it('without a market there is nothing to show yet', async () => {
    const { server } = await harness({}, { markets: () => [] })
    expect((await ask(`${server.url}/api/risk/wave`)).status).to.equal(503)
  })

  const complaint = { code: 'BAD_GROUP', what: 'group X', why: 'it is not listed', fix: 'Name another' }
  const failures: readonly (readonly [error: Error, status: number, code: string])[] = [
    [new UsageError(complaint), 400, 'BAD_GROUP'],
    [new UsageError({ ...complaint, code: 'UNKNOWN_ACCOUNT' }), 404, 'UNKNOWN_ACCOUNT'],
    [new UnreachableError({ ...complaint, code: 'RISK_AWAY' }), 503, 'RISK_AWAY'],
    [new PlimsollError({ ...complaint, code: 'RISK_THREAD_ENDED' }, 75), 503, 'RISK_THREAD_ENDED'],
    [new TypeError('CANARY broke'), 500, 'INTERNAL'],
  ]
  for (const [error, status, code] of failures)
    it(`a desk that answers with ${error.name} is ${status}`, async () => {
      const { server } = await harness({ risk: { ask: () => Promise.reject(error) } })
      const answer = await ask(`${server.url}/api/risk/ladder?group=X`)
      expect([answer.status, errorOf(answer)['code']]).to.deep.equal([status, code])
      expect(answer.text).to.not.include('CANARY')
      expect(answer.headers['retry-after']).to.equal(status === 503 ? '5' : undefined)
    })

  it('what this market cannot answer is nothing that the client can correct, nor gone in a moment', async () => {
    for (const code of ['RULES_UNKNOWN', 'UNKNOWN_HEALTH']) {
      const { server } = await harness({ risk: { ask: () => Promise.reject(new UsageError({ ...complaint, code })) } })
      const answer = await ask(`${server.url}/api/risk/overview`)
      expect([answer.status, errorOf(answer)['code']]).to.deep.equal([503, code])
      expect(answer.headers['retry-after']).to.equal(undefined)
    }
  })

  it('asks two questions at a time, lets eight wait in order, and turns the rest away', async () => {
    const risk = slowDesk()
    const { server } = await harness({ risk })
    const turnedAway = Promise.withResolvers<Answer>()
    const answers = Array.from({ length: 11 }, async (_, i) => {
      const answer = await ask(`${server.url}/api/risk/ladder?accounts=${i}`)
      if (answer.status === 503) turnedAway.resolve(answer)
      return answer
    })
    const away = await turnedAway.promise
    expect([errorOf(away)['code'], away.headers['retry-after']]).to.deep.equal(['RISK_BUSY', '5'])
    let most = 0
    for (let answered = 0; answered < 10; answered++) {
      while (risk.waiting.length === 0) await new Promise(setImmediate)
      most = Math.max(most, risk.waiting.length)
      risk.waiting.shift()?.()
    }
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).to.have.length(10)
    expect(most).to.be.at.most(2)
    expect((await Promise.all(answers)).filter(({ status }) => status === 503)).to.have.length(1)
  })

  it('does not wait for ever, and a desk that hangs keeps its place', async () => {
    const risk = slowDesk()
    const { server } = await harness({ risk, riskWaitMs: 1 })
    const first = await ask(`${server.url}/api/risk/wave`)
    expect([first.status, errorOf(first)['code'], first.headers['retry-after']]).to.deep.equal([503, 'RISK_LATE', '30'])
    await ask(`${server.url}/api/risk/wave`)
    await ask(`${server.url}/api/risk/wave`)
    expect(risk.waiting).to.have.length(2)
  })
})

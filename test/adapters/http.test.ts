import { expect } from 'chai'
import { z } from 'zod'
import type { Route } from '../../src/adapters/http/route.ts'
import { ROUTES } from '../../src/adapters/http/routes.ts'
import { ANSWERS, type AnswerName } from '../../src/adapters/http/schemas.ts'
import { UnreachableError, UsageError } from '../../src/core/errors.ts'
import { ALICE, type Answer, ask, block, harness, row, stopAll } from './http-support.ts'

const errorOf = (answer: Answer): Record<string, string> => answer.json()['error'] as Record<string, string>

describe('adapters/http', () => {
  afterEach(stopAll)

  it('answers health and readiness, naming each failed check', async () => {
    const { server } = await harness(
      {},
      {
        ready: () => [
          { name: 'synced', ok: false, detail: 'block 5 of 10, key CANARY' },
          { name: 'store', ok: true, detail: '' },
        ],
      },
    )
    const alive = await ask(`${server.url}/healthz?t=1`)
    expect([alive.status, alive.json()]).to.deep.equal([
      200,
      { schemaVersion: 1, ok: true, failed: [], checks: [{ name: 'local', ok: true, detail: 'a page 1 s ago' }] },
    ])
    const ready = await ask(`${server.url}/readyz`)
    expect(ready.status).to.equal(503)
    expect(ready.json()).to.deep.include({ schemaVersion: 1, ok: false, failed: ['synced'] })
    expect(ready.text).to.include('block 5 of 10').and.not.include('CANARY')
  })

  it('is not healthy when the loop stands still', async () => {
    const { server } = await harness({}, { alive: () => [{ name: 'local', ok: false, detail: 'no page for 90 s' }] })
    expect((await ask(`${server.url}/healthz`)).status).to.equal(503)
  })

  it('hands out the metrics', async () => {
    const { server } = await harness()
    const answer = await ask(`${server.url}/metrics`)
    expect([answer.status, answer.headers['content-type'], answer.text]).to.deep.equal([
      200,
      'text/plain; version=0.0.4',
      'plimsoll_ready 1\n',
    ])
  })

  it('hands the query on, with `below` as a wad, and its defaults', async () => {
    const { server, queries } = await harness()
    const answer = await ask(`${server.url}/api/accounts`)
    expect(answer.json()).to.deep.equal({
      schemaVersion: 1,
      market: 'local-aave',
      block,
      next: 'b2s=',
      accounts: [row()],
    })
    const page = '/api/accounts?market=strange&below=1.05&sort=debt&limit=1000&cursor=b2s%3D'
    expect((await ask(server.url + page)).status).to.equal(200)
    expect(queries.asked).to.deep.equal([
      { market: undefined, belowWad: undefined, sort: 'health', limit: 100, cursor: undefined },
      { market: 'strange', belowWad: 1_050_000_000_000_000_000n, sort: 'debt', limit: 1_000, cursor: 'b2s=' },
    ])
  })

  it('reads a health to the last of 18 decimals', async () => {
    const { server, queries } = await harness()
    for (const below of ['1.000000000000000001', '2', '0.5']) await ask(`${server.url}/api/accounts?below=${below}`)
    expect(queries.asked.map((query) => query.belowWad)).to.deep.equal([
      10n ** 18n + 1n,
      2n * 10n ** 18n,
      5n * 10n ** 17n,
    ])
  })

  it('explains an account, whatever the case of its address', async () => {
    const { server } = await harness()
    for (const address of [ALICE, ALICE.toLowerCase()]) {
      const answer = await ask(`${server.url}/api/accounts/local-aave/${address}`)
      expect(answer.json()).to.deep.include({ schemaVersion: 1, address: ALICE })
    }
  })

  it('advises the owner of an account; a node that does not answer is 503, a stranger 404', async () => {
    const { server } = await harness()
    const path = `${server.url}/api/accounts/local-aave/${ALICE.toLowerCase()}/advice`
    expect((await ask(path)).json()).to.deep.include({ schemaVersion: 1, timestamp: 1_700_000_012 })
    expect((await ask(path.replace('a11ce', 'a11cf'))).status).to.equal(404)
    const complaint = {
      code: 'ADVICE_LATE',
      what: 'no word about the wallet',
      why: 'the node is slow',
      fix: 'Try again',
    }
    const late = { advise: () => Promise.reject(new UnreachableError(complaint)) }
    const slow = await harness({ advisor: late })
    const answer = await ask(`${slow.server.url}/api/accounts/local-aave/${ALICE}/advice`)
    expect([answer.status, errorOf(answer)]).to.deep.equal([503, complaint])
  })

  it('pages the journal', async () => {
    const { server, journal } = await harness()
    for (const kind of ['alert', 'refusal', 'alert', 'sent'] as const) journal.add(kind)
    const page = (await ask(`${server.url}/api/journal?limit=2`)).json()
    expect(page).to.deep.equal({ schemaVersion: 1, entries: journal.entries.slice(0, 2), next: 2 })
    const rest = (await ask(`${server.url}/api/journal?after=2&kind=alert`)).json()
    expect(rest).to.deep.equal({ schemaVersion: 1, entries: [journal.entries[2]], next: null })
  })

  const refused: readonly [string, number, string, string?][] = [
    ['/api/accounts?market=nowhere', 404, 'UNKNOWN_MARKET', 'local-aave'],
    [`/api/accounts/nowhere/${ALICE}`, 404, 'UNKNOWN_MARKET'],
    ['/api/accounts/local-aave/0x1234', 400, 'BAD_ADDRESS'],
    [`/api/accounts/local-aave/${ALICE.replace('A11cE', 'A11CE')}`, 400, 'BAD_ADDRESS', 'checksum'],
    [`/api/accounts/local-aave/0x${'11'.repeat(20)}`, 404, 'UNKNOWN_ACCOUNT'],
    [`/api/accounts/local-aave/${ALICE}?x=1`, 400, 'UNKNOWN_PARAMETER', '"x"'],
    ...['abc', '-1', '1e3', '1.', '.5', '1,05', '1.0000000000000000001', '%201'].map(
      (below): [string, number, string, string] => [`/api/accounts?below=${below}`, 400, 'BAD_PARAMETER', '"below"'],
    ),
    ...['0', '1001', '1.5', 'x', '-1', '1e2', ''].map((limit): [string, number, string, string] => [
      `/api/accounts?limit=${limit}`,
      400,
      'BAD_PARAMETER',
      '"limit"',
    ]),
    ['/api/accounts?sort=size', 400, 'BAD_PARAMETER', 'health, distance, debt, time'],
    ['/api/accounts?market=', 400, 'BAD_PARAMETER', '"market"'],
    ['/api/accounts?limit=1&limit=2', 400, 'BAD_PARAMETER', 'more than once'],
    ['/api/accounts?limt=1', 400, 'UNKNOWN_PARAMETER', '"limt"'],
    ['/api/accounts?__proto__=1', 400, 'UNKNOWN_PARAMETER'],
    ['/api/accounts?toString=1', 400, 'UNKNOWN_PARAMETER'],
    ['/api/journal?after=-1', 400, 'BAD_PARAMETER', '"after"'],
    ['/api/journal?kind=gossip', 400, 'BAD_PARAMETER', 'rollback, alert'],
    ['/api/status?x=1', 400, 'UNKNOWN_PARAMETER'],
    ['/api/nothing', 404, 'UNKNOWN_ROUTE', '/api/nothing'],
    ['/', 404, 'UNKNOWN_ROUTE'],
    ['/api/accounts/local-aave', 404, 'UNKNOWN_ROUTE'],
  ]
  for (const [path, code, name, word] of refused) {
    it(`${path} is ${code} ${name}`, async () => {
      const { server } = await harness()
      const answer = await ask(server.url + path)
      expect([answer.status, answer.json()['schemaVersion'], errorOf(answer)['code']]).to.deep.equal([code, 1, name])
      expect(ANSWERS.Error.safeParse(answer.json()).success).to.equal(true)
      if (word !== undefined) expect(answer.text.replaceAll('\\"', '"')).to.include(word)
    })
  }

  it('only reads: every other method is 405, and HEAD is GET without a body', async () => {
    const { server } = await harness()
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await ask(`${server.url}/api/status`, {}, method)
      expect([answer.status, answer.headers['allow'], errorOf(answer)['code']]).to.deep.equal([
        405,
        'GET, HEAD',
        'METHOD_NOT_ALLOWED',
      ])
    }
    for (const path of ['/api/status', '/api/stream']) {
      const head = await ask(server.url + path, {}, 'HEAD')
      expect([head.status, head.text]).to.deep.equal([200, ''])
    }
  })

  it('a cursor that the queries refuse is the client’s mistake', async () => {
    const complaint = {
      code: 'BAD_CURSOR',
      what: 'The cursor is not one of ours',
      why: 'it was cut',
      fix: 'Begin again',
    }
    const refuse = (): never => {
      throw new UsageError(complaint)
    }
    const { server } = await harness({}, { accounts: refuse })
    const answer = await ask(`${server.url}/api/accounts?cursor=x`)
    expect([answer.status, errorOf(answer)]).to.deep.equal([400, complaint])
  })

  it('a market without an answer yet is 503, to be asked again', async () => {
    const { server } = await harness({}, { accounts: () => undefined })
    const answer = await ask(`${server.url}/api/accounts?market=strange`)
    expect([answer.status, errorOf(answer)['code'], answer.headers['retry-after']]).to.deep.equal([
      503,
      'NOT_READY',
      '5',
    ])
  })

  it('a failure inside is 500, logged, and scrubbed in both places', async () => {
    const fail = (): never => {
      throw new Error('request to https://node/CANARY failed')
    }
    const { server, logged } = await harness({}, { status: fail })
    const answer = await ask(`${server.url}/api/status`)
    expect([answer.status, errorOf(answer)['code'], errorOf(answer)['why']]).to.deep.equal([
      500,
      'INTERNAL',
      'request to https://node/*** failed',
    ])
    expect(logged.join()).to.include('request failed').and.not.include('CANARY')
  })

  describe('the published description', () => {
    const samples: Record<Exclude<AnswerName, 'Entry' | 'Control'>, string> = {
      Health: '/healthz',
      Status: '/api/status',
      Accounts: '/api/accounts',
      Account: `/api/accounts/local-aave/${ALICE}`,
      Advice: `/api/accounts/local-aave/${ALICE}/advice`,
      Journal: '/api/journal',
      RiskOverview: '/api/risk/overview',
      RiskLadder: '/api/risk/ladder',
      RiskAbsorption: '/api/risk/absorption',
      RiskCascade: '/api/risk/cascade?shock=ETH=-15',
      RiskGrid: '/api/risk/grid',
      RiskJoint: '/api/risk/joint',
      RiskCohorts: '/api/risk/cohorts',
      RiskPhase: '/api/risk/phase',
      RiskCompare: '/api/risk/compare?shock=ETH=-20',
      RiskPlan: `/api/risk/plan/local-aave/${ALICE}`,
      RiskChains: '/api/risk/chains',
      RiskWave: '/api/risk/wave',
      Error: '/api/nothing',
    }
    for (const [name, path] of Object.entries(samples) as [AnswerName, string][]) {
      it(`${name}: a real answer has all that is described, and nothing else`, async () => {
        const { server, journal } = await harness()
        journal.add('alert', { address: ALICE })
        const answer = (await ask(server.url + path)).json()
        // Unknown keys are stripped by the schema, so equality says that there are none.
        expect(ANSWERS[name].parse(answer)).to.deep.equal(answer)
        const document = (await ask(`${server.url}/api/openapi.json`)).json()
        const { schemas } = document['components'] as { schemas: Record<string, z.core.JSONSchema.JSONSchema> }
        expect(z.fromJSONSchema(schemas[name]!).safeParse(answer).error).to.equal(undefined)
        expect(z.fromJSONSchema(schemas[name]!).safeParse({ ...answer, schemaVersion: 2 }).success).to.equal(false)
      })
    }

    it('lists every route, with its parameters, and every route that it lists answers', async () => {
      const { server } = await harness()
      const document = (await ask(`${server.url}/api/openapi.json`)).json()
      expect([document['openapi'], document['schemaVersion']]).to.deep.equal(['3.1.0', 1])
      const paths = document['paths'] as Record<
        string,
        { get: { parameters: { name: string; in: string; required: boolean }[] } }
      >
      const reading = Object.keys(paths).filter((path) => 'get' in paths[path]!)
      expect(reading).to.deep.equal(Object.values(ROUTES).map((route: Route) => route.path))
      expect(paths['/api/accounts']!.get.parameters.map((parameter) => parameter.name)).to.deep.equal([
        'market',
        'below',
        'sort',
        'limit',
        'cursor',
      ])
      expect(paths['/api/accounts/{market}/{address}']!.get.parameters.map((parameter) => parameter.in)).to.deep.equal([
        'path',
        'path',
      ])
      for (const path of reading.filter((one) => one !== '/api/stream')) {
        const real = path.replace('{market}', 'local-aave').replace('{address}', ALICE)
        const needed = paths[path]!.get.parameters.filter((parameter) => parameter.required && parameter.in === 'query')
        expect(needed.map((parameter) => parameter.name).join()).to.be.oneOf(['', 'shock'])
        const query = needed.length > 0 ? '?shock=ETH=-15' : ''
        expect((await ask(server.url + real + query)).status, path).to.equal(200)
      }
    })

    it('every reference in it resolves', async () => {
      const { server } = await harness()
      const { text } = await ask(`${server.url}/api/openapi.json`)
      const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
      expect(names).to.have.length.above(8)
      for (const name of names) expect(ANSWERS).to.have.property(name!)
    })
  })
})

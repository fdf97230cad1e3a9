import { expect } from 'chai'
import { ConfigError } from '../../src/core/errors.ts'
import { ALICE, ask, harness, stopAll } from './http-support.ts'

const TOKEN = 'a-token-of-some-length'
const portOf = (url: string): string => new URL(url).port

async function refusal(start: Promise<unknown>): Promise<ConfigError> {
  try {
    await start
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError)
    return error as ConfigError
  }
  throw new Error('it started')
}

describe('adapters/http: who may ask', () => {
  afterEach(stopAll)

  const guarded = [
    '/api/status',
    `/api/accounts/local-aave/${ALICE}`,
    '/api/stream',
    '/api/openapi.json',
    '/api/x',
    '/metrics',
  ]
  for (const path of guarded) {
    it(`${path} needs the token`, async () => {
      const { server } = await harness({ token: TOKEN })
      for (const authorization of [
        undefined,
        '',
        `Bearer ${TOKEN}x`,
        `Bearer ${TOKEN.slice(1)}`,
        `Basic ${TOKEN}`,
        TOKEN,
      ]) {
        const answer = await ask(server.url + path, authorization === undefined ? {} : { authorization })
        expect([answer.status, answer.headers['www-authenticate']]).to.deep.equal([401, 'Bearer'])
        expect(answer.json()).to.deep.include({ schemaVersion: 1 })
        expect(answer.text).to.include('UNAUTHORIZED').and.not.include(TOKEN)
      }
    })
  }

  it('the right token opens, in any case of the scheme', async () => {
    const { server } = await harness({ token: TOKEN })
    for (const scheme of ['Bearer', 'bearer']) {
      const answer = await ask(`${server.url}/api/status`, { authorization: `${scheme} ${TOKEN}` })
      expect(answer.status).to.equal(200)
    }
  })

  it('health and readiness are open', async () => {
    const { server } = await harness({ token: TOKEN })
    for (const path of ['/healthz', '/readyz']) expect((await ask(server.url + path)).status).to.equal(200)
  })

  it('no cookies, and the headers that keep browsers out, on every answer', async () => {
    const { server } = await harness()
    for (const path of ['/api/status', '/api/nothing', '/api/accounts?limit=0', '/metrics']) {
      const { headers } = await ask(server.url + path)
      expect(headers['content-security-policy']).to.match(/^default-src 'none'/)
      expect(headers['x-content-type-options']).to.equal('nosniff')
      expect(headers['cache-control']).to.equal('no-store')
      expect(headers).to.not.have.any.keys('set-cookie', 'access-control-allow-origin', 'x-powered-by')
    }
  })

  it('on loopback only its own names are answered, with or without a port', async () => {
    const { server } = await harness()
    const port = portOf(server.url)
    for (const host of [
      '127.0.0.1',
      'localhost',
      '[::1]',
      'LOCALHOST',
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      '[::1]:1',
    ]) {
      expect((await ask(`${server.url}/api/status`, { host })).status, host).to.equal(200)
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '10.0.0.1',
    ]) {
      for (const path of ['/api/status', '/healthz', '/metrics']) {
        const answer = await ask(server.url + path, { host })
        expect([answer.status, answer.json()['schemaVersion']], host).to.deep.equal([403, 1])
        expect(answer.text).to.include('HOST_NOT_ALLOWED')
      }
    }
  })

  it('a Host that is no host at all is a bad request, in the same shape', async () => {
    const { server } = await harness()
    const answer = await ask(`${server.url}/api/status`, { host: 'a b/c' })
    expect([answer.status, answer.json()['schemaVersion']]).to.deep.equal([400, 1])
  })

  it('a foreign Origin is refused', async () => {
    const { server } = await harness()
    for (const origin of ['http://evil.example', 'null', 'http://localhost.evil.example', 'file://']) {
      const answer = await ask(`${server.url}/api/status`, { origin })
      expect([answer.status, (answer.json()['error'] as { code: string }).code], origin).to.deep.equal([
        403,
        'ORIGIN_NOT_ALLOWED',
      ])
    }
    expect((await ask(`${server.url}/api/status`, { origin: server.url })).status).to.equal(200)
  })

  it('further names can be allowed', async () => {
    const { server } = await harness({ allowedHosts: ['keeper.example'] })
    const own = { host: 'keeper.example', origin: 'https://keeper.example' }
    expect((await ask(`${server.url}/api/status`, own)).status).to.equal(200)
    expect((await ask(`${server.url}/api/status`, { host: 'other.example' })).status).to.equal(403)
  })

  it('beyond loopback it does not start without a token', async () => {
    for (const host of ['0.0.0.0', '::', '', '192.0.2.1', 'keeper.example']) {
      for (const token of [undefined, '']) {
        const error = await refusal(harness({ host, token }))
        expect([error.code, error.exitCode]).to.deep.equal(['HTTP_TOKEN_MISSING', 1])
      }
    }
  })

  it('beyond loopback any Host is answered, to those with the token', async () => {
    const { server } = await harness({ host: '0.0.0.0', token: TOKEN })
    expect(server.url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
    const authorization = `Bearer ${TOKEN}`
    expect((await ask(`${server.url}/api/status`, { host: 'box:1', authorization })).status).to.equal(200)
    expect(
      (await ask(`${server.url}/api/status`, { host: 'box:1', authorization, origin: 'http://evil' })).status,
    ).to.equal(403)
  })

  it('a port in use is a matter of configuration', async () => {
    const { server } = await harness()
    const error = await refusal(harness({ port: Number(portOf(server.url)) }))
    expect([error.code, error.exitCode]).to.deep.equal(['HTTP_PORT_IN_USE', 1])
    expect(error.message).to.include(portOf(server.url)).and.include('http.port')
  })

  it('so is an address that is not this machine’s', async () => {
    const error = await refusal(harness({ host: '192.0.2.1', token: TOKEN }))
    expect([error.code, error.exitCode]).to.deep.equal(['HTTP_CANNOT_LISTEN', 1])
  })
})

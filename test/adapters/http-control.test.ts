import { expect } from 'chai'
import { ControlResult } from '../../src/adapters/http/control.ts'
import { type Answer, ask, harness, openControl, stopAll } from './http-support.ts'

const TOKEN = 'token-of-the-test'
const auth = { authorization: `Bearer ${TOKEN}` }
const codeOf = (answer: Answer): unknown => (answer.json()['error'] as Record<string, unknown>)['code']

async function stage(over: Parameters<typeof openControl>[0] = {}) {
  const { control, told } = openControl(over)
  const { server } = await harness({ token: TOKEN, control })
  const post = (name: string, body: unknown = undefined, headers: Record<string, string> = auth): Promise<Answer> =>
    ask(`${server.url}/api/control/${name}`, headers, 'POST', typeof body === 'string' ? body : JSON.stringify(body))
  return { control, told, post, url: server.url }
}

describe('control over HTTP', () => {
  afterEach(stopAll)

  it('pauses and resumes, says what is so now, and who said it', async () => {
    const { control, told, post } = await stage()
    const now = { schemaVersion: 1, paused: true, mode: 'simulate', configuredMode: 'simulate' }
    expect((await post('pause')).json()).to.deep.equal({ ...now, changed: true })
    expect(control.paused).to.equal(true)
    expect((await post('pause', {})).json()).to.deep.equal({ ...now, changed: false })
    expect((await post('resume')).json()).to.deep.equal({ ...now, changed: true, paused: false })
    expect(told()).to.deep.equal(['pause http token', 'resume http token'])
  })

  it('changes the mode within what is configured', async () => {
    const { control, told, post } = await stage()
    expect((await post('mode', { mode: 'watch' })).json()).to.include({ changed: true, mode: 'watch' })
    const above = await post('mode', { mode: 'live' })
    expect([above.status, codeOf(above), control.mode]).to.deep.equal([409, 'ABOVE_CONFIGURED_MODE', 'watch'])
    const unknown = await post('mode', { mode: 'turbo' })
    expect([unknown.status, codeOf(unknown)]).to.deep.equal([400, 'UNKNOWN_MODE'])
    expect(told()).to.deep.equal(['mode http token simulate → watch'])
  })

  it('reloads, and hands on what is wrong with the file', async () => {
    const reloaded = { applied: ['log.level'], needRestart: ['http.port'] }
    const good = await stage({ read: () => ({ reloaded, apply: () => {} }) })
    expect((await good.post('reload')).json()).to.deep.include({ changed: true, ...reloaded })
    const bad = await (await stage()).post('reload')
    expect([bad.status, codeOf(bad)]).to.deep.equal([409, 'BAD_CONFIGURATION'])
    expect(bad.text).to.include('no chain')
  })

  it('mutes and unmutes', async () => {
    const { control, post } = await stage()
    expect((await post('mute', { chat: 'telegram:-5' })).json()).to.include({ changed: true })
    expect(control.mutes('telegram:-5', 1_000_000)).to.deep.equal([
      { chat: 'telegram:-5', scope: 'all', untilS: 1_003_600 },
    ])
    const forEver = { chat: 'webhook:pager', scope: 'market:m', minutes: null }
    await post('mute', forEver)
    expect(control.mutes('webhook:pager', 2 ** 40)).to.have.length(1)
    expect((await post('unmute', { chat: 'webhook:pager', scope: 'market:m' })).json()).to.include({ changed: true })
    expect((await post('unmute', { chat: 'webhook:pager', scope: 'market:m' })).json()).to.include({ changed: false })
  })

  it('answers in the published shape', async () => {
    const { post, url } = await stage()
    const answer = (await post('pause')).json()
    expect(ControlResult.parse(answer)).to.deep.equal(answer)
    const document = (await ask(`${url}/api/openapi.json`, auth)).json()
    const paths = document['paths'] as Record<string, { post?: { security: object[]; requestBody: object } }>
    const posts = Object.keys(paths).filter((path) => paths[path]?.post)
    expect(posts).to.deep.equal(
      ['pause', 'resume', 'mode', 'reload', 'mute', 'unmute'].map((name) => `/api/control/${name}`),
    )
    for (const path of posts) expect(paths[path]?.post?.security).to.deep.equal([{ bearer: [] }])
  })

  describe('changes nothing', () => {
    const bodies: readonly [string, unknown, number, string][] = [
      ['mode', undefined, 400, 'BAD_BODY'],
      ['mode', '{', 400, 'BAD_BODY'],
      ['mode', '[]', 400, 'BAD_BODY'],
      ['mode', 'null', 400, 'BAD_BODY'],
      ['mode', { mode: 7 }, 400, 'BAD_BODY'],
      ['mode', { mode: 'watch', really: true }, 400, 'BAD_BODY'],
      ['mode', { mode: 'x'.repeat(5_000) }, 413, 'BODY_TOO_LARGE'],
      ['pause', { for: 5 }, 400, 'BAD_BODY'],
      ['mute', {}, 400, 'BAD_BODY'],
      ['mute', { chat: 'everybody' }, 400, 'BAD_BODY'],
      ['mute', { chat: 'telegram:1', scope: 'position:0x1' }, 400, 'BAD_BODY'],
      ['mute', { chat: 'telegram:1', minutes: 0 }, 400, 'BAD_BODY'],
      ['mute', { chat: 'telegram:1', minutes: 1.5 }, 400, 'BAD_BODY'],
      ['unmute', { chat: 'telegram:1', scope: '' }, 400, 'BAD_BODY'],
      ['explode', undefined, 404, 'UNKNOWN_ROUTE'],
    ]
    for (const [name, body, status, code] of bodies)
      it(`for ${name} ${JSON.stringify(body)?.slice(0, 60) ?? 'without a body'}`, async () => {
        const { told, post } = await stage()
        const answer = await post(name, body)
        expect([answer.status, codeOf(answer), told()]).to.deep.equal([status, code, []])
      })

    it('without the token, or with another', async () => {
      const { control, post } = await stage()
      for (const headers of [{}, { authorization: 'Bearer other' }, { authorization: TOKEN }]) {
        const answer = await post('pause', {}, headers as Record<string, string>)
        expect([answer.status, codeOf(answer)]).to.deep.equal([401, 'UNAUTHORIZED'])
      }
      expect(control.paused).to.equal(false)
    })

    it('where no token is configured, on loopback too', async () => {
      const { control } = openControl()
      const { server } = await harness({ control })
      for (const headers of [{}, auth]) {
        const answer = await ask(`${server.url}/api/control/pause`, headers as Record<string, string>, 'POST')
        expect([answer.status, codeOf(answer), control.paused]).to.deep.equal([403, 'CONTROL_NEEDS_TOKEN', false])
        expect(answer.text).to.include('http.token')
      }
    })

    it('for another Host or Origin, even with the token', async () => {
      const { control, post } = await stage()
      for (const headers of [
        { ...auth, host: 'evil.example' },
        { ...auth, origin: 'https://evil.example' },
      ])
        expect((await post('pause', {}, headers)).status).to.equal(403)
      expect(control.paused).to.equal(false)
    })

    it('for another method', async () => {
      const { control, url } = await stage()
      for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD']) {
        const answer = await ask(`${url}/api/control/pause`, auth, method)
        expect([answer.status, answer.headers['allow']]).to.deep.equal([405, 'POST'])
      }
      expect(control.paused).to.equal(false)
    })
  })

  it('is not resumed while the kill file is there', async () => {
    const { control, post } = await stage({ heldBy: () => '/data/plimsoll.db.pause' })
    await post('pause')
    const answer = await post('resume')
    expect([answer.status, codeOf(answer), control.paused]).to.deep.equal([409, 'HELD_BY_FILE', true])
    expect(answer.text).to.include('/data/plimsoll.db.pause')
  })
})

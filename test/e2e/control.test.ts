import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { mine, next, type StageChain } from '../../scripts/stage/chain.ts'
import { ask, get, journalOf, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import type { Status } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'

/** Blocks that are given to what must come. */
const PATIENCE = 40

describe('people who control a live daemon', function () {
  this.timeout(180_000)
  let stage: Stage
  let chain: StageChain
  let daemon: Daemon

  before(async () => {
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 60, seed: 3, tickMs: 0, blocks: 60 }],
      mode: 'live',
      token: 'token-of-the-test',
      say: () => {},
    })
    chain = stage.chains[0] as StageChain
    daemon = await stage.start()
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  async function say(what: string, body: object = {}): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await ask(`${daemon.url}/api/control/${what}`, { method: 'POST', body: JSON.stringify(body) })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  const status = (): Promise<Status> => get<Status>(`${daemon.url}/api/status`)
  const journal = (): Promise<JournalEntry[]> => journalOf(daemon.url)
  const of = async (kind: string): Promise<JournalEntry[]> => (await journal()).filter((entry) => entry.kind === kind)
  const nonce = async (): Promise<number> => Number(await chain.rpc('eth_getTransactionCount', stage.keeper, 'pending'))

  /** A block of the story, or one more when it is over; taken in, and acted on. */
  async function block(): Promise<number> {
    const number = (await next(chain)) ?? (await mine(chain))
    await reached(daemon.url, chain, number)
    return number
  }

  /** Blocks until it holds. */
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (let blocks = 0; !(await holds()); blocks++) {
      if (blocks === PATIENCE) throw new Error(`${PATIENCE} blocks, and still not: ${what}`)
      await block()
    }
  }

  const refusedAsPaused = async (): Promise<number> =>
    (await of('refusal')).filter(({ data }) => data['reason'] === 'control-paused').length

  it('paused over HTTP, nothing is sent while accounts are liquidatable', async () => {
    expect((await say('pause')).body).to.include({ changed: true, paused: true })
    const before = await nonce()
    await until('somebody held back by the pause', async () => (await refusedAsPaused()) > 0)
    for (let more = 0; more < 2; more++) await block()
    expect((await status()).markets[0]?.liquidatable).to.be.above(0)
    expect([(await of('sent')).length, await nonce()]).to.deep.equal([0, before])
  })

  it('a restart does not resume it', async () => {
    await daemon.process.kill()
    daemon = await stage.start()
    expect((await status()).paused).to.equal(true)
    const before = await nonce()
    await block()
    expect(await nonce()).to.equal(before)
  })

  it('resumed, they come', async () => {
    expect((await say('resume')).body).to.include({ changed: true, paused: false })
    await until('something sent', async () => (await of('sent')).length > 0)
    expect(await nonce()).to.be.above(1)
  })

  it('in a lowered mode nothing more is sent, and what is on its way is settled', async () => {
    expect((await say('mode', { mode: 'dry-run' })).body).to.include({ mode: 'dry-run', configuredMode: 'live' })
    const sent = (await of('sent')).length
    const before = await nonce()
    await until('every transaction settled', async () => {
      const settled = (await journal()).filter(({ kind }) => kind === 'confirmed' || kind === 'lost').length
      return settled === sent
    })
    await until('a plan that was only made', async () => (await of('plan')).length > 0)
    expect([(await of('sent')).length, await nonce()]).to.deep.equal([sent, before])
  })

  it('which holds over a restart, and is never raised above the configuration', async () => {
    await daemon.process.kill()
    daemon = await stage.start()
    expect(await status()).to.include({ mode: 'dry-run', configuredMode: 'live', paused: false })
    expect((await say('mode', { mode: 'everything' })).status).to.equal(400)
    expect((await say('mode', { mode: 'live' })).body).to.include({ mode: 'live' })
    expect((await of('control')).map(({ data }) => [data['said'], data['via'], data['detail']])).to.deep.equal([
      ['pause', 'http', ''],
      ['resume', 'http', ''],
      ['mode', 'http', 'live → dry-run'],
      ['mode', 'http', 'dry-run → live'],
    ])
  })

  it('SIGHUP reads the configuration anew; a bad one changes nothing', async () => {
    const file = join(stage.folder, 'plimsoll.yaml')
    const good = await readFile(file, 'utf8')
    const reloads = async (): Promise<unknown[]> =>
      (await of('control'))
        .filter(({ data }) => data['said'] === 'reload')
        .map(({ data }) => [data['via'], data['detail']])
    await writeFile(file, good.replace('minProfitUsd: 5', 'minProfitUsd: 1000000'))
    process.kill(daemon.process.pid, 'SIGHUP')
    while ((await reloads()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await reloads()).to.deep.equal([['signal', 'in force: executor.markets.ethereum-aave.minProfitUsd']])
    await writeFile(file, good.replace('minProfitUsd: 5', 'minProfitUsd: lots'))
    const bad = await say('reload')
    expect([bad.status, JSON.stringify(bad.body)]).to.satisfy(
      ([code, text]: [number, string]) => code === 409 && text.includes('executor.markets.ethereum-aave.minProfitUsd'),
    )
    await writeFile(file, good)
    expect((await say('reload')).body).to.deep.include({
      changed: true,
      applied: ['executor.markets.ethereum-aave.minProfitUsd'],
      needRestart: [],
    })
    expect(await reloads()).to.have.length(2)
  })

  it('the kill file pauses, and holds until it is taken away', async () => {
    const file = join(stage.folder, 'plimsoll.db.pause')
    await writeFile(file, '')
    while (!(await status()).paused) await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await of('control')).at(-1)?.data).to.include({ said: 'pause', via: 'signal', by: file })
    expect((await say('resume')).status).to.equal(409)
    await daemon.process.kill()
    await rm(file)
    daemon = await stage.start()
    expect((await status()).paused).to.equal(true)
    await say('resume')
    await daemon.process.kill()
    await writeFile(file, '')
    daemon = await stage.start()
    expect((await status()).paused, 'at start').to.equal(true)
    await rm(file)
  })
})

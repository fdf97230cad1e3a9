import { expect } from 'chai'
import { mine, next, type StageChain } from '../../scripts/stage/chain.ts'
import { journalOf, judge, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import type { JournalEntry } from '../../src/core/journal.ts'

const KILLS = 5
const BLOCKS_A_LIFE = 6

describe('a daemon killed with SIGKILL, again and again, while it liquidates', function () {
  this.timeout(180_000)
  let stage: Stage
  let chain: StageChain
  let daemon: Daemon

  before(async () => {
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 60, seed: 5, tickMs: 0, blocks: 34 }],
      mode: 'live',
      say: () => {},
    })
    chain = stage.chains[0] as StageChain
    daemon = await stage.start()
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  it('resumes each time, stays exact, and sends nothing twice', async () => {
    let killed = 0
    for (let step = 1, block = await next(chain); block !== undefined; step++, block = await next(chain)) {
      // Not waited for on purpose before a kill: it may be anywhere between the head and the broadcast.
      if (step % BLOCKS_A_LIFE === 0 && killed < KILLS) {
        await daemon.process.kill('SIGKILL')
        killed++
        daemon = await stage.start()
      }
      await reached(daemon.url, chain, block)
    }
    for (let i = 0; i < 3; i++) await reached(daemon.url, chain, await mine(chain))
    expect(killed).to.equal(KILLS)
    const { checked, mismatched } = await judge(daemon.url, chain)
    expect(checked).to.be.above(40)
    expect(mismatched).to.deep.equal([])
  })

  it('has one outcome for each transaction, and one transaction for each nonce', async () => {
    const entries = await journalOf(daemon.url)
    const settled = entries.filter(
      ({ kind, data }) => kind === 'confirmed' || (kind === 'lost' && data['reason'] === 'reverted'),
    )
    expect(settled.length).to.be.above(0)
    const distinct = (name: string, of: readonly JournalEntry[]): number =>
      new Set(of.map(({ data }) => data[name])).size
    expect(distinct('hash', settled), 'hashes').to.equal(settled.length)
    expect(distinct('nonce', settled), 'nonces').to.equal(settled.length)
    const nonce = Number(await chain.rpc('eth_getTransactionCount', stage.keeper, 'latest'))
    expect(nonce - 1, 'transactions of the keeper beside its deployment').to.equal(settled.length)
  })

  it('tells of each alert once', async () => {
    const alerts = (await journalOf(daemon.url)).filter(({ kind }) => kind === 'alert')
    const told = alerts.map(({ block, data }) => `${block} ${data['type']} ${data['address']} ${data['threshold']}`)
    expect(new Set(told).size).to.equal(told.length)
  })
})

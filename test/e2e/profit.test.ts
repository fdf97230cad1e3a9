import { expect } from 'chai'
import { mine, next, type StageChain } from '../../scripts/stage/chain.ts'
import { journalOf, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'

describe('a plan mined in the block it was simulated for', function () {
  this.timeout(120_000)
  let stage: Stage
  let daemon: Daemon

  before(async () => {
    stage = await openStage({
      chains: [
        { chain: 'ethereum', accounts: 50, seed: 7, tickMs: 0, blocks: 16 },
        { chain: 'optimism', accounts: 50, seed: 7, tickMs: 0, blocks: 16 },
      ],
      mode: 'live',
      say: () => {},
    })
    daemon = await stage.start()
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  /** After every block of the story one that holds nothing but what the daemon sent: these are returned. */
  const play = async (chain: StageChain): Promise<Set<number>> => {
    const ours = new Set<number>()
    for (let block = await next(chain); block !== undefined; block = await next(chain)) {
      await settle(chain, block)
      const own = await mine(chain)
      ours.add(own)
      await settle(chain, own)
    }
    return ours
  }

  /** The daemon has the block, and has done what it wants to do about it: the journal has come to rest. */
  const settle = async (chain: StageChain, block: number): Promise<void> => {
    await reached(daemon.url, chain, block)
    const last = async (): Promise<number> => (await journalOf(daemon.url)).at(-1)?.seq ?? 0
    for (let rest = 0, before = await last(); rest < 3; ) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      const now = await last()
      rest = now === before ? rest + 1 : 0
      before = now
    }
  }

  it('earns to the wei what was predicted, on both chains', async () => {
    const played = await Promise.all(stage.chains.map(play))
    for (const [i, chain] of stage.chains.entries()) {
      const entries = (await journalOf(daemon.url)).filter(({ chainId }) => chainId === chain.chainId)
      const sent = new Map(
        entries.filter(({ kind }) => kind === 'sent').map(({ data, block }) => [data['hash'], Number(block)]),
      )
      const confirmed = entries.filter(({ kind, data }) => kind === 'confirmed' && sent.has(data['hash']))
      const minedNext = confirmed.filter(
        ({ data, block }) => played[i]?.has(Number(block)) && Number(block) === (sent.get(data['hash']) ?? 0) + 1,
      )
      expect(minedNext.length, chain.chain).to.be.above(0)
      for (const { data } of minedNext) expect(data['profit'], `${data['hash']}`).to.equal(data['predictedProfit'])
    }
  })
})

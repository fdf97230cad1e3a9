import { expect } from 'chai'
import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { marketName, mine, next, type StageChain } from '../../scripts/stage/chain.ts'
import { journalOf, judge, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import type { JournalEntry } from '../../src/core/journal.ts'

const ERC20 = parseAbi(['function balanceOf(address) view returns (uint256)'])

describe('the daemon, live on two local markets', function () {
  this.timeout(180_000)
  let stage: Stage
  let daemon: Daemon
  let ethereum: StageChain
  let optimism: StageChain

  before(async () => {
    stage = await openStage({
      chains: [
        { chain: 'ethereum', accounts: 60, seed: 3, tickMs: 0, blocks: 36 },
        { chain: 'optimism', accounts: 60, seed: 3, tickMs: 0, blocks: 60 },
      ],
      mode: 'live',
      say: () => {},
    })
    ;[ethereum, optimism] = stage.chains as [StageChain, StageChain]
    daemon = await stage.start()
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  /** One block of each story, taken in by the daemon; false when both are over. */
  const advance = async (): Promise<boolean> => {
    const blocks = await Promise.all(stage.chains.map(async (chain) => ({ chain, block: await next(chain) })))
    for (const { chain, block } of blocks) if (block !== undefined) await reached(daemon.url, chain, block)
    return blocks.some(({ block }) => block !== undefined)
  }

  it('shows what the pools themselves answer, at every tenth block and at the end, and earns', async () => {
    for (let step = 1, going = true; going; step++) {
      going = await advance()
      if (step % 10 === 0 || !going)
        for (const chain of stage.chains) {
          const { checked, mismatched } = await judge(daemon.url, chain)
          expect(checked, chain.chain).to.be.above(40)
          expect(mismatched, chain.chain).to.deep.equal([])
        }
    }
    for (const chain of stage.chains) expect(await earned(chain), chain.chain).to.be.above(0)
  })

  const entriesOf = async (chain: StageChain, kind: string): Promise<JournalEntry[]> =>
    (await journalOf(daemon.url)).filter((entry) => entry.market === marketName(chain) && entry.kind === kind)

  const earned = async (chain: StageChain): Promise<number> => (await entriesOf(chain, 'confirmed')).length

  it('sends every transaction once, and every unit of profit it reports lies in the treasury', async () => {
    for (const chain of stage.chains) {
      for (let i = 0; i < 2; i++) await reached(daemon.url, chain, await mine(chain))
      const confirmed = await entriesOf(chain, 'confirmed')
      const lost = (await entriesOf(chain, 'lost')).filter(({ data }) => data['reason'] === 'reverted')
      const deployments = 1
      const nonce = Number(await chain.rpc('eth_getTransactionCount', stage.keeper, 'latest'))
      expect(nonce, chain.chain).to.equal(confirmed.length + lost.length + deployments)
      const profits = new Map<string, bigint>()
      for (const { data } of confirmed)
        profits.set(`${data['debtAsset']}`, (profits.get(`${data['debtAsset']}`) ?? 0n) + BigInt(`${data['profit']}`))
      for (const [asset, profit] of profits) expect(await balance(chain, asset as Address), asset).to.equal(profit)
    }
  })

  const balance = async (chain: StageChain, asset: Address): Promise<bigint> => {
    const data = encodeFunctionData({ abi: ERC20, functionName: 'balanceOf', args: [stage.treasury] })
    return BigInt((await chain.rpc('eth_call', { to: asset, data }, 'latest')) as Hex)
  }

  it('asks at most three requests a block', async () => {
    const status = await reached(daemon.url, ethereum, 0)
    for (const { name, rpc } of status.chains) expect(rpc.perBlockMax, name).to.be.at.most(3)
    expect(optimism.chainId).to.equal(10)
  })
})

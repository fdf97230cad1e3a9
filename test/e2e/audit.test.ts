import { expect } from 'chai'
import { type Address, encodeFunctionData, type Hex, pad, parseAbi, toEventSelector } from 'viem'
import { fund, marketName, mine, next, type StageChain } from '../../scripts/stage/chain.ts'
import { get, journalOf, judge, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import type { Accounts, Explanation, Status } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { type JsonRpcProxy, startProxy } from '../doubles/json-rpc-proxy.ts'

const POOL = parseAbi([
  'function borrow(address asset, uint256 amount, uint256 mode, uint16 referral, address onBehalfOf)',
])
const BORROW = toEventSelector('Borrow(address,address,address,uint256,uint8,uint256,uint16)')

interface RawLog {
  readonly topics: readonly Hex[]
}

type Market = Status['markets'][number]

describe('a node leaves out logs', function () {
  this.timeout(240_000)
  let stage: Stage
  let chain: StageChain
  let proxy: JsonRpcProxy
  let daemon: Daemon

  before(async () => {
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 60, seed: 5, tickMs: 0, blocks: 34 }],
      mode: 'live',
      through: async ({ http }) => {
        proxy = await startProxy(http)
        return proxy.url
      },
      say: () => {},
    })
    chain = stage.chains[0] as StageChain
  })
  after(async () => {
    await daemon?.process.kill()
    await proxy?.close()
    await stage?.close()
  })

  const market = async (): Promise<Market> => (await get<Status>(`${daemon.url}/api/status`)).markets[0] as Market
  const entries = async (kind: string): Promise<JournalEntry[]> =>
    (await journalOf(daemon.url)).filter((entry) => entry.kind === kind)
  const breakers = async (): Promise<unknown[]> => (await entries('breaker')).map(({ data }) => data['reason'])
  const nonce = async (): Promise<number> => Number(await chain.rpc('eth_getTransactionCount', stage.keeper, 'latest'))
  const base = (): string => `${daemon.url}/api/accounts`
  const step = async (): Promise<void> => {
    const block = (await next(chain)) ?? (await mine(chain))
    await reached(daemon.url, chain, block)
  }
  /** Block after block until it holds; that it comes at all is judged, not when. */
  const until = async (holds: () => Promise<boolean>, take = step): Promise<void> => {
    for (let blocks = 0; !(await holds()); blocks++) {
      expect(blocks, 'blocks waited for').to.be.below(400)
      await take()
    }
  }

  describe('of a borrower, in the search for borrowers at the first start', () => {
    let victim: Hex | undefined
    const gate = Promise.withResolvers<void>()

    before(async () => {
      proxy.edit = ({ method, params }, result) => {
        if (method !== 'eth_getLogs' || !('fromBlock' in (params[0] as object))) return result
        const logs = result as readonly RawLog[]
        victim ??= logs.find(({ topics }) => topics[0] === BORROW)?.topics[2]
        return logs.filter(({ topics }) => topics[2] !== victim)
      }
      daemon = await stage.start()
      // From now on the node tells everything, but takes its time about old logs.
      proxy.edit = async ({ method, params }, result) => {
        if (method === 'eth_getLogs' && 'fromBlock' in (params[0] as object)) await gate.promise
        return result
      }
    })

    it('is found by the proof on the first live page: the market is quarantined and signs nothing', async () => {
      await until(async () => (await market()).quarantined)
      await until(async () => (await entries('refusal')).some(({ data }) => data['reason'] === 'market-quarantined'))
      const { proven, quarantineReason, audit } = await market()
      expect([proven, audit?.mismatched === 0]).to.deep.equal([false, false])
      expect(quarantineReason).to.include('debt totals')
      expect([await entries('sent'), await nonce()]).to.deep.equal([[], 1])
      expect(await breakers()).to.deep.equal(['market-quarantined'])
    })

    it('marks every answer meanwhile', async () => {
      const { quarantined, accounts } = await get<Accounts>(`${base()}?limit=1`)
      const one = await get<Explanation>(`${base()}/${marketName(chain)}/${accounts[0]?.address}`)
      expect([quarantined, one.quarantined]).to.deep.equal([true, true])
      const { output } = await stage.command('explain', accounts[0]?.address ?? '')
      expect(output.some((line) => line.startsWith('QUARANTINED'))).to.equal(true)
    })

    it('is still so after a restart', async () => {
      await daemon.process.kill('SIGKILL')
      daemon = await stage.start()
      await step()
      const { quarantined, proven } = await market()
      expect([quarantined, proven, await entries('sent'), await nonce()]).to.deep.equal([true, false, [], 1])
    })

    it('heals once the market is read anew with everybody in it; told once, and then it sends', async () => {
      gate.resolve()
      await until(async () => !(await market()).quarantined && (await market()).proven)
      expect((await market()).resyncs).to.equal(1)
      expect(await breakers()).to.deep.equal(['market-quarantined', 'market-trusted'])
      const { accounts, quarantined } = await get<Accounts>(`${base()}?limit=1000`)
      expect(accounts.map(({ address }) => pad(address.toLowerCase() as Hex))).to.include(victim)
      expect(quarantined).to.equal(undefined)
      await until(async () => (await entries('confirmed')).length > 0)
      expect((await judge(daemon.url, chain)).mismatched).to.deep.equal([])
      const trusted = (await entries('breaker')).at(-1)?.seq ?? 0
      for (const { seq } of await entries('sent')) expect(seq).to.be.above(trusted)
    })
  })

  describe('of one block while it runs', () => {
    it('is found by an audit, and heals by reading anew once that block is behind', async () => {
      while ((await next(chain)) !== undefined);
      const take = async (): Promise<void> => reached(daemon.url, chain, await mine(chain)).then(() => undefined)
      // Right after an audit, so that the next one comes when the block is below what a new reading goes back to.
      const audited = (await market()).audit?.block
      await until(async () => (await market()).audit?.block !== audited, take)
      const { borrower } = await borrowUnseen()
      expect((await judge(daemon.url, chain)).mismatched.map(({ address }) => address)).to.include(borrower)
      await until(async () => (await breakers()).length === 3, take)
      await until(async () => !(await market()).quarantined, take)
      expect(await breakers()).to.deep.equal([
        'market-quarantined',
        'market-trusted',
        'market-quarantined',
        'market-trusted',
      ])
      expect((await judge(daemon.url, chain)).mismatched).to.deep.equal([])
      const metrics = await (await fetch(`${daemon.url}/metrics`)).text()
      expect(metrics).to.include(`plimsoll_resyncs_total{market="${marketName(chain)}"} 2`)
    })

    /** The healthiest borrower borrows a little more, in a block of which the node tells no log. */
    async function borrowUnseen(): Promise<{ borrower: string }> {
      const { accounts } = await get<Accounts>(`${base()}?limit=1000`)
      const borrower = accounts.findLast(({ eMode }) => eMode === 0)?.address as Address
      const { debts } = await get<Explanation>(`${base()}/${marketName(chain)}/${borrower}`)
      const { asset, amount } = debts[0] as Explanation['debts'][number]
      await chain.rpc('hardhat_impersonateAccount', borrower)
      await fund(chain, borrower, 10n ** 18n)
      const args = [asset as Address, BigInt(amount) / 1000n, 2n, 0, borrower] as const
      const data = encodeFunctionData({ abi: POOL, functionName: 'borrow', args })
      const hash = await chain.rpc('eth_sendTransaction', { from: borrower, to: chain.addresses['pool'], data })
      let hidden: Hex | undefined
      proxy.edit = async ({ method, params }, result) => {
        if (method !== 'eth_getLogs') return result
        hidden ??= (await receiptOf(hash))?.blockHash
        return (params[0] as { blockHash?: Hex }).blockHash === hidden ? [] : result
      }
      await reached(daemon.url, chain, await mine(chain))
      expect((await receiptOf(hash))?.status).to.equal('0x1')
      return { borrower }
    }

    const receiptOf = async (hash: unknown): Promise<{ status: Hex; blockHash: Hex } | null> =>
      (await chain.rpc('eth_getTransactionReceipt', hash)) as { status: Hex; blockHash: Hex } | null
  })
})

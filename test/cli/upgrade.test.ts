import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { getAddress } from 'viem'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import type { Accounts, Status } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { configOf, edited, ended, Place } from './support.ts'

/** The pool is upgraded while the daemon runs, with people under water: once to a revision nobody knows, once to a named one. */
describe('plimsoll run, through upgrades of the pool', function () {
  this.timeout(60_000)
  let devnet: Devnet
  let place: Place
  let url: string

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 40, seed: 21 })
    place = new Place()
    place.configure(edited(configOf(devnet), 'markets.0.rules', 'auto, 101 = aave-v3.6'))
    const child = place.start(['run'])
    const end = ended(child)
    url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stderr ?? process.stdin }).on('line', (line) => {
        if (line.startsWith('{"event":"ready"')) resolve((JSON.parse(line) as { http: string }).http)
      })
      void end.then(({ stderr }) => reject(new Error(stderr)))
    })
  })
  after(async () => {
    place?.remove()
    await devnet?.close()
  })

  const get = async <T>(path: string): Promise<T> => (await (await fetch(`${url}${path}`)).json()) as T
  const entries = async (kind: string) =>
    (await get<{ entries: JournalEntry[] }>(`/api/journal?kind=${kind}&limit=500`)).entries
  const reasons = async () => (await entries('breaker')).map(({ data }) => data['reason'])

  /** One more block, taken in and acted on: the page after it finds nothing left to do. */
  async function settled(): Promise<Status['markets'][number]> {
    for (let more = 0; more < 2; more++) {
      await devnet.control.mine()
      const { number } = await devnet.chain.client.getBlock()
      for (;;) {
        const { chains, markets } = await get<Status>('/api/status')
        if (BigInt(chains[0]?.head?.number ?? 0) >= number) {
          if (more === 1) return markets[0] as Status['markets'][number]
          break
        }
        await delay(25)
      }
    }
    throw new Error('unreachable')
  }

  async function upgrade(to: 'unknown revision' | 'named revision'): Promise<void> {
    await devnet.control.upgradePool(await devnet.control.deployPool(to))
  }

  it('is proven and follows the rules of 3.6', async () => {
    expect(await settled()).to.include({ revision: 10, rules: 'aave-v3.6', quarantined: false, proven: true })
    expect(await reasons()).to.deep.equal([])
  })

  it('watches through the chain’s own answers while nobody knows the rules, plans nothing, and says so once', async () => {
    await upgrade('unknown revision')
    await devnet.control.setPrice('WETH', (BigInt(devnet.market.risk.reserves.WETH.priceUsd8) * 70n) / 100n)
    const status = await settled()
    expect(status).to.include({ revision: 99, rules: null, quarantined: true, proven: false, liquidatable: 0 })
    expect(status.quarantineReason).to.include('revision 99')
    expect(await reasons()).to.deep.equal(['unknown-revision'])
    expect(await entries('plan')).to.deep.equal([])
    const { accounts, block } = await get<Accounts>('/api/accounts?limit=500')
    expect(accounts).to.have.length.above(20)
    expect(accounts.filter(({ liquidatable }) => liquidatable)).to.have.length.above(2)
    for (const { address, source, asOfBlock, collateralBase, debtBase, healthFactor } of accounts) {
      const told = await devnet.chain.client.readContract({
        address: devnet.market.addresses.pool,
        abi: poolAbi,
        functionName: 'getUserAccountData',
        args: [getAddress(address)],
        blockNumber: BigInt(block.number),
      })
      expect({ source, asOfBlock, collateralBase, debtBase, healthFactor }).to.deep.equal({
        source: 'chain',
        asOfBlock: block.number,
        collateralBase: `${told[0]}`,
        debtBase: `${told[1]}`,
        healthFactor: `${told[5]}`,
      })
    }
  })

  it('warns meanwhile, by what the chain says', async () => {
    expect(await entries('alert')).to.have.length.above(2)
  })

  it('goes on by the rules that the configuration names, once it is proven again', async () => {
    await upgrade('named revision')
    const status = await settled()
    expect(status).to.include({ revision: 101, rules: 'aave-v3.6', quarantined: false, proven: true })
    expect(status.liquidatable).to.be.above(2)
    expect(await reasons()).to.deep.equal(['unknown-revision', 'known-revision'])
    const { accounts } = await get<Accounts>('/api/accounts?limit=500')
    expect(accounts.every(({ source }) => source === 'mirror')).to.equal(true)
    // A busy machine leaves candidates to a later block.
    const decided = async () => (await entries('plan')).length + (await entries('refusal')).length
    for (let blocks = 0; blocks < 10 && (await decided()) < 3; blocks++) await settled()
    expect(await decided()).to.be.at.least(3)
  })
})

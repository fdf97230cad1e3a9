import { expect } from 'chai'
import { getAddress } from 'viem'
import {
  followAdvice,
  followedText,
  healthOf,
  liquidationsOf,
  type Owner,
  ownersOf,
  subscribe,
} from '../../scripts/demo/owners.ts'
import { mine, next, type StageChain } from '../../scripts/stage/chain.ts'
import { get, journalOf, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import type { Advice } from '../../src/core/answers.ts'
import { WAD } from '../../src/core/math.ts'

describe('owners in the story of a live daemon', function () {
  this.timeout(240_000)
  let stage: Stage
  let chain: StageChain
  let daemon: Daemon
  let careful: Owner
  let careless: Owner

  before(async () => {
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 30, seed: 3, tickMs: 0, blocks: 45, owners: true }],
      mode: 'live',
      say: () => {},
    })
    chain = stage.chains[0] as StageChain
    daemon = await stage.start()
    ;[careful, careless] = ownersOf(chain, 10) as [Owner, Owner]
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
  })

  /** Blocks of the story until it holds. */
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    while (!(await holds())) {
      const block = await next(chain)
      if (block === undefined) throw new Error(`the story is over, and still not: ${what}`)
      await reached(daemon.url, chain, block)
    }
  }

  const below = (owner: Owner, wad: bigint) => async () => (await healthOf(owner)) < wad

  it('the careful one does what the advice says, and health ends at the promise to the wei', async () => {
    await until('careful below 1.1', below(careful, (WAD * 11n) / 10n))
    const followed = await followAdvice(careful, daemon.url)
    expect(followed.reached, followedText(careful, followed)).to.equal(followed.promised)
    expect(followed.reached >= (WAD * 125n) / 100n).to.equal(true)
    expect(followed.option).to.include({ kind: 'repay', symbol: 'USDC', costBase: '0' })
    expect(followed.option.calls.map(({ what }) => what)).to.deep.equal(['approve', 'repay'])
    await reached(daemon.url, chain, await mine(chain))
    const advice = await get<Advice>(`${daemon.url}/api/accounts/ethereum-aave/${careful.address}/advice`)
    expect(BigInt(advice.row.healthFactor ?? 0n)).to.equal(await healthOf(careful))
  })

  it('the careless one is liquidated, the careful one never is', async () => {
    await until('careless liquidated', async () => (await liquidationsOf(careless)) > 0)
    const confirmed = (await journalOf(daemon.url)).filter(({ kind }) => kind === 'confirmed')
    expect(confirmed.map(({ data }) => String(data['borrower']).toLowerCase())).to.include(careless.address)
    for (let block = await next(chain); block !== undefined; block = await next(chain))
      expect((await healthOf(careful)) > WAD, `block ${block}`).to.equal(true)
    expect(await liquidationsOf(careful)).to.equal(0)
  })

  it('each subscribes with one line to the bot', () => {
    const said: unknown[] = []
    subscribe({ say: (...line) => void said.push(line) }, careful)
    expect(said).to.deep.equal([[10, 10, `/watch ${getAddress(careful.address)} careful`]])
  })
})

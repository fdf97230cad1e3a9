import { expect } from 'chai'
import { type Hash, parseAbiItem } from 'viem'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import { namedAccount } from '../../scripts/devnet/chain.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import type { StoryStep } from '../../scripts/devnet/story.ts'

const options = { chain: 'ethereum', accounts: 40, seed: 5 } as const
const blocks = 45
const liquidationCall = parseAbiItem(
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
)

interface Run {
  readonly devnet: Devnet
  readonly steps: readonly StoryStep[]
  readonly head: Hash
  readonly first: bigint
}

async function run(rival: boolean): Promise<Run> {
  const devnet = await startDevnet({ ...options, rival })
  const first = devnet.chain.head.number + 1n
  const story = devnet.story(blocks)
  const steps: StoryStep[] = []
  for (let step = await story.next(); step !== undefined; step = await story.next()) steps.push(step)
  return { devnet, steps, head: (await devnet.chain.client.getBlock()).hash, first }
}

const deeds = ({ steps }: Run): string[] =>
  steps.flatMap(({ block, actions, reverted }) =>
    actions
      .filter((action) => action.startsWith('rival') && !reverted.includes(action))
      .map((action) => `${block} ${action.split(' ').at(-1)?.toLowerCase()}`),
  )

function liquidations({ devnet: { chain, market }, first }: Run) {
  return chain.client.getLogs({
    address: market.addresses.pool,
    event: liquidationCall,
    fromBlock: first,
    strict: true,
  })
}

describe('devnet rival', function () {
  this.timeout(60_000)
  let rivalled: Run

  before(async () => {
    rivalled = await run(true)
  })

  after(() => rivalled?.devnet.close())

  it('liquidates what its steps say, with its own funds', async () => {
    const found = await liquidations(rivalled)
    expect(found).to.have.length.above(4)
    expect(found.map(({ blockNumber, args }) => `${blockNumber} ${args.user.toLowerCase()}`)).to.have.members(
      deeds(rivalled),
    )
    for (const { args } of found) expect(args.liquidator.toLowerCase()).to.equal(namedAccount('rival'))
  })

  it('comes in the very block of the report at times, and at times one later', async () => {
    const { chain, market } = rivalled.devnet
    const pool = { address: market.addresses.pool, abi: poolAbi, functionName: 'getUserAccountData' } as const
    const found = await liquidations(rivalled)
    let sameBlock = 0
    for (const { blockNumber, args } of found) {
      const before = await chain.client.readContract({ ...pool, args: [args.user], blockNumber: blockNumber - 1n })
      if (before[5] >= 10n ** 18n) sameBlock++
    }
    expect(sameBlock).to.be.within(1, found.length - 1)
  })

  it('does the same each time, and without it nobody is liquidated', async () => {
    const [again, alone] = [await run(true), await run(false)]
    try {
      expect(again.head).to.equal(rivalled.head)
      expect(alone.head).not.to.equal(rivalled.head)
      expect(await liquidations(alone)).to.deep.equal([])
    } finally {
      await Promise.all([again, alone].map(({ devnet }) => devnet.close()))
    }
  })
})

import { expect } from 'chai'
import { type Address, decodeFunctionData, encodeAbiParameters, erc20Abi, type Hex, pad, parseAbi, toHex } from 'viem'
import { assetsOf, discoverPools } from '../../../src/app/pools/discover.ts'
import { Book } from '../../../src/core/book.ts'
import type { Batch } from '../../../src/core/ports.ts'
import type { ReserveView } from '../../../src/core/protocol.ts'
import { address, fakeProtocol, header } from '../../core/fake-protocol.ts'

const FACTORY = address(0xfac)
const [WETH, USDC, DAI, LINK, WBTC, GHO, DUST] = [1, 2, 3, 4, 5, 6, 7].map(address) as [
  Address,
  Address,
  Address,
  Address,
  Address,
  Address,
  Address,
]
/** Price in dollars, and owed in whole units. */
const LISTED: readonly (readonly [Address, number, number])[] = [
  [WETH, 2000, 10],
  [USDC, 1, 9_000_000],
  [DAI, 1, 5_000_000],
  [WBTC, 60_000, 50],
  [GHO, 1, 2_000_000],
  [LINK, 10, 100],
  [DUST, 0, 10 ** 9],
]

const ABI = [
  ...parseAbi([
    'function getPool(address,address,uint24) view returns (address)',
    'function liquidity() view returns (uint128)',
  ]),
  ...erc20Abi,
] as const

function bookOf(listed = LISTED): Book {
  const reserves = listed.map(
    ([asset, price]) => ({ asset, decimals: 18, priceUsd8: BigInt(price * 1e8) }) as ReserveView,
  )
  const sums = listed.map(([asset, , owed]) => ({
    asset,
    sumScaledDebt: BigInt(owed) * 10n ** 18n,
    scaledTotalSupply: -1n,
  }))
  return new Book('m', {
    ...fakeProtocol,
    market: () => ({ pool: address(9), revision: 1n, rules: 'x', reserves }),
    audit: { ...fakeProtocol.audit, sums: () => sums },
  })
}

interface Made {
  readonly pair: readonly [Address, Address]
  readonly fee: number
  /** Whole units of each. */
  readonly holds: readonly [number, number]
  readonly liquidity?: bigint
}

/** A factory, and how it is asked. */
function chainOf(made: readonly Made[]) {
  const asked: { pair: string; fee: number }[] = []
  const word = (value: bigint): Hex => encodeAbiParameters([{ type: 'uint256' }], [value])
  const poolAt = (i: number): Address => address(0x1000 + i)
  const reply = (to: Address, data: Hex): Hex | undefined => {
    const { functionName, args } = decodeFunctionData({ abi: ABI, data })
    if (functionName === 'getPool') {
      const [a, b, fee] = args.map((one) => (typeof one === 'string' ? one.toLowerCase() : one)) as [
        Address,
        Address,
        number,
      ]
      asked.push({ pair: [a, b].join(), fee })
      const i = made.findIndex(
        ({ pair, fee: tier }) => tier === fee && [...pair].sort().join() === [a, b].sort().join(),
      )
      return pad(i < 0 ? toHex(0) : poolAt(i), { size: 32 })
    }
    if (functionName === 'liquidity') return word(made[Number(BigInt(to)) - 0x1000]?.liquidity ?? 1n)
    if (functionName !== 'balanceOf') return undefined
    const pool = made[Number(BigInt(args[0])) - 0x1000]
    const units = pool?.holds[pool.pair.indexOf(to)] ?? 0
    return word(BigInt(units) * 10n ** 18n)
  }
  const batch: Batch = {
    read: async (calls, at) => {
      expect(at).to.deep.equal({ blockHash: header(5).hash })
      return calls.map((call) => ({ ...call, result: reply(call.to, call.data) }))
    },
  }
  const find = (followed: readonly Address[] = [], books = [bookOf()]): Promise<readonly Address[]> =>
    discoverPools({ batch, factory: FACTORY, wrappedNative: WETH, books, followed }, header(5))
  return { asked, find, poolAt }
}

describe('which pools are followed', () => {
  it('are looked for against the native coin and the four assets of which most is owed, each once, in four tiers', async () => {
    const { asked, find } = chainOf([])
    expect(await find()).to.deep.equal([])
    const hubs = [WETH, USDC, DAI, WBTC, GHO]
    const pairs = new Set(asked.map(({ pair }) => pair.split(',').sort().join()))
    // Ten among the five, and each of the other two against all five.
    expect(pairs.size).to.equal(10 + 2 * 5)
    expect(asked).to.have.length(4 * pairs.size)
    expect([...pairs].every((pair) => hubs.some((hub) => pair.includes(hub)))).to.equal(true)
    expect(pairs.has([LINK, DUST].sort().join())).to.equal(false)
  })

  it('hold something at their price, the most valuable first', async () => {
    const { find, poolAt } = chainOf([
      { pair: [LINK, WETH], fee: 3000, holds: [10_000, 50] },
      { pair: [WETH, USDC], fee: 500, holds: [1000, 2_000_000] },
      { pair: [WETH, USDC], fee: 3000, holds: [10_000, 20_000_000], liquidity: 0n },
      { pair: [WETH, USDC], fee: 100, holds: [20, 50_000] },
      { pair: [DUST, WETH], fee: 3000, holds: [10 ** 9, 90] },
    ])
    expect(await find()).to.deep.equal([poolAt(1), poolAt(0), poolAt(4)])
  })

  it('stay where they are followed, unless others are twice as large', async () => {
    const pool = (fee: number, ether: number): Made => ({ pair: [WETH, DAI], fee, holds: [ether, 0] })
    const { find, poolAt } = chainOf([pool(500, 40), pool(3000, 60)])
    expect(await find()).to.deep.equal([poolAt(1)])
    expect(await find([poolAt(0)]), 'half of what it takes is enough to stay').to.deep.equal([poolAt(0), poolAt(1)])
  })

  it('are no more than 48', async () => {
    const many = Array.from({ length: 40 }, (_, i): readonly [Address, number, number] => [address(0x100 + i), 1, 0])
    const made = many.flatMap(([asset], i) =>
      [500, 3000].map((fee): Made => ({ pair: [asset, WETH], fee, holds: [0, 1000 + 2 * i + (fee === 500 ? 1 : 0)] })),
    )
    const { find, poolAt } = chainOf(made)
    const found = await find([], [bookOf([...LISTED, ...many])])
    expect(found).to.have.length(48)
    expect(found[0]).to.equal(poolAt(78))
  })

  it('are those of all markets of the chain', async () => {
    const { find, poolAt } = chainOf([{ pair: [LINK, WETH], fee: 3000, holds: [10 ** 6, 1000] }])
    const [weth, link] = [LISTED.slice(0, 1), LISTED.slice(5, 6)]
    expect(await find([], [bookOf(weth), bookOf(link)])).to.deep.equal([poolAt(0)])
    expect(assetsOf([bookOf(weth), bookOf(link)])).to.equal([WETH, LINK].sort().join())
  })
})

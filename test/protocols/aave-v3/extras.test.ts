import { expect } from 'chai'
import { type Address, concatHex, encodeFunctionData, type Hex, pad, parseAbi, stringToHex, toHex } from 'viem'
import { feedProxyAbi, oracleAbi, poolAbi, ratioFeedAbi } from '../../../scripts/devnet/abis.ts'
import { encodeApprove, encodeMint, encodeSupply } from '../../../scripts/devnet/actions.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import type { Book } from '../../../src/core/book.ts'
import type { Deed } from '../../../src/core/risk/deed.ts'
import type { Extras } from '../../../src/core/risk/extras.ts'
import type { Read } from '../../../src/core/types.ts'
import { call, selector } from '../../../src/protocols/aave-v3/abi.ts'
import { extrasCalls, extrasOf } from '../../../src/protocols/aave-v3/extras.ts'
import { type Mirror, startMirror } from './mirror.ts'

const abi = parseAbi([
  'function totalSupply() view returns (uint256)',
  'function getReserveDeficit(address) view returns (uint256)',
  'function getOptimalUsageRatio(address) view returns (uint256)',
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
  'function setAddress(bytes32 id, address newAddress)',
  'function eliminateReserveDeficit(address asset, uint256 amount)',
  'function repayWithATokens(address asset, uint256 amount, uint256 interestRateMode) returns (uint256)',
])

const RICH = 2n ** 100n
const keeper = namedAccount('keeper of the extras')
const umbrella = namedAccount('umbrella of the extras')

describe('what is asked of the node once a bin', function () {
  this.timeout(90_000)
  let mirror: Mirror

  before(async () => {
    mirror = await startMirror({ chain: 'ethereum', accounts: 30, seed: 9 })
    const { chain, reserves, addresses } = mirror.devnet.market
    for (const who of [keeper, umbrella])
      for (const { asset } of Object.values(reserves)) {
        await chain.send({ from: addresses.governance, to: asset, data: encodeMint(who, RICH) })
        await chain.send({ from: who, to: asset, data: encodeApprove(addresses.pool, RICH) })
      }
    await chain.settle()
    await mirror.catchUp()
  })

  after(() => mirror?.close())

  const read = <T extends string>(address: Address, functionName: T, args: readonly unknown[] = []) =>
    mirror.devnet.chain.client.readContract({ address, abi, functionName, args } as Parameters<
      typeof mirror.devnet.chain.client.readContract
    >[0])

  /** As the risk thread does it: in rounds, until nothing is missing. */
  async function ask(): Promise<{ extras: Extras; rounds: number }> {
    const { book, batch } = mirror
    const { extras } = book.protocol
    const block = book.head ?? expect.fail()
    const reads: Read[] = []
    let rounds = 0
    for (let calls = extras.calls(book.ledger, reads); calls.length > 0; calls = extras.calls(book.ledger, reads)) {
      reads.push(...(await batch.read(calls, { blockHash: block.hash })))
      expect(++rounds).to.be.below(4)
    }
    return { extras: extras.of(book.ledger, reads, block), rounds }
  }

  it('is what the contracts say themselves', async () => {
    const { extras, rounds } = await ask()
    const { reserves, addresses } = mirror.devnet.market
    expect(rounds).to.equal(2)
    for (const { asset, aToken, vToken, source } of Object.values(reserves)) {
      const own = extras.reserves.find((one) => one.asset === asset.toLowerCase())
      expect(own).to.deep.equal({
        asset: asset.toLowerCase(),
        supplied: await read(aToken, 'totalSupply'),
        borrowed: await read(vToken, 'totalSupply'),
        kinkRay: await read(addresses.rateStrategy, 'getOptimalUsageRatio', [asset]),
        deficit: await read(addresses.pool, 'getReserveDeficit', [asset]),
        totalSupply: await read(asset, 'totalSupply'),
        umbrella: null,
      })
      expect(own?.supplied).not.to.equal(0n)
      const feed = extras.feeds.find((one) => one.asset === asset.toLowerCase()) ?? expect.fail()
      expect(feed.source).to.equal(source.toLowerCase())
      const round = (await read(feed.root, 'latestRoundData')) as readonly bigint[]
      expect(BigInt(feed.updatedAtS ?? 0)).to.equal(round[3])
    }
  })

  it('tells a capped source’s ratio and cap; of the others none', async () => {
    const { wstETH, WETH } = mirror.devnet.market.reserves
    const contract = { address: wstETH.source, abi: ratioFeedAbi } as const
    const { client } = mirror.devnet.chain
    const check = async () => {
      const { feeds } = (await ask()).extras
      expect(feeds.find(({ asset }) => asset === WETH.asset.toLowerCase())?.capped).to.equal(null)
      const { ratio, cap } = feeds.find(({ asset }) => asset === wstETH.asset.toLowerCase())?.capped ?? expect.fail()
      expect(ratio).to.equal(await client.readContract({ ...contract, functionName: 'getRatio' }))
      const max = await client.readContract({ ...contract, functionName: 'getMaxRatio' })
      // Its growth is told in whole basis points a year: a hundredth of a per cent too low at most.
      expect(Number(max - cap) / Number(max)).to.be.within(0, 1e-4)
      return Number(cap) / Number(ratio) - 1
    }
    expect(await check()).to.be.above(0)
    const now = mirror.devnet.chain.head.timestamp
    const args = [{ startRatio: 10n ** 18n, startTime: now - 86_400n, growthPerSecond: 10n ** 9n }] as const
    const data = encodeFunctionData({ abi: ratioFeedAbi, functionName: 'setCap', args })
    await mirror.devnet.control.as(mirror.devnet.market.addresses.governance).execute(wstETH.source, data)
    await mirror.catchUp()
    expect(await check()).to.be.below(0)
  })

  it('and deeds tell deficits made and covered, to the wei, and what the reserve is left with', async () => {
    const { reserves, addresses, chain } = mirror.devnet.market
    const { control } = mirror.devnet
    await control.setPrice('WETH', 40_000_000_000n)
    await mirror.catchUp()
    const made = new Map<Address, bigint>()
    const deeds: Deed[] = []
    for (let i = 0; i < 8; i++) deeds.push(...(await liquidateWorst()))
    for (const deed of deeds)
      if (deed.kind === 'deficit-created') made.set(deed.asset, (made.get(deed.asset) ?? 0n) + deed.amount)
    const [asset, amount] = [...made][0] ?? expect.fail('no deficit came of it')
    const deficitOf = async () => (await ask()).extras.reserves.find((one) => one.asset === asset)?.deficit
    expect(await deficitOf()).to.equal(amount)
    const id = pad(stringToHex('UMBRELLA'), { dir: 'right', size: 32 })
    const govern = encodeFunctionData({ abi, functionName: 'setAddress', args: [id, umbrella] })
    await control.as(addresses.governance).execute(addresses.addressesProvider, govern)
    await control.as(umbrella).execute(addresses.pool, encodeSupply(asset, 2n * amount, umbrella))
    await mirror.catchUp()
    const half = amount / 2n
    const cover = encodeFunctionData({ abi, functionName: 'eliminateReserveDeficit', args: [asset, half] })
    await chain.send({ from: umbrella, to: addresses.pool, data: cover })
    const covered = (await page()).find(({ kind }) => kind === 'deficit-covered')
    expect(covered).to.include({ account: umbrella.toLowerCase(), asset, amount: half })
    expect(await deficitOf()).to.equal(amount - half)
    expect(Object.values(reserves).map((one) => one.asset.toLowerCase())).to.include(asset)
  })

  /** The next page's deeds; the book takes it in. */
  async function page(): Promise<readonly Deed[]> {
    const { book } = mirror
    const earlier = new Map(
      book.protocol.market(book.ledger).reserves.map(({ asset, priceUsd8 }) => [asset, priceUsd8]),
    )
    await mirror.devnet.chain.settle()
    const [event] = await mirror.catchUp()
    return event?.kind === 'page' ? book.protocol.deeds(event.facts, book.ledger, earlier) : []
  }

  const liquidation = (book: Book): Hex | undefined => {
    const [worst] = book.liquidatable(mirror.devnet.chain.nextTimestamp)
    const [best] = worst?.seizures ?? []
    if (best === undefined) return undefined
    const args = [best.collateralAsset, best.debtAsset, best.borrower, best.debtToCover, false] as const
    return encodeFunctionData({ abi: poolAbi, functionName: 'liquidationCall', args })
  }

  async function liquidateWorst(): Promise<readonly Deed[]> {
    const data = liquidation(mirror.book)
    if (data === undefined) return []
    await mirror.devnet.chain.send({ from: keeper, to: mirror.devnet.market.addresses.pool, data })
    return page()
  }

  it('values what came between two rounds of a block at the first of them, and what came before both at the old price', async () => {
    const { chain, reserves, addresses } = mirror.devnet.market
    const { WETH } = reserves
    const { control } = mirror.devnet
    await control.setPrice('WETH', 30_000_000_000n)
    await mirror.catchUp()
    const one = 10n ** 18n
    const supply = encodeSupply(WETH.asset, one, keeper)
    const tip = chain.baseFeeWei
    const report = (price: bigint, tipWei: bigint) =>
      chain.send({
        from: addresses.governance,
        to: WETH.aggregator,
        data: encodeFunctionData({
          abi: parseAbi(['function report(int256 answer)']),
          functionName: 'report',
          args: [price],
        }),
        tipWei,
      })
    await chain.send({ from: keeper, to: addresses.pool, data: supply, tipWei: 9n * tip })
    await report(20_000_000_000n, 8n * tip)
    await chain.send({
      from: umbrella,
      to: addresses.pool,
      data: encodeSupply(WETH.asset, one, umbrella),
      tipWei: 7n * tip,
    })
    await report(25_000_000_000n, 6n * tip)
    const told = (await page()).flatMap((deed) =>
      deed.kind === 'answer' ? [deed.answer] : 'valueBase' in deed ? [deed.valueBase] : [],
    )
    expect(told).to.deep.equal([30_000_000_000n, 20_000_000_000n, 20_000_000_000n, 25_000_000_000n])
    const price = await chain.client.readContract({
      ...{ address: addresses.oracle, abi: oracleAbi, functionName: 'getAssetPrice', args: [WETH.asset] },
    })
    expect(price).to.equal(25_000_000_000n)
    const aggregator = await chain.client.readContract({
      ...{ address: WETH.source, abi: feedProxyAbi, functionName: 'aggregator' },
    })
    expect(aggregator.toLowerCase()).to.equal(WETH.aggregator.toLowerCase())
  })

  it('a repayment out of one’s own collateral says so', async () => {
    const { addresses, reserves } = mirror.devnet.market
    const { chain } = mirror.devnet
    const { DAI } = reserves
    const who = umbrella
    await mirror.devnet.control.as(who).execute(addresses.pool, encodeSupply(DAI.asset, 10n ** 24n, who))
    const borrow = encodeFunctionData({
      ...{ abi: poolAbi, functionName: 'borrow', args: [DAI.asset, 10n ** 21n, 2n, 0, who] },
    })
    await mirror.devnet.control.as(who).execute(addresses.pool, borrow)
    await mirror.catchUp()
    const repay = encodeFunctionData({ abi, functionName: 'repayWithATokens', args: [DAI.asset, 10n ** 20n, 2n] })
    await chain.send({ from: who, to: addresses.pool, data: repay })
    const own = (await page()).filter(({ kind }) => kind === 'repay' || kind === 'withdraw')
    expect(own.map((deed) => deed.kind)).to.deep.equal(['repay'])
    expect(own[0]).to.include({ account: who.toLowerCase(), amount: 10n ** 20n, withCollateral: true })
  })

  // No Umbrella can be had here: its answers are encoded by hand, in the order of the words of aave-umbrella's interface.
  it('takes Umbrella’s offset and what two stake tokens can be slashed for, from encoded answers', () => {
    const { book } = mirror
    const [at, token1, token2, oracle1, oracle2] = [0x11, 0x21, 0x22, 0x31, 0x32].map((n) =>
      pad(toHex(n), { size: 20 }),
    )
    const answers = encodedUmbrella(book, {
      ...{ umbrella: at as Address, tokens: [token1, token2] as Address[], oracles: [oracle1, oracle2] as Address[] },
    })
    const reads: Read[] = []
    const umbrellaAt = at as Address
    for (let rounds = 0; ; rounds++) {
      const calls = extrasCalls(book.ledger, reads, umbrellaAt)
      if (calls.length === 0) break
      expect(rounds).to.be.below(4)
      reads.push(...calls.map((one) => ({ ...one, result: answers.get(`${one.to}${one.data}`) })))
    }
    const block = book.head ?? expect.fail()
    const { reserves } = extrasOf(book.ledger, reads, { block, umbrella: umbrellaAt })
    const [first, second] = reserves
    // 5 units of offset; 1,000 at 1.02 dollars and 2 at 2,000.
    expect(first?.umbrella).to.deep.equal({
      offset: 5n,
      pending: 1n,
      slashableBase: 102_000_000_000n + 400_000_000_000n,
    })
    expect(second?.umbrella).to.equal(null)
  })
})

const word = (value: bigint | Address): Hex => pad(typeof value === 'bigint' ? toHex(value) : value, { size: 32 })

/** Only for the first reserve; the second is not insured, and its calls revert. */
function encodedUmbrella(
  { protocol, ledger }: Book,
  { umbrella: at, tokens, oracles }: { umbrella: Address; tokens: readonly Address[]; oracles: readonly Address[] },
): ReadonlyMap<string, Hex> {
  const asset = protocol.market(ledger).reserves[0]?.asset ?? expect.fail()
  const of = (to: Address, signature: string, argument?: Address): string => {
    const { data } = call(to, selector(signature), argument)
    return `${to}${data}`
  }
  const [token1, token2] = tokens as [Address, Address]
  const [oracle1, oracle2] = oracles as [Address, Address]
  const configs = [32n, 2n, token1, oracle1, 100n, token2, oracle2, 0n] as const
  return new Map([
    [of(at, 'getDeficitOffset(address)', asset), word(5n)],
    [of(at, 'getPendingDeficit(address)', asset), word(1n)],
    [of(at, 'getReserveSlashingConfigs(address)', asset), concatHex(configs.map(word))],
    [of(token1, 'getMaxSlashableAssets()'), word(1_000_000_000n)],
    [of(token1, 'decimals()'), word(6n)],
    [of(oracle1, 'latestAnswer()'), word(102_000_000n)],
    [of(token2, 'getMaxSlashableAssets()'), word(2n * 10n ** 18n)],
    [of(token2, 'decimals()'), word(18n)],
    [of(oracle2, 'latestAnswer()'), word(200_000_000_000n)],
  ])
}

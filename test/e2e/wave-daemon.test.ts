import { expect } from 'chai'
import { type Address, encodeFunctionData, type Hex, numberToHex, parseAbi } from 'viem'
import { encodeApprove, encodeBorrow, encodeMint, encodeRepay, encodeSupply } from '../../scripts/devnet/actions.ts'
import { namedAccount } from '../../scripts/devnet/chain.ts'
import { type BotApi, startBotApi } from '../../scripts/doubles/bot-api.ts'
import { fund, mine, type StageChain } from '../../scripts/stage/chain.ts'
import { get, journalOf, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import type { Accounts } from '../../src/core/answers.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { AbsorptionAnswer, LadderAnswer, RiskHead, RiskOverview } from '../../src/core/risk/answers.ts'

const TOKEN = '1:wave'
const ENGLISH = 71
const CHINESE = 72
const BIN_S = 60
const MARKET = 'ethereum-aave'
const GROUP_QUESTIONS = ['ladder', 'absorption', 'grid', 'phase', 'wave'] as const
const QUESTIONS = [
  'overview',
  ...GROUP_QUESTIONS,
  'cascade?shock=ETH=-15',
  'joint?groups=ETH,WBTC',
  'cohorts',
  'compare?shock=ETH=-15',
]

/** What the chain itself says is the oracle of these tests; the daemon is one process, killed as the cases need. */
describe('the wave of a market, told by a real daemon', function () {
  this.timeout(180_000)
  let api: BotApi
  let stage: Stage
  let chain: StageChain
  let daemon: Daemon
  const whale = namedAccount('whale of the wave')

  before(async () => {
    api = await startBotApi({ token: TOKEN })
    stage = await openStage({
      chains: [{ chain: 'ethereum', accounts: 60, seed: 5, tickMs: 0 }],
      mode: 'watch',
      finality: 4,
      risk: { binS: BIN_S, everyS: 1 },
      pools: true,
      telegram: {
        token: TOKEN,
        apiRoot: api.url,
        chats: [
          { chatId: ENGLISH, role: 'operator' },
          { chatId: CHINESE, role: 'viewer', language: 'zh' },
        ],
      },
      say: () => {},
    })
    chain = stage.chains[0] as StageChain
    daemon = await stage.start()
    // The pools are read beside the loop, and mirrored from the next block on.
    for (let blocks = 0; !(await mirrorsPools()); blocks++) {
      if (blocks === 200) throw new Error('200 blocks, and no pools are mirrored')
      await block()
    }
  })
  after(async () => {
    await daemon?.process.kill()
    await stage?.close()
    await api?.close()
  })

  async function kill(): Promise<void> {
    await daemon.process.kill('SIGKILL')
    daemon = await stage.start()
  }

  async function block(): Promise<number> {
    const number = await mine(chain)
    await reached(daemon.url, chain, number)
    return number
  }

  const mirrorsPools = async (): Promise<boolean> => {
    const answer = await fetch(`${daemon.url}/api/risk/absorption`)
    return answer.ok && ((await answer.json()) as AbsorptionAnswer).pools.length > 0
  }
  const risk = <T extends RiskHead>(question: string): Promise<T> => get<T>(`${daemon.url}/api/risk/${question}`)
  const journal = async (kind: string): Promise<JournalEntry[]> =>
    (await journalOf(daemon.url)).filter((entry) => entry.kind === kind)
  const messages = (chatId: number): string[] =>
    api.messages.filter((message) => message.chatId === chatId).map(({ text }) => text)

  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let asked = 0; !(await holds()); asked++) {
      if (asked === 800) throw new Error(`still not: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async function send(from: Address, to: Address, data: Hex): Promise<void> {
    await chain.rpc('hardhat_impersonateAccount', from)
    await fund(chain, from, 10n ** 21n)
    const fees = { maxFeePerGas: numberToHex(10n ** 12n), maxPriorityFeePerGas: numberToHex(10n ** 9n) }
    const hash = await chain.rpc('eth_sendTransaction', { from, to, data, gas: numberToHex(1_500_000), ...fees })
    await block()
    const receipt = (await chain.rpc('eth_getTransactionReceipt', hash)) as { status?: Hex } | null
    expect(receipt?.status, `call of ${to}`).to.equal('0x1')
  }

  /** Everybody's collateral, debt and health as the pool has them: the daemon's list is held against it elsewhere. */
  async function everybody(): Promise<{ address: string; collateral: number; debt: number; health: number }[]> {
    const { accounts } = await get<Accounts>(`${daemon.url}/api/accounts?market=${MARKET}&limit=1000`)
    return Promise.all(
      accounts.map(async ({ address }) => {
        const data = encodeFunctionData({
          abi: parseAbi(['function getUserAccountData(address)']),
          args: [address as Address],
        })
        const answer = String(await chain.rpc('eth_call', { to: chain.addresses['pool'], data }, 'latest'))
        const word = (at: number): number => Number(BigInt(`0x${answer.slice(2 + 64 * at, 66 + 64 * at)}`))
        return { address, collateral: word(0) / 1e8, debt: word(1) / 1e8, health: word(5) / 1e18 }
      }),
    )
  }

  const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)
  const reserve = (symbol: string) => chain.reserves[symbol] ?? expect.fail(`no reserve ${symbol}`)

  it('answers every question about the block the chain stands at', async () => {
    const head = await block()
    for (const question of QUESTIONS) {
      const answer = await risk<RiskHead>(question)
      expect(answer, question).to.include({ market: MARKET, chainId: chain.chainId })
      expect(answer.block.number, question).to.equal(String(head))
    }
    const [someone] = await everybody()
    const plan = await risk<RiskHead>(`plan/${MARKET}/${someone?.address}`)
    expect(plan.block.number).to.equal(String(head))
    expect(await get<{ markets: unknown[] }>(`${daemon.url}/api/risk/chains`))
      .to.have.property('markets')
      .of.length(1)
  })

  it('adds up what getUserAccountData answers of each account', async () => {
    const people = await everybody()
    const { debtUsd, collateralUsd, accounts } = await risk<RiskOverview>('overview')
    const sums = { debt: total(people.map(({ debt }) => debt)), collateral: total(people.map((one) => one.collateral)) }
    expect(accounts).to.be.at.least(people.filter(({ debt }) => debt > 0).length)
    expect(debtUsd / sums.debt).to.be.closeTo(1, 1e-9)
    expect(collateralUsd).to.be.at.least(sums.collateral * (1 - 1e-9))
  })

  it('has on its ladder exactly those whom the feed, really set lower, makes liquidatable', async () => {
    const { group, points, accounts } = await risk<LadderAnswer>('ladder?group=WETH&accounts=1000')
    const point = points.find(({ fallPct }) => fallPct === 15) ?? expect.fail()
    const price = BigInt(group.price)
    const fallen = (price * 85n) / 100n
    const foretold = accounts.filter((one) => one.price !== null && BigInt(one.price) >= fallen)
    const before = new Set((await everybody()).filter(({ health }) => health < 1).map(({ address }) => address))
    const report = (answer: bigint) =>
      send(
        chain.addresses['governance'] as Address,
        reserve('WETH').aggregator,
        encodeFunctionData({ abi: parseAbi(['function report(int256)']), args: [answer] }),
      )
    await report(fallen)
    const below = (await everybody()).filter(({ health }) => health < 1)
    const moved = below.filter(({ address }) => !before.has(address))
    expect(moved.length).to.be.above(0)
    expect(foretold.filter(({ address }) => !before.has(address)).map(({ address }) => address)).to.have.members(
      moved.map(({ address }) => address),
    )
    const already = foretold.filter(({ address }) => before.has(address)).length
    expect(point.accounts).to.equal(moved.length + already)
    await report(price)
  })

  const pinned = async (state: string): Promise<JournalEntry[]> =>
    (await journal('risk')).filter(({ data }) => data['type'] === 'utilisation' && data['state'] === state)
  const saying = (chatId: number, words: string): string[] =>
    messages(chatId).filter((text) => text.includes('DAI') && text.includes(words))

  it('warns of a reserve that is lent out, once in each language, and ends it once over a kill', async () => {
    const [weth, dai] = [reserve('WETH'), reserve('DAI')]
    const governance = chain.addresses['governance'] as Address
    const pool = chain.addresses['pool'] as Address
    const collateral = 40_000n * 10n ** 18n
    await send(governance, weth.asset, encodeMint(whale, collateral))
    await send(whale, weth.asset, encodeApprove(pool, collateral))
    await send(whale, pool, encodeSupply(weth.asset, collateral, whale))
    const data = encodeFunctionData({ abi: parseAbi(['function balanceOf(address)']), args: [dai.aToken] })
    const idle = BigInt(String(await chain.rpc('eth_call', { to: dai.asset, data }, 'latest')))
    await send(whale, pool, encodeBorrow(dai.asset, idle, whale))
    await until('told', () => saying(ENGLISH, 'is lent out').length + saying(CHINESE, '已被借出').length === 2)
    await kill()
    await send(whale, dai.asset, encodeApprove(pool, 2n * idle))
    await send(whale, pool, encodeRepay(dai.asset, idle, whale))
    // While the message is the chat's last it may be edited rather than followed by another.
    await until('over', () => saying(ENGLISH, 'no longer pinned').length + saying(CHINESE, '不再紧绷').length === 2)
    expect([(await pinned('on')).length, (await pinned('off')).length]).to.deep.equal([1, 1])
    for (const [chat, on, off] of [
      [ENGLISH, 'is lent out', 'no longer pinned'],
      [CHINESE, '已被借出', '不再紧绷'],
    ] as const)
      expect([saying(chat, on).length <= 1, saying(chat, off).length]).to.deep.equal([true, 1])
  })

  it('answers /risk /phase /ladder /brief in the language of the chat', async () => {
    const { group } = await risk<RiskOverview>('overview')
    for (const [chat, language] of [
      [ENGLISH, 'en'],
      [CHINESE, 'zh'],
    ] as const)
      for (const command of ['/risk', '/phase', '/ladder', '/brief']) {
        const before = messages(chat).length
        api.say(chat, chat, command)
        await until(`${command} ${language}`, () => messages(chat).length > before)
        const text = messages(chat).at(-1) ?? ''
        expect(text, command).to.include(MARKET)
        if (command === '/ladder' || command === '/brief') expect(text, command).to.include(group.symbol)
      }
  })
})

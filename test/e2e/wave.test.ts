import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Address, encodeFunctionData, type Hex, numberToHex, parseAbi } from 'viem'
import { parse, stringify } from 'yaml'
import { encodeApprove, encodeBorrow, encodeMint, encodeRepay, encodeSupply } from '../../scripts/devnet/actions.ts'
import { namedAccount } from '../../scripts/devnet/chain.ts'
import { type BotApi, startBotApi } from '../../scripts/doubles/bot-api.ts'
import { calm, fund, mine, type StageChain } from '../../scripts/stage/chain.ts'
import { get, journalOf, reached } from '../../scripts/stage/judge.ts'
import { type Daemon, openStage, type Stage } from '../../scripts/stage/stage.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { historyOf } from '../../src/app/risk/chronicle.ts'
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
    await configure()
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

  /** Briefs come at the end of a day that is at its noon wherever the test runs; the twin tells nobody. */
  async function configure(): Promise<void> {
    const file = join(stage.folder, 'plimsoll.yaml')
    const config = parse(await readFile(file, 'utf8'))
    const hoursAhead = 12 - new Date().getUTCHours()
    const timezone = `Etc/GMT${hoursAhead > 0 ? '-' : '+'}${Math.abs(hoursAhead)}`
    config.risk.briefAt = '23:59'
    await writeFile(file, stringify({ ...config, alerts: { ...config.alerts, timezone } }))
    const { telegram: _, ...alerts } = config.alerts
    await writeFile(join(stage.folder, 'twin.yaml'), stringify({ ...config, alerts, store: { path: './twin.db' } }))
  }

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
  const reserve = (symbol: string) =>
    chain.reserves[symbol] as unknown as Record<'asset' | 'aToken' | 'aggregator', Address>

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
    expect(await get<{ markets: unknown[] }>(`${daemon.url}/api/risk/chains`)).to.have.property('markets').of.length(1)
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
    for (const [chat, on, off] of [[ENGLISH, 'is lent out', 'no longer pinned'], [CHINESE, '已被借出', '不再紧绷']] as const)
      expect([saying(chat, on).length <= 1, saying(chat, off).length]).to.deep.equal([true, 1])
  })

  it('answers /risk /phase /ladder /brief in the language of the chat', async () => {
    const { group } = await risk<RiskOverview>('overview')
    for (const [chat, language] of [[ENGLISH, 'en'], [CHINESE, 'zh']] as const)
      for (const command of ['/risk', '/phase', '/ladder', '/brief']) {
        const before = messages(chat).length
        api.say(chat, chat, command)
        await until(`${command} ${language}`, () => messages(chat).length > before)
        const text = messages(chat).at(-1) ?? ''
        process.stdout.write(`--- ${command} ${language}\n${text}\n`)
        expect(text, command).to.include(MARKET)
        if (command === '/ladder' || command === '/brief') expect(text, command).to.include(group.symbol)
      }
  })

  it('counts each bin once, whatever is killed and reorganised: its hours are those of a twin left alone', async () => {
    const twin = await stage.start(['--config', 'twin.yaml'])
    for (let life = 0; life < 4; life++) {
      // Seven blocks of twelve seconds are a bin and a bit: each kill comes elsewhere in one.
      const last = await calm(chain, 7, { seconds: 12, builds: true })
      if (life < 3) await kill()
      await Promise.all([daemon, twin].map(({ url }) => reached(url, chain, last)))
      if (life === 1) {
        const reorganised = chain.process.line((line) => (line.includes('"reorg"') ? line : undefined))
        chain.process.write('reorg 2\n')
        await reorganised
        await block()
      }
    }
    const last = await calm(chain, 10, { seconds: 12 })
    await Promise.all([daemon, twin].map(({ url }) => reached(url, chain, last)))
    await Promise.all([daemon, twin].map((one) => one.process.kill()))
    daemon = await stage.start()
    const [killed, alone] = ['plimsoll.db', 'twin.db'].map((file) => hoursOf(join(stage.folder, file)))
    expect(alone?.size).to.be.above(8)
    for (const [key, body] of alone ?? []) expect(killed?.get(key), key).to.deep.equal(body)
  })

  /** Whole bins of the market and of the heaviest groups. The first one and the last of a life are not whole. */
  function hoursOf(path: string): Map<string, unknown> {
    const store = openStore(path, { readonly: true })
    // The configuration keeps addresses in lower case.
    const addressesProvider = String(chain.addresses['addressesProvider']).toLowerCase() as Address
    const history = historyOf({ name: MARKET, addressesProvider }, BIN_S)
    const found = new Map<string, unknown>()
    const whole = new Set<number>()
    for (const { hour, body } of store.hours(history, '')) if (!JSON.parse(body).partial) whole.add(hour)
    for (const root of ['', ...Object.values(chain.reserves as Record<string, { source?: Address }>).map(({ source }) => source?.toLowerCase() ?? '')])
      for (const { hour, body } of store.hours(history, root))
        if (whole.has(hour)) found.set(`${root} ${hour}`, JSON.parse(body))
    store.close()
    return found
  }

  it('sends the brief of the day once, over a kill, saying what the overview says', async () => {
    const file = join(stage.folder, 'plimsoll.yaml')
    await until('a first look', () => {
      const store = openStore(join(stage.folder, 'plimsoll.db'), { readonly: true })
      const kept = store.value(`brief.${MARKET}`)
      store.close()
      return kept !== undefined
    })
    const { block: at, debtUsd, group } = await risk<RiskOverview>('overview')
    await writeFile(file, (await readFile(file, 'utf8')).replace(/briefAt: .*/, 'briefAt: "00:00"'))
    process.kill(daemon.process.pid, 'SIGHUP')
    await until('a brief', async () => (await journal('brief')).length > 0)
    const [brief] = await journal('brief')
    expect(brief?.data['now']).to.include({ block: at.number, debtUsd, group: group.symbol })
    const told = (): number[] => [ENGLISH, CHINESE].map((chat) => messages(chat).filter((text) => /🌅|brief|简报/i.test(text)).length)
    await until('told', () => told().every((count) => count > 0))
    const before = told()
    await kill()
    await until('looked again', async () => (await get<{ uptimeS?: number }>(`${daemon.url}/api/status`)) !== undefined)
    expect([await journal('brief'), told()]).to.deep.equal([await journal('brief'), before])
    expect(await journal('brief')).to.have.length(1)
  })

  it('shows sane metrics of it all', async () => {
    const text = await (await fetch(`${daemon.url}/metrics`)).text()
    const { debtUsd } = await risk<RiskOverview>('overview')
    expect(text).to.match(/^plimsoll_risk_restarts_total(\{.*\})? 0$/m)
    process.stdout.write(`${text.split('\n').filter((line) => line.startsWith('plimsoll_risk')).slice(0, 12).join('\n')}\n${debtUsd}\n`)
  })
})

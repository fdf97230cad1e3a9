import { chmodSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Wallet } from 'ethers'
import { type Address, getAddress } from 'viem'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { type BotApi, startBotApi } from '../../scripts/doubles/bot-api.ts'
import type { Finding } from '../../src/app/doctor/finding.ts'
import { startProxy } from '../doubles/json-rpc-proxy.ts'
import { complaintIn, configOf, edited, MARKET, Place, type Tree } from './support.ts'

const TOKEN = '12345:CANARY-token-of-the-bot'
const PASSWORD = 'correct horse battery'
const wallet = new Wallet(`0x${'5e'.repeat(32)}`)
const STRANGER = getAddress('0x00000000000000000000000000000000000000aa')

interface Report {
  readonly ok: boolean
  readonly failed: number
  readonly warnings: number
  readonly checks: readonly Finding[]
}

describe('plimsoll doctor', function () {
  this.timeout(60_000)
  let devnet: Devnet
  let api: BotApi
  let place: Place
  let config: Tree
  let keystore: string

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 24, seed: 17 })
    config = configOf(devnet)
    keystore = await wallet.encrypt(PASSWORD, { scrypt: { N: 1024 } })
  })
  after(() => devnet?.close())

  beforeEach(async () => {
    api = await startBotApi({ token: TOKEN })
    place = new Place()
    place.write('keeper.json', keystore)
  })
  afterEach(async () => {
    place.remove()
    await api.close()
  })

  const telegram = (...chats: Tree[]): Tree => ({ telegram: { token: TOKEN, apiRoot: api.url, chats } })

  async function examined(
    tree: Tree,
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; report: Report; of(area: string, check?: string): Finding }> {
    place.configure(tree)
    const { code, stdout, stderr } = await place.plimsoll(['doctor', '--json'], env)
    expect(`${stdout}${stderr}`).not.to.include('CANARY').and.not.include(PASSWORD)
    expect(stderr).to.equal('')
    const report = JSON.parse(stdout) as Report
    const of = (area: string, check = ''): Finding => {
      const found = report.checks.find((one) => one.area === area && one.check.startsWith(check))
      if (found === undefined) throw new Error(`no check ${area} ${check} in ${stdout}`)
      return found
    }
    return { code, report, of }
  }

  it('finds nothing failed where all is well, changes nothing, and says it in words too', async () => {
    const { code, report, of } = await examined(
      edited(config, 'alerts', telegram({ chatId: 77, userIds: [7], role: 'operator' })),
    )
    expect(report.checks.filter(({ state }) => state === 'failed')).to.deep.equal([])
    expect([code, report.ok, report.failed]).to.deep.equal([0, true, 0])
    expect(of('chain ethereum', 'RPC').what).to.match(/^chain id 1, block \d+/)
    expect(of('chain ethereum', 'log range').state).to.equal('ok')
    expect(of('chain ethereum', 'history').state).to.equal('ok')
    expect(of('chain ethereum', 'archive').state).to.equal('ok')
    expect(of('chain ethereum', 'WebSocket').state).to.equal('ok')
    expect(of(`market ${MARKET}`, 'pool').what).to.include('revision 10')
    expect(of(`market ${MARKET}`, 'oracle').what).to.match(/answers for all \d+ reserves/)
    expect(of('telegram', 'token').what).to.include('@double_bot')
    expect(of('telegram:77', 'writing').state).to.equal('ok')
    expect(of('store', 'file').what).to.include('not there yet')
    expect(place.bytes()).to.equal(undefined)
    expect(api.messages).to.deep.equal([])
    for (const { state, why, fix } of report.checks)
      expect([why === null, fix === null]).to.deep.equal(Array(2).fill(state === 'ok'))

    const words = await place.plimsoll(['doctor'])
    expect(words.code).to.equal(0)
    expect(words.stdout)
      .to.match(/^chain ethereum\n {2}ok {7}RPC 127/)
      .and.to.match(/\d+ ok, \d+ warnings, 0 failed\n$/)
  })

  it('names nodes that do not answer, that serve another chain, and that lag', async () => {
    const proxy = await startProxy(devnet.http)
    const closed = await startProxy(devnet.http)
    await closed.close()
    const early = await devnet.chain.client.request({ method: 'eth_getBlockByNumber', params: ['0x2', false] })
    proxy.edit = ({ method, params }, result) =>
      method === 'eth_getBlockByNumber' && params[0] === 'latest' ? early : result
    try {
      const three = edited(config, 'chains.ethereum.rpc', [devnet.http, closed.url, proxy.url])
      const { code, report } = await examined(three)
      expect(code).to.equal(3)
      const node = (position: string, what = 'RPC') =>
        report.checks.find(({ check }) => check.startsWith(what) && check.endsWith(position))
      expect(node('#1')?.state).not.to.equal('failed')
      expect(node('#2')).to.include({ area: 'chain ethereum', state: 'failed' })
      expect(node('#3', 'head')).to.include({ state: 'warning' })
      expect(node('#3', 'head')?.what).to.match(/^\d+ blocks behind the best of the nodes$/)

      const wrong = { ...(config['chains'] as Tree), other: { id: 5, rpc: [devnet.http], ws: [devnet.ws] } }
      const second = await examined(edited(config, 'chains', wrong))
      expect(second.code).to.equal(3)
      expect(second.of('chain other', 'RPC')).to.include({ state: 'failed' })
      expect(second.of('chain other', 'RPC').what).to.include('serves chain id 1')
      expect(second.of('chain other', 'WebSocket')).to.include({ state: 'failed', what: 'it is on chain id 1' })
    } finally {
      await proxy.close()
    }
  })

  it('names a WebSocket that cannot be used, and a market that is none', async () => {
    const { of, code } = await examined(
      edited(
        edited(config, 'chains.ethereum.ws', ['ws://127.0.0.1:9']),
        'markets.0.addressesProvider',
        devnet.market.reserves.DAI.asset,
      ),
    )
    expect(of('chain ethereum', 'WebSocket')).to.include({ state: 'warning', what: 'it cannot be reached' })
    expect(of(`market ${MARKET}`, 'pool').state).to.equal('failed')
    expect(code).to.equal(3)
  })

  it('looks at contract, keeper, key and balance where something is sent', async () => {
    const live = edited(config, 'executor.mode', 'live')
    const none = await examined(live)
    expect(none.of(`market ${MARKET}`, 'contract')).to.include({ state: 'failed', what: 'none is configured' })
    expect(none.of('signer', 'password')).to.include({ state: 'failed', what: 'KEEPER_PASSWORD is not set' })
    expect(none.of('signer', 'balance')).to.include({ state: 'failed', what: '0 ETH' })
    await devnet.chain.rpc('hardhat_setBalance', wallet.address, `0x${(10n ** 16n).toString(16)}`)
    const other = edited(live, `executor.markets.${MARKET}`, { contract: devnet.market.reserves.DAI.asset })
    const { of } = await examined(other, { KEEPER_PASSWORD: PASSWORD })
    expect(of(`market ${MARKET}`, 'contract').what).to.include('is not a Liquidator')
    expect(of('signer', 'password').state).to.equal('ok')
    expect(of('signer', 'balance')).to.include({ state: 'warning', what: '0.01 ETH' })
    chmodSync(place.path('keeper.json'), 0o644)
    expect((await examined(other)).of('signer', 'key').state).to.equal('warning')
    const lost = await examined(edited(live, 'executor.signer.keystore', './nobody.json'))
    expect(lost.of('signer', 'key')).to.include({ state: 'failed' })
    await devnet.chain.rpc('hardhat_setBalance', wallet.address, '0x0')
  })

  it('knows its own contract by its code, its owner and its keeper', async () => {
    await devnet.chain.rpc('hardhat_setBalance', wallet.address, `0x${(10n ** 20n).toString(16)}`)
    place.configure(config)
    const contract = await deployed(place, devnet)
    const live = edited(edited(config, 'executor.mode', 'live'), `executor.markets.${MARKET}`, { contract })
    const { of, code } = await examined(live, { KEEPER_PASSWORD: PASSWORD })
    expect(of(`market ${MARKET}`, 'contract').what).to.include('is the Liquidator of this version')
    expect(of(`market ${MARKET}`, 'keeper').state).to.equal('ok')
    expect(of(`market ${MARKET}`, 'owner')).to.include({ state: 'warning' })
    expect(code).to.equal(0)
    place.write(
      'keeper.json',
      keystore.replaceAll(wallet.address.slice(2).toLowerCase(), STRANGER.slice(2).toLowerCase()),
    )
    const stranger = await examined(live)
    expect(stranger.of(`market ${MARKET}`, 'keeper')).to.include({ state: 'failed' })
    expect(stranger.of(`market ${MARKET}`, 'owner').state).to.equal('ok')
  })

  it('looks at the store, a running daemon or not', async () => {
    expect((await examined(edited(config, 'store.path', './no/such/folder.db'))).of('store', 'file').state).to.equal(
      'ok',
    )
    writeFileSync(place.path('plimsoll.db'), 'not a database, but long enough to be taken for one')
    const foreign = await examined(config)
    expect([foreign.code, foreign.of('store', 'file').state]).to.deep.equal([3, 'failed'])
    const memory = await examined(edited(config, 'store.path', ':memory:'))
    expect(memory.of('store', 'file')).to.include({ state: 'warning' })
    expect(memory.of('store').area).to.equal('store')
  })

  describe('channels', () => {
    let hook: Server
    before(async () => {
      hook = createServer((_, response) => response.end())
      await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve))
    })
    after(() => hook.close())

    it('names a token that Telegram does not know, and asks no further', async () => {
      const { of, code, report } = await examined(
        edited(config, 'alerts', { telegram: { token: `${TOKEN}x`, apiRoot: api.url, chats: [{ chatId: 77 }] } }),
      )
      expect([code, of('telegram', 'token').state, of('telegram', 'token').what]).to.deep.equal([
        3,
        'failed',
        'Telegram does not know it (401)',
      ])
      expect(report.checks.some(({ area }) => area === 'telegram:77')).to.equal(false)
    })

    it('names a Bot API that does not answer', async () => {
      const { of } = await examined(
        edited(config, 'alerts', {
          telegram: { token: TOKEN, apiRoot: 'http://127.0.0.1:9', chats: [{ chatId: 77 }] },
        }),
      )
      expect(of('telegram', 'token')).to.include({ state: 'failed' })
      expect(of('telegram', 'token').what).to.include('no answer from the Bot API')
    })

    it('names chats that are unknown, blocked, left or muted, and threads that cannot be', async () => {
      api.fate(1, { kind: 'unknown' })
      api.fate(2, { kind: 'blocked' })
      api.describe(-3, { status: 'kicked' })
      api.describe(-4, { status: 'restricted', maySend: false })
      api.describe(-5, { title: 'Watch', isForum: true })
      api.describe(-6, { type: 'channel', status: 'administrator', maySend: false })
      const chat = (chatId: number, over: Tree = {}): Tree => ({ chatId, userIds: [7], ...over })
      const { of, code } = await examined(
        edited(
          config,
          'alerts',
          telegram(
            chat(1),
            chat(2),
            chat(-3),
            chat(-4),
            chat(-5, { topics: { trouble: 7 } }),
            chat(-6),
            chat(-7, { topics: { trouble: 7 }, userIds: [] }),
          ),
        ),
      )
      expect(code).to.equal(3)
      expect(of('telegram:1', 'chat')).to.include({ state: 'failed', what: 'Bad Request: chat not found' })
      // Of a chat that blocked it the bot knows nothing any more.
      expect(of('telegram:2').state).to.equal('failed')
      expect(of('telegram:-3', 'writing')).to.include({
        state: 'failed',
        what: 'the bot has been removed from the group',
      })
      expect(of('telegram:-4', 'writing')).to.include({ state: 'failed', what: 'the bot may not send messages' })
      expect(of('telegram:-5', 'topics').state).to.equal('ok')
      expect(of('telegram:-6', 'writing').state).to.equal('failed')
      expect(of('telegram:-7', 'topics').state).to.equal('failed')
      expect(of('telegram:-7', 'people').state).to.equal('warning')
      expect(api.messages).to.deep.equal([])
    })

    it('resolves webhooks and the heartbeat, and posts nothing', async () => {
      const { port } = hook.address() as AddressInfo
      let asked = 0
      hook.on('request', () => void asked++)
      const alerts = {
        webhooks: [
          { name: 'good', url: `http://127.0.0.1:${port}/CANARY-hook` },
          { name: 'bad', url: 'http://no-such-host.invalid/CANARY-hook' },
        ],
        heartbeat: { url: `http://localhost:${port}/` },
      }
      const { of, code } = await examined(edited(config, 'alerts', alerts))
      expect(of('webhook:good').state).to.equal('ok')
      expect(of('webhook:bad')).to.include({ state: 'failed', what: 'no-such-host.invalid is not known' })
      expect(of('heartbeat').state).to.equal('ok')
      expect([code, asked]).to.deep.equal([3, 0])
    })
  })

  it('a bad configuration is a complaint, as everywhere', async () => {
    place.configure('chains: {')
    const end = await place.plimsoll(['doctor', '--json'])
    expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([1, '', 'CONFIG_INVALID'])
  })
})

/** `plimsoll deploy`, a block mined as soon as its transaction waits for one. */
async function deployed(place: Place, devnet: Devnet): Promise<Address> {
  const sent = (): Promise<number> =>
    devnet.chain.client.getTransactionCount({ address: wallet.address as Address, blockTag: 'pending' })
  const before = await sent()
  const work = place.plimsoll(['deploy', '--json', '--market', MARKET, '--treasury', STRANGER], {
    KEEPER_PASSWORD: PASSWORD,
  })
  while ((await sent()) === before) await new Promise((resolve) => setTimeout(resolve, 20))
  await devnet.control.mine()
  const { code, stdout, stderr } = await work
  expect(code, stderr).to.equal(0)
  return (JSON.parse(stdout) as { contract: Address }).contract
}

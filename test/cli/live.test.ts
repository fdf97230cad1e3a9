import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Wallet } from 'ethers'
import { type Address, getAddress, zeroAddress } from 'viem'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { complaintIn, configOf, type Ended, edited, ended, MARKET, Place, type Tree } from './support.ts'

const PASSWORD = 'correct horse battery'
const TREASURY = getAddress('0x00000000000000000000000000000000000000fe')
const STRANGER = getAddress('0x00000000000000000000000000000000000000aa')
const env = { KEEPER_PASSWORD: PASSWORD }
/** Of this test alone; cheap to open, so that opening it costs no second. */
const wallet = new Wallet(`0x${'5e'.repeat(32)}`)

describe('the command line, with money at stake', function () {
  this.timeout(60_000)
  let devnet: Devnet
  let place: Place
  let config: Tree
  let keystore: string

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 30, seed: 13 })
    config = configOf(devnet)
    keystore = await wallet.encrypt(PASSWORD, { scrypt: { N: 1024 } })
  })
  after(() => devnet?.close())

  beforeEach(() => {
    place = new Place()
    place.configure(edited(config, 'executor.mode', 'live'))
    place.write('keeper.json', keystore)
  })
  afterEach(() => place.remove())

  /** Transactions of the keeper, those that wait included. */
  const sent = (): Promise<number> =>
    devnet.chain.client.getTransactionCount({ address: wallet.address as Address, blockTag: 'pending' })

  /** Refused with one complaint, and nothing was sent. */
  async function refuses(
    work: Promise<Ended>,
    [code, complaint, ...says]: readonly [number, string, ...string[]],
  ): Promise<void> {
    const before = await sent()
    const end = await work
    expect([end.code, end.stdout], end.stderr).to.deep.equal([code, ''])
    expect(complaintIn(end)).to.equal(complaint)
    for (const words of says) expect(end.stderr).to.include(words)
    expect(end.stderr).not.to.include(PASSWORD)
    expect(await sent()).to.equal(before)
  }

  const runLive = (using: Readonly<Record<string, string>> = env) => place.plimsoll(['run', '--live'], using)

  const deploy = (...args: string[]) =>
    place.plimsoll(['deploy', '--json', '--market', MARKET, '--treasury', TREASURY, ...args], env)

  /** `plimsoll deploy`, a block mined as soon as its transaction waits for one. */
  async function deployed(...args: string[]): Promise<{ contract: Address }> {
    const before = await sent()
    const child = place.start(['deploy', '--json', '--market', MARKET, '--treasury', TREASURY, ...args], env)
    const end = ended(child)
    while ((await sent()) === before && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20))
    await devnet.control.mine()
    const { code, stdout, stderr } = await end
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout) as { contract: Address }
  }

  describe('asks for mode, flag and key alike', () => {
    it('mode live without --live', () =>
      refuses(place.plimsoll(['run'], env), [2, 'LIVE_NEEDS_BOTH', 'executor.mode: live without --live', 'Add --live']))

    it('--live without mode live', () => {
      place.configure(config)
      return refuses(runLive(), [2, 'LIVE_NEEDS_BOTH', '--live with executor.mode: dry-run'])
    })

    it('no password', () => refuses(runLive({}), [1, 'NO_PASSWORD', 'KEEPER_PASSWORD is not set', '.env']))

    it('a wrong password', () =>
      refuses(runLive({ KEEPER_PASSWORD: 'tr0ub4dor&3' }), [
        1,
        'KEYSTORE_PASSWORD_WRONG',
        'keeper.json',
        'does not open it',
      ]))

    it('no keystore', () => {
      place.configure(edited(edited(config, 'executor.mode', 'live'), 'executor.signer.keystore', './nobody.json'))
      return refuses(runLive(), [1, 'KEYSTORE_UNREADABLE', 'nobody.json', 'ENOENT'])
    })

    it('a file that is no keystore, of which nothing is shown', async () => {
      place.write('keeper.json', wallet.privateKey)
      const end = await runLive()
      expect([end.code, complaintIn(end)]).to.deep.equal([1, 'KEYSTORE_INVALID'])
      expect(end.stderr).not.to.include(wallet.privateKey.slice(2, 12))
    })
  })

  describe('deploy', () => {
    before(async () => {
      expect(await sent()).to.equal(0)
    })

    it('says who must be given money', () =>
      refuses(quiet(deploy()), [1, 'DEPLOY_NOT_TAKEN', wallet.address, 'enough']))

    it('says which password is missing', () =>
      refuses(place.plimsoll(['deploy', '--market', MARKET, '--treasury', TREASURY]), [
        1,
        'NO_PASSWORD',
        'KEEPER_PASSWORD',
      ]))

    it('refuses a treasury of nobody', () =>
      refuses(quiet(deploy('--treasury', zeroAddress)), [1, 'DEPLOY_REVERTED', 'treasury']))

    it('refuses a chain without an exchange', async () => {
      // On Base only SwapRouter02 was deployed.
      const onBase = edited(config, 'chains', { base: { rpc: [devnet.http] } })
      place.configure(edited(onBase, 'markets.0.chain', 'base'))
      await refuses(quiet(deploy()), [1, 'NO_ROUTER', 'chains.base.uniswapV3'])
    })
  })

  describe('live', () => {
    before(() => devnet.chain.rpc('hardhat_setBalance', wallet.address, `0x${(10n ** 20n).toString(16)}`))

    const withContract = (contract: string, mode = 'live') =>
      place.configure(edited(edited(config, 'executor.mode', mode), `executor.markets.${MARKET}`, { contract }))

    it('refuses a contract that is no Liquidator', async () => {
      for (const contract of [devnet.market.reserves.DAI.asset, STRANGER]) {
        withContract(contract)
        await refuses(runLive(), [1, 'WRONG_CONTRACT', contract.toLowerCase(), 'not a Liquidator', 'plimsoll deploy'])
      }
    })

    it('refuses a contract that knows another keeper', async () => {
      const { contract } = await deployed('--keeper', STRANGER)
      withContract(contract)
      await refuses(runLive(), [1, 'WRONG_CONTRACT', contract.toLowerCase(), 'as a keeper', 'setKeeper'])
    })

    it('deploys a contract that then serves, and stops when asked', async () => {
      const answer = await deployed()
      expect(answer).to.include({ schemaVersion: 1, market: MARKET, chainId: 1, treasury: TREASURY })
      expect(answer).to.include({ owner: wallet.address, keeper: wallet.address })
      withContract(answer.contract)
      const before = await sent()
      const child = place.start(['run', '--live'], env)
      const end = ended(child)
      child.stderr?.on('data', (text: string) => text.includes('"event":"ready"') && child.kill('SIGTERM'))
      const { code, stdout, stderr } = await end
      expect([code, stdout], stderr).to.deep.equal([0, ''])
      expect(await sent()).to.equal(before)
    })
  })

  describe('http', () => {
    let other: Server

    before(async () => {
      other = createServer()
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    })
    after(() => other.close())

    it('names the port that another program holds', async () => {
      const { port } = other.address() as AddressInfo
      place.configure(edited(config, 'http.port', port))
      await refuses(place.plimsoll(['run']), [1, 'HTTP_PORT_IN_USE', `127.0.0.1:${port}`, 'http.port'])
    })
  })
})

/** Without the line that says what is about to be done. */
async function quiet(work: Promise<Ended>): Promise<Ended> {
  const end = await work
  return { ...end, stderr: end.stderr.replace(/^deploying the Liquidator .*\n/, '') }
}

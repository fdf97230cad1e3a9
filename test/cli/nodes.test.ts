import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { getAddress } from 'viem'
import * as z from 'zod'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { complaintIn, configOf, edited, MARKET, Place, type Tree } from './support.ts'

const KEY = 'c0ffee0123456789abcdefc0ffee'

describe('the command line, with nodes that are wrong', function () {
  this.timeout(60_000)
  let devnet: Devnet
  let place: Place
  let config: Tree
  const servers: Server[] = []

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 30, seed: 11 })
    config = configOf(devnet)
  })
  after(() => devnet?.close())

  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => {
    place.remove()
    for (const server of servers.splice(0)) {
      server.close()
      server.closeAllConnections()
    }
  })

  /** A node of its own; its URL carries a key, as those of providers do. */
  async function node(answer: RequestListener): Promise<string> {
    const server = createServer(answer)
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/${KEY}`
  }

  async function deadNode(): Promise<string> {
    const url = await node(() => {})
    await new Promise((resolve) => servers.pop()?.close(resolve))
    return url
  }

  /** The command ends with this code and one complaint that says all of this, and not the key. */
  async function refuses(code: number, complaint: string, says: readonly string[], commands = ['run']): Promise<void> {
    for (const command of commands) {
      const args = command === 'run' ? [command] : [command, '--json']
      const end = await place.plimsoll(args)
      expect([end.code, end.stdout], end.stderr).to.deep.equal([code, ''])
      expect(complaintIn(end)).to.equal(complaint)
      for (const words of says) expect(end.stderr).to.include(words)
      expect(end.stderr).not.to.include(KEY)
    }
  }

  it('says 75 when nobody listens, and never shows the URL', async () => {
    place.configure(edited(config, 'chains.ethereum.rpc', [await deadNode()]))
    await refuses(
      75,
      'RPC_UNREACHABLE',
      ['no node of chain "ethereum" answers', 'ECONNREFUSED', 'try again later'],
      ['run', 'positions'],
    )
  })

  it('says 75 when the key is not accepted', async () => {
    const url = await node((_, response) => response.writeHead(401).end('<html>who are you?</html>'))
    place.configure(edited(config, 'chains.ethereum.rpc', [url]))
    await refuses(75, 'RPC_UNREACHABLE', ['401', 'chains.ethereum.rpc'], ['positions'])
  })

  it('goes on with the second node when the first is away', async () => {
    place.configure(edited(config, 'chains.ethereum.rpc', [await deadNode(), devnet.http]))
    const { markets } = await place.json<{ markets: { market: string }[] }>('positions')
    expect(markets.map(({ market }) => market)).to.deep.equal([MARKET])
  })

  it('says 75 when a node answers nothing but its limit', async () => {
    const url = await node(async (request, response) => {
      const { id, method } = JSON.parse(await text(request)) as { id: number; method: string }
      const error = { code: -32_005, message: 'daily request count exceeded' }
      const said = method === 'eth_chainId' ? { result: '0x1' } : { error }
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ jsonrpc: '2.0', id, ...said }))
    })
    place.configure(edited(config, 'chains.ethereum.rpc', [url]))
    const end = await place.plimsoll(['positions', '--json'])
    expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([75, '', 'RPC_REFUSED'])
    expect(end.stderr).to.include('daily request count exceeded')
  })

  it('says 1 on the wrong chain, with both ids', async () => {
    const chains = { optimism: { rpc: [devnet.http], finality: 64 } }
    place.configure(edited(edited(config, 'chains', chains), 'markets.0.chain', 'optimism'))
    await refuses(1, 'WRONG_CHAIN_ID', ['serves chain id 1, chain "optimism" is 10', 'chains.optimism'])
  })

  it('says 1 where there is no contract, although the store knows a market of that name', async () => {
    place.configure(config)
    await place.json('positions')
    const nobody = `0x${'00'.repeat(19)}aa`
    place.configure(edited(config, 'markets.0.addressesProvider', nobody))
    await refuses(1, 'NO_CONTRACT', [`market "${MARKET}"`, nobody, 'Correct addressesProvider'])
  })

  it('says 1 where there is a contract without a pool', async () => {
    const token = devnet.market.reserves.DAI.asset
    place.configure(edited(config, 'markets.0.addressesProvider', token))
    await refuses(1, 'NO_POOL', [`market "${MARKET}"`, token.toLowerCase(), 'Correct addressesProvider'])
  })

  // The last one: the chain stays upgraded.
  it('watches a pool of a revision nobody knows through its own answers, and refuses what needs its rules', async () => {
    place.configure(config)
    await place.json('positions')
    await devnet.control.upgradePool(await devnet.control.deployPool('unknown revision'))
    const { client } = devnet.chain
    const { pool } = devnet.market.addresses
    const answer = await place.json('positions')
    const rows = z
      .object({
        markets: z.tuple([z.object({ accounts: z.array(z.looseObject({ address: z.string(), source: z.string() })) })]),
      })
      .parse(answer)
    const [{ accounts }] = rows.markets
    expect(accounts).to.have.length.above(5)
    for (const { address, source, debtBase, healthFactor } of accounts) {
      const args = [getAddress(address)] as const
      const told = await client.readContract({ address: pool, abi: poolAbi, functionName: 'getUserAccountData', args })
      expect([source, debtBase, healthFactor]).to.deep.equal(['chain', String(told[1]), String(told[5])])
    }
    for (const args of [['positions'], ['explain', accounts[0]?.address ?? '']])
      expect((await place.plimsoll(args)).stdout, args[0]).to.include('The rules of this pool are not known here')
    for (const args of [['verify'], ['what-if', '--shock', 'WETH=-10%']]) {
      const end = await place.plimsoll(args)
      expect([end.code, end.stdout], args[0]).to.deep.equal([1, ''])
      expect(complaintIn(end)).to.equal('UNKNOWN_REVISION')
      expect(end.stderr).to.include('revision 99').and.to.include('auto, 99 = aave-v3.6')
    }
  })

  it('says 1 for rules that nobody knows', async () => {
    place.configure(edited(config, 'markets.0.rules', 'auto, 99 = aave-v9'))
    const end = await place.plimsoll(['positions'])
    expect(end.code).to.equal(1)
    expect(end.stderr).to.include('there is no rule set "aave-v9"').and.to.include('sparklend')
  })
})

import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { getAddress } from 'viem'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import type { Accounts, Status } from '../../src/core/answers.ts'
import { complaintIn, configOf, type Ended, edited, ended, MARKET, Place, storedAs } from './support.ts'

interface Ready {
  readonly event: string
  readonly http: string
  readonly chains: readonly object[]
}

interface Daemon {
  readonly process: ChildProcess
  readonly end: Promise<Ended>
  readonly ready: Ready
}

/** Longer than two signals that count as one. */
const LATER_MS = 150

describe('plimsoll run', function () {
  this.timeout(60_000)
  let devnet: Devnet
  let place: Place

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 36, seed: 15 })
    place = new Place()
    place.configure(configOf(devnet))
  })
  after(async () => {
    place?.remove()
    await devnet?.close()
  })

  /** The daemon, once it says that it is ready; rejects with what it said when it ends before. */
  async function start(...args: string[]): Promise<Daemon> {
    const child = place.start(['run', ...args])
    const end = ended(child)
    const ready = await new Promise<Ready>((resolve, reject) => {
      createInterface({ input: child.stderr ?? process.stdin }).on('line', (line) => {
        if (line.startsWith('{"event":"ready"')) resolve(JSON.parse(line) as Ready)
      })
      void end.then(({ code, stderr }) => reject(new Error(`ended with ${code} before it was ready:\n${stderr}`)))
    })
    return { process: child, end, ready }
  }

  async function get<T>({ ready }: Daemon, path: string): Promise<{ status: number; body: T }> {
    const response = await fetch(`${ready.http}${path}`)
    return { status: response.status, body: (await response.json()) as T }
  }

  describe('while it runs', () => {
    let daemon: Daemon

    before(async () => {
      daemon = await start()
    })
    after(() => daemon?.process.kill('SIGKILL'))

    it('says in one line where it serves', () => {
      expect(daemon.ready).to.have.keys('event', 'http', 'chains')
      expect(daemon.ready.http).to.match(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect(daemon.ready.chains).to.deep.equal([{ name: 'ethereum', chainId: 1, ready: true }])
    })

    it('is alive and ready', async () => {
      expect((await get(daemon, '/healthz')).status).to.equal(200)
      const { status, body } = await get(daemon, '/readyz')
      expect(status, JSON.stringify(body)).to.equal(200)
    })

    it('tells its status in the documented shape', async () => {
      const { body } = await get<Status & { schemaVersion: number }>(daemon, '/api/status')
      const { number, hash, timestamp } = await devnet.chain.client.getBlock()
      expect(body).to.have.keys('schemaVersion', 'version', 'mode', 'configuredMode', 'paused', 'chains', 'markets')
      expect(body).to.include({ schemaVersion: 1, mode: 'dry-run', configuredMode: 'dry-run', paused: false })
      const [chain] = body.chains
      const { rpc, ...known } = chain as Status['chains'][number]
      expect(known).to.deep.equal({
        name: 'ethereum',
        chainId: 1,
        head: { number: `${number}`, hash, timestamp: Number(timestamp) },
        lagBlocks: 0,
        ready: true,
      })
      expect(rpc).to.have.keys('total', 'perBlockP50', 'perBlockMax')
      const [market] = body.markets
      const { accounts, rules, audit, proven, ...rest } = market as Status['markets'][number]
      expect(rest).to.deep.equal({
        market: MARKET,
        chainId: 1,
        revision: 10,
        liquidatable: 0,
        quarantined: false,
        quarantineReason: null,
        resyncs: 0,
      })
      expect([accounts > 20, typeof rules]).to.deep.equal([true, 'string'])
      if (audit) expect(audit).to.have.keys('block', 'checked', 'mismatched')
      // By the first live page; the first page itself proves nothing.
      expect(proven).to.equal(audit !== null)
    })

    it('lists what positions lists beside it, on a copy of the store', async () => {
      const { body } = await get<Accounts>(daemon, '/api/accounts?limit=20')
      expect(body).to.have.keys('schemaVersion', 'market', 'block', 'next', 'accounts')
      const beside = await place.json<{ markets: Accounts[] }>('positions', '--limit', '20')
      expect(beside.markets[0]?.accounts).to.deep.equal(body.accounts)
    })

    it('explains an account as explain does', async () => {
      const [row] = (await get<Accounts>(daemon, '/api/accounts?limit=1')).body.accounts
      const address = getAddress(row?.address ?? '')
      const { body } = await get<object>(daemon, `/api/accounts/${MARKET}/${address}`)
      expect(await place.json('explain', address)).to.deep.equal(body)
    })

    it('lets no second daemon onto its store, and goes on', async () => {
      const second = await place.plimsoll(['run'])
      expect([second.code, second.stdout, complaintIn(second)]).to.deep.equal([1, '', 'STORE_LOCKED'])
      expect((await get(daemon, '/healthz')).status).to.equal(200)
    })

    it('stops with 0 on SIGTERM, has printed no data, and leaves a store that opens', async () => {
      daemon.process.kill('SIGTERM')
      const { code, stdout, stderr } = await daemon.end
      expect([code, stdout], stderr).to.deep.equal([0, ''])
      expect(stderr.match(/^\{"event":"ready"/gm)).to.have.length(1)
      const store = openStore(place.store)
      expect(store.checkpoint(1, storedAs(devnet))?.block.number).to.equal(10n)
      store.close()
    })
  })

  it('stops by itself with 0 once --until-block is taken in', async () => {
    const until = devnet.chain.head.number + 2n
    const { end } = await start('--until-block', `${until}`)
    await devnet.control.mine(2)
    const { code, stderr } = await end
    expect(code, stderr).to.equal(0)
    const store = openStore(place.store)
    expect(store.pages(1).at(-1)?.block.number).to.equal(until)
    store.close()
  })

  it('takes two signals of one Ctrl-C for one', async () => {
    const { process: child, end } = await start()
    child.kill('SIGINT')
    child.kill('SIGINT')
    const { code, stderr } = await end
    expect(code, stderr).to.equal(0)
  })

  it('leaves at once with 130 on the second Ctrl-C, when a node keeps it waiting', async () => {
    const asked = Promise.withResolvers<void>()
    const silent = createServer(() => asked.resolve())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const waiting = new Place()
    try {
      const { port } = silent.address() as AddressInfo
      waiting.configure(edited(configOf(devnet), 'chains.ethereum.rpc', [`http://127.0.0.1:${port}`]))
      const child = waiting.start(['run'])
      const end = ended(child)
      await asked.promise
      child.kill('SIGINT')
      await delay(LATER_MS)
      child.kill('SIGINT')
      expect((await end).code).to.equal(130)
    } finally {
      silent.close()
      silent.closeAllConnections()
      waiting.remove()
    }
  })
})

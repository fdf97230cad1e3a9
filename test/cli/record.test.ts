import { existsSync, readFileSync, statSync, unlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { parquetReadObjects } from 'hyparquet'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { riskParameters } from '../../scripts/devnet/risk-parameters.ts'
import { openRecording } from '../../src/adapters/recording/reader.ts'
import { bookOf, follow } from '../../src/app/record/recorded.ts'
import type { Book } from '../../src/core/book.ts'
import { EVENTS } from '../../src/protocols/aave-v3/abi.ts'
import { complaintIn, configOf, type Ended, ended, Place, type Tree } from './support.ts'

const BLOCKS = 60

interface Summary {
  readonly pages: number
  readonly readsDerived: number
  readonly readsAsked: number
  readonly compared: number
  readonly mismatched: number
}

describe('plimsoll record', function () {
  this.timeout(120_000)
  const place = new Place()
  let devnet: Devnet
  let from = 0n
  let to = 0n

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 60, seed: 12, rival: true })
    from = devnet.chain.head.number + 1n
    const story = devnet.story(BLOCKS)
    for (let step = await story.next(); step !== undefined; step = await story.next())
      if (step.step === BLOCKS / 2) await grow(devnet)
    to = devnet.chain.head.number
    place.configure(recordable(configOf(devnet)))
  })
  after(async () => {
    place.remove()
    await devnet?.close()
  })

  /** Every block of a local chain is final at once. */
  const recordable = (config: Tree): Tree => {
    const { ethereum } = config['chains'] as { ethereum: Tree }
    return { ...config, chains: { ethereum: { ...ethereum, finality: 'tag' } } }
  }

  const range = (): string[] => ['--from', String(from), '--to', String(to)]
  const record = (file: string, ...args: string[]): Promise<Ended> =>
    place.plimsoll(['record', file, '--json', ...range(), ...args])
  const summaryOf = ({ code, stdout, stderr }: Ended): Summary => {
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout) as Summary
  }
  const check = (file: string) =>
    place.json<{ digest: string; pages: number; mismatched: number }>('record', file, '--check')

  function finalBook(file: string): Book {
    const recording = openRecording(place.path(file))
    const books = new Map(recording.meta.markets.map((market) => [market.name, bookOf(market)]))
    for (const entry of recording.entries()) follow(books, entry)
    recording.close()
    return [...books.values()][0] as Book
  }
  const cellsOf = (book: Book) => new Map(book.checkpoint(book.head as NonNullable<Book['head']>).cells)

  it('derives from logs what it would otherwise ask, and ends in the very same ledger', async () => {
    const derived = summaryOf(await record('derived.plimsoll', '--prices', '0'))
    const asked = summaryOf(await record('asked.plimsoll', '--prices', '0', '--read-all'))
    expect([derived.mismatched, asked.mismatched]).to.deep.equal([0, 0])
    expect(derived.compared).to.be.above(100)
    expect(asked.readsDerived).to.equal(0)
    expect(derived.readsAsked).to.be.below(asked.readsAsked / 2)
    expect(cellsOf(finalBook('derived.plimsoll'))).to.deep.equal(cellsOf(finalBook('asked.plimsoll')))
  })

  it('follows a reserve that was listed in the middle of the range', () => {
    const book = finalBook('derived.plimsoll')
    const { reserves } = book.protocol.market(book.ledger)
    expect(reserves.map(({ symbol }) => symbol)).to.include('NEW')
  })

  it('killed at any time, ends as if it had not been', async () => {
    summaryOf(await record('whole.plimsoll'))
    const { digest } = await check('whole.plimsoll')
    for (const isReached of [
      () => existsSync(place.path('killed.plimsoll.scan.db')),
      () => existsSync(place.path('killed.plimsoll')) && statSync(place.path('killed.plimsoll')).size > 500,
    ]) {
      const child = place.start(['record', 'killed.plimsoll', ...range()])
      const end = ended(child)
      let over = false
      void end.then(() => {
        over = true
      })
      while (!isReached() && !over) await new Promise((resolve) => setTimeout(resolve, 2))
      child.kill('SIGKILL')
      await end
    }
    const { code } = await record('killed.plimsoll')
    expect(code === 0).to.equal(true)
    expect((await check('killed.plimsoll')).digest).to.equal(digest)
  })

  it('has nothing to do a second time', async () => {
    const again = summaryOf(await record('whole.plimsoll'))
    expect(again.pages).to.equal(0)
  })

  it('estimates before, in requests and bytes', async () => {
    const made = await place.json<{ pages: number; bytes: number; requestsTotal: number }>(
      'record',
      '--estimate',
      ...range(),
    )
    const { pages } = await check('whole.plimsoll')
    expect(made.pages).to.be.within(pages / 2, pages * 2)
    expect(made.bytes).to.be.within(
      statSync(place.path('whole.plimsoll')).size / 3,
      statSync(place.path('whole.plimsoll')).size * 3,
    )
    expect(made.requestsTotal).to.be.above(pages)
  })

  it('writes tables in which every liquidation of the chain stands', async () => {
    await place.json('record', 'whole.plimsoll', '--export', 'parquet', '--out', place.path('tables'))
    const read = async (name: string) => {
      const bytes = readFileSync(place.path(`tables/${name}.parquet`))
      return parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) })
    }
    const logs = (await devnet.chain.rpc('eth_getLogs', {
      address: devnet.market.addresses.pool,
      topics: [EVENTS.LiquidationCall],
      fromBlock: `0x${from.toString(16)}`,
      toBlock: `0x${to.toString(16)}`,
    })) as readonly { readonly transactionHash: string }[]
    const rows = await read('liquidations')
    expect(logs.length).to.be.above(5)
    expect(rows.map((row) => row['tx'])).to.deep.equal(logs.map(({ transactionHash }) => transactionHash))
    expect((await read('accounts')).length).to.be.above(50)
    expect((await read('prices')).length).to.be.above(7)
  })

  it('finds out a node that keeps a log to itself: exit code 3', async () => {
    const liar = await startLiar(devnet.http)
    const config = recordable(configOf(devnet))
    const { ethereum } = config['chains'] as { ethereum: Tree }
    place.configure({ ...config, chains: { ethereum: { ...ethereum, rpc: [liar.url] } } })
    const made = await record('lied.plimsoll')
    place.configure(config)
    liar.server.close()
    expect(made.code, made.stderr).to.equal(3)
    expect(made.stderr).to.match(/differ from the chain/)
    expect((await place.plimsoll(['record', 'lied.plimsoll', '--check'])).code).to.equal(3)
  })

  it('takes days for blocks', async () => {
    const day = new Date(Number(devnet.chain.head.timestamp) * 1000).toISOString().slice(0, 10)
    const made = await place.json<{ blocks: string }>('record', '--estimate', '--from', day)
    expect(BigInt(made.blocks) > 0n).to.equal(true)
  })

  for (const [name, args, code, exit] of [
    ['no beginning', ['x.plimsoll'], 'NO_RANGE', 2],
    ['no chain of that name', ['x.plimsoll', '--chain', 'mars', '--from', '5'], 'UNKNOWN_CHAIN', 2],
    ['a range beyond what is final', ['x.plimsoll', '--from', '5', '--to', '999999'], 'BAD_RANGE', 2],
    ['a block that is none', ['x.plimsoll', '--from', 'yesterday'], 'BAD_BLOCK', 2],
    ['other work in the file', ['whole.plimsoll', '--from', '9'], 'RECORDING_OTHER', 1],
    ['a check of nothing', ['--check'], 'NO_FILE', 2],
    ['another format', ['whole.plimsoll', '--export', 'xlsx'], 'BAD_OPTION', 2],
  ] as const)
    it(`refuses ${name}`, async () => {
      const made = await place.plimsoll(['record', ...args])
      expect(complaintIn(made)).to.equal(code)
      expect(made.code).to.equal(exit)
      if (existsSync(place.path('x.plimsoll'))) unlinkSync(place.path('x.plimsoll'))
    })
})

/** Governance lists another asset. */
async function grow({ control }: Devnet): Promise<void> {
  const { decimals, priceUsd8, ...parameters } = riskParameters('ethereum').reserves.LINK
  await control.addReserve({ symbol: 'NEW', decimals, priceUsd8: BigInt(priceUsd8), parameters })
}

/** A node that leaves out the last change of a debt it is asked for. */
async function startLiar(target: string): Promise<{ readonly server: Server; readonly url: string }> {
  const isDebt = (log: { readonly topics: readonly string[] }): boolean => log.topics[0] === EVENTS.Mint
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const headers = { 'content-type': 'application/json' }
    const answer = (await (await fetch(target, { method: 'POST', headers, body })).json()) as { result?: unknown }
    if (JSON.parse(body).method === 'eth_getLogs' && Array.isArray(answer.result)) {
      const at = answer.result.findLastIndex(isDebt)
      if (at >= 0) answer.result.splice(at, 1)
    }
    response.writeHead(200, headers).end(JSON.stringify(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Address, parseAbiItem } from 'viem'
import { poolAbi } from '../../../scripts/devnet/abis.ts'
import { namedAccount } from '../../../scripts/devnet/chain.ts'
import { type Devnet, startDevnet } from '../../../scripts/devnet/index.ts'
import { openRecording } from '../../../src/adapters/recording/reader.ts'
import { RecordingWriter } from '../../../src/adapters/recording/writer.ts'
import { runBacktest } from '../../../src/app/backtest/engine.ts'
import type { BacktestOptions } from '../../../src/app/backtest/options.ts'
import type { BacktestRun } from '../../../src/app/backtest/run.ts'
import { configOf, Place, type Tree } from '../../cli/support.ts'

const BLOCKS = 70
const LIQUIDATION_CALL = parseAbiItem(
  'event LiquidationCall(address indexed collateralAsset, address indexed debtAsset, address indexed user, uint256 debtToCover, uint256 liquidatedCollateralAmount, address liquidator, bool receiveAToken)',
)
const KILLED = new URL('./killed.ts', import.meta.url)

const lower = (address: string): Address => address.toLowerCase() as Address

describe('backtest of a recorded story with a rival', function () {
  this.timeout(120_000)
  const place = new Place()
  let devnet: Devnet
  let from = 0n
  let whole: BacktestRun
  let allFrames = 0

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: 60, seed: 7, rival: true })
    from = devnet.chain.head.number + 1n
    const story = devnet.story(BLOCKS)
    for (let step = await story.next(); step !== undefined; step = await story.next());
    const config = configOf(devnet)
    const { ethereum } = config['chains'] as { ethereum: Tree }
    place.configure({ ...config, chains: { ethereum: { ...ethereum, finality: 'tag' } } })
    const made = await place.plimsoll(['record', 'story.plimsoll', '--prices', '0', '--from', String(from)])
    expect(made.code, made.stderr).to.equal(0)
    inFrames('frames.plimsoll', 1)
    whole = await run({ onProgress: () => allFrames++ })
  })
  after(async () => {
    place.remove()
    await devnet?.close()
  })

  /** The same entries, so many in a frame: a long recording in miniature. */
  function inFrames(file: string, each: number): void {
    const recording = openRecording(place.path('story.plimsoll'))
    const writer = RecordingWriter.create(place.path(file), recording.meta)
    let left = each
    for (const entry of recording.entries()) {
      writer.append(entry)
      if (--left > 0) continue
      writer.flush()
      left = each
    }
    writer.finish()
    writer.close()
    recording.close()
  }

  const run = (bent: Partial<BacktestOptions>): Promise<BacktestRun> =>
    runBacktest({
      file: place.path('frames.plimsoll'),
      config: undefined,
      overrides: {},
      saveEveryMs: 0,
      signal: new AbortController().signal,
      ...bent,
    })

  /** Must not come to its end; tells why it did not. */
  const cut = async (bent: Partial<BacktestOptions> & { readonly stop: AbortController }): Promise<void> => {
    const outcome = await run({ ...bent, signal: bent.stop.signal }).catch((error: unknown) => error)
    expect(outcome).to.equal(bent.stop.signal.reason)
  }

  it('finds the liquidations that the node tells of, log by log, with every amount', async () => {
    const { chain, market } = devnet
    const logs = await chain.client.getLogs({
      address: market.addresses.pool,
      event: LIQUIDATION_CALL,
      fromBlock: from,
      strict: true,
    })
    expect(logs.length).to.be.above(10)
    expect(
      whole.happened.map(({ block, tx, logIndex, user, liquidator, collateralAsset, debtAsset, ...row }) => ({
        at: [block, tx, logIndex],
        who: [user, liquidator, collateralAsset, debtAsset],
        amounts: [row.debtCovered, row.collateralSeized],
      })),
    ).to.deep.equal(
      logs.map(({ blockNumber, transactionHash, logIndex, args }) => ({
        at: [blockNumber, transactionHash, logIndex],
        who: [args.user, args.liquidator, args.collateralAsset, args.debtAsset].map(lower),
        amounts: [args.debtToCover, args.liquidatedCollateralAmount],
      })),
    )
    expect(new Set(whole.happened.map(({ liquidator }) => liquidator))).to.deep.equal(
      new Set([lower(namedAccount('rival'))]),
    )
  })

  it('flags all of them, as many blocks before as the node itself calls them unhealthy', async () => {
    const { chain, market } = devnet
    const pool = { address: market.addresses.pool, abi: poolAbi, functionName: 'getUserAccountData' } as const
    const isBelow = async (user: Address, blockNumber: bigint): Promise<boolean> => {
      const [, , , , , health] = await chain.client.readContract({ ...pool, args: [user], blockNumber })
      return health < 10n ** 18n
    }
    for (const { user, block, leadBlocks, missed } of whole.happened) {
      let since = block
      while (since > from && (await isBelow(user, since - 1n))) since--
      expect([missed, leadBlocks], `${user} in block ${block}`).to.deep.equal([null, Number(block - since)])
    }
    const leads = new Set(whole.happened.map(({ leadBlocks }) => leadBlocks))
    expect(leads.has(0), 'in the block of the report itself').to.equal(true)
    expect(leads.has(1), 'one block later').to.equal(true)
  })

  it('plans one chance once, and says who took it', () => {
    expect(whole.ours.length).to.be.above(3)
    for (const [i, { user, block, rival }] of whole.ours.entries()) {
      const next = whole.ours.slice(i + 1).find((later) => later.user === user)
      const taken = whole.happened.find((row) => row.user === user && row.block > block)
      if (rival) expect([rival.block, rival.tx]).to.deep.equal([taken?.block, taken?.tx])
      // Without a rival in between the account was healthy once: the node knows no third way.
      if (rival && next) expect(next.block >= rival.block).to.equal(true)
    }
    expect(whole.ours.some(({ rival }) => rival !== null)).to.equal(true)
  })

  it('hears a signal while it runs, although nothing in it waits', async () => {
    const stop = new AbortController()
    let frames = 0
    await cut({
      stop,
      onProgress: () => {
        if (frames++ === 0) setImmediate(() => stop.abort())
      },
    })
    expect(frames).to.be.below(5)
  })

  it('does a page again in which it was stopped between two decisions', async () => {
    const perBlock = Map.groupBy(whole.ours, ({ block }) => block)
    const [busy] = [...perBlock].find(([, plans]) => plans.length > 1) ?? []
    expect(busy, 'a page with two plans').not.to.equal(undefined)
    const resumeFile = place.path('between')
    const stop = new AbortController()
    await cut({ stop, resumeFile, onPlan: ({ row }) => row.block === busy && stop.abort() })
    expect(await run({ resumeFile })).to.deep.equal(whole)
  })

  for (const frames of [0, 1, 20, 50])
    it(`killed with SIGKILL after ${frames} saved frames, goes on there to the same end`, async () => {
      const resumeFile = place.path(`killed-${frames}`)
      const file = place.path('frames.plimsoll')
      const child = spawnSync(process.execPath, [KILLED.pathname, file, resumeFile, String(frames)], {
        encoding: 'utf8',
      })
      expect(child.signal, child.stderr).to.equal('SIGKILL')
      expect(existsSync(resumeFile)).to.equal(frames > 0)
      const pages: number[] = []
      expect(await run({ resumeFile, onProgress: (progress) => pages.push(progress.pages) })).to.deep.equal(whole)
      expect(pages.length).to.equal(allFrames - frames)
      expect(readdirSync(place.folder).filter((name) => name.startsWith(`killed-${frames}`))).to.deep.equal([])
    })

  it('would end elsewhere if it forgot who was liquidatable: the comparison above can fail', async () => {
    const resumeFile = place.path('forgetful')
    const before = whole.happened.find(({ leadBlocks }) => (leadBlocks ?? 0) > 0)
    const stop = new AbortController()
    await cut({
      stop,
      resumeFile,
      onProgress: ({ pages }) => pages >= Number((before?.block ?? 0n) - from) && stop.abort(),
    })
    const [head = '', body = ''] = readFileSync(resumeFile, 'utf8').split('\n')
    const state = JSON.parse(body) as { readonly stretches: readonly unknown[] }
    expect(JSON.stringify(state.stretches)).to.include('0x')
    const bent = JSON.stringify({ ...state, stretches: [] })
    const [work] = head.split(' ')
    writeFileSync(resumeFile, `${work} ${createHash('sha256').update(bent).digest('hex')}\n${bent}`)
    expect(await run({ resumeFile })).not.to.deep.equal(whole)
  })

  it('goes on where nothing can be saved, and says so once', async () => {
    const resumeFile = place.path('no-such-folder/resume')
    const said: string[] = []
    expect(await run({ resumeFile, onUnsaved: (why) => said.push(why) })).to.deep.equal(whole)
    expect(said).to.have.length(1)
    expect(said[0]).to.include('no-such-folder')
    const refused = await run({ resumeFile }).catch((error: unknown) => error)
    expect(refused).to.be.an('error').that.has.property('code', 'ENOENT')
  })

  it('is the same whatever the frames are', async () => {
    inFrames('others.plimsoll', 7)
    const other = await run({ file: place.path('others.plimsoll') })
    const { recording: _, ...rest } = other
    expect({ recording: whole.recording, ...rest }).to.deep.equal(whole)
  })
})

import { type TransactionReceipt, zeroAddress } from 'viem'
import { everyAccount } from '../../src/app/audit.ts'
import type { Book } from '../../src/core/book.ts'
import { createRandom, type Random } from '../devnet/random.ts'
import type { History } from '../devnet/reorg.ts'
import { compare } from './compare.ts'
import type { CountingChain } from './ground.ts'
import {
  type BlockPlan,
  type Finding,
  type Kind,
  type Planned,
  simulate,
  type Turn,
  type Verdict,
} from './kinds/kind.ts'
import type { Failure, RunOptions, Tally } from './tally.ts'
import { reservesOf, type World } from './world.ts'

export interface Session {
  readonly options: RunOptions
  readonly world: World
  readonly history: History
  readonly tally: Tally
  readonly kinds: readonly Kind[]
  steps: number
  /** Actions drawn so far, those left out included: the number of the next one. */
  drawn: number
  /** The mirror has blocks to catch up with. */
  lagging: boolean
}

const REORG_DEPTH = 24
const UNDO_BLOCKS = 64n
const HOUR = 3_600
const DAY = 24 * HOUR

/** One block, or others in the place of the last few; then the comparison, unless the mirror is to lag behind a while. */
export async function step(session: Session): Promise<Failure | undefined> {
  const { options, history } = session
  const random = randomOf(options.seed, -1 - session.steps++)
  const { held, findings } =
    random.chance(0.03) && history.reach > 1 ? await reorganise(session, random) : await act(session, random)
  if (findings.length > 0) return failureOf(session, held, findings)
  session.lagging = random.chance(0.12)
  if (session.lagging) return undefined
  const differing = await check(session)
  return differing.length === 0 ? undefined : failureOf(session, held, differing)
}

/** At the end the live mirror and one made anew from the whole history must both be the chain's. */
export async function closing(session: Session): Promise<Failure | undefined> {
  const { mirror } = session.world
  const findings = [...(await check(session))]
  const anew = await mirror.rebuild()
  session.tally.rebuilds++
  const others = await compareAll(session, anew)
  findings.push(...others.map((finding) => ({ ...finding, field: `${finding.field}, read anew` })))
  return findings.length === 0 ? undefined : failureOf(session, ['the end'], findings)
}

interface Happened {
  readonly held: string[]
  readonly findings: readonly Finding[]
}

async function reorganise({ history, tally }: Session, random: Random): Promise<Happened> {
  const depth = Math.min(history.reach, random.int(1, random.chance(0.2) ? REORG_DEPTH : 4))
  const keep = random.chance(0.7)
  await history.reorg(depth, keep)
  tally.reorgs++
  tally.blocks += depth + 1
  return { held: [`reorg of ${depth}, ${keep ? 'sent again' : 'dropped'}`], findings: [] }
}

interface Placed {
  readonly kind: Kind
  readonly planned: Planned
  receipts: number
}

async function act(session: Session, random: Random): Promise<Happened> {
  const { world, tally } = session
  const timestamp = nextTimestamp(world, random)
  const placed = await draw(session, random, timestamp)
  const { chain } = world
  for (const each of placed) {
    const before = chain.sent
    await each.planned.send()
    each.receipts = chain.sent - before
  }
  await chain.mineBlock(timestamp)
  tally.blocks++
  // A stretch of silence, longer than what is read block by block.
  if (random.chance(0.004)) for (let i = 0; i < 70; i++) await chain.mineBlock()
  const taken = await chain.takeReceipts()
  const receipts = taken.map(({ receipt }) => receipt)
  const findings: Finding[] = []
  let at = 0
  for (const { kind, planned, receipts: count } of placed) {
    const own = receipts.slice(at, at + count)
    if (session.options.explain) await explain(session, kind.name, taken.slice(at, at + count))
    at += count
    findings.push(...record(tally, kind.name, await (planned.judge ?? plainly)(own)))
  }
  return { held: placed.map(({ kind }) => kind.name), findings }
}

/** Why the chain refused, as far as the state before the block tells. */
async function explain(
  { world, options }: Session,
  name: string,
  sent: Awaited<ReturnType<CountingChain['takeReceipts']>>,
) {
  for (const [i, { transaction, receipt }] of sent.entries()) {
    if (receipt.status === 'success') continue
    const { from, to = zeroAddress, data = '0x' } = transaction
    const reason = await simulate(world, { from, to, data }, receipt.blockNumber - (i === 0 ? 1n : 0n))
    options.explain?.(name, reason)
  }
}

const plainly = (receipts: readonly TransactionReceipt[]): Verdict => ({
  succeeded: receipts.every(({ status }) => status === 'success'),
})

function record(tally: Tally, name: string, verdict: Verdict): readonly Finding[] {
  const count = tally.kinds[name] ?? { tried: 0, succeeded: 0 }
  tally.kinds[name] = count
  count.tried++
  if (verdict.succeeded) count.succeeded++
  tally.actions++
  tally.predictions += verdict.predictions ?? 0
  tally.liquidations += verdict.liquidations ?? 0
  tally.deficits += verdict.deficits ?? 0
  return verdict.findings ?? []
}

/** The actions of one block, those first that were predicted on the state before it. */
async function draw(session: Session, random: Random, timestamp: bigint): Promise<Placed[]> {
  const { options, world, kinds, lagging } = session
  const weights = kinds.map((kind) => [kind, kind.weight] as const)
  const reserves = reservesOf(world.mirror.book)
  const block: BlockPlan = { taken: new Set(), closed: false }
  const placed: Placed[] = []
  // So that `pending` is the block to come.
  await world.chain.setNext(timestamp)
  for (let left = random.pick([1, 1, 2, 3, 5]); left > 0; left--) {
    const number = session.drawn++
    if (options.skip?.has(number)) continue
    const own = randomOf(options.seed, number)
    const kind = own.pickWeighted(weights)
    const turn: Turn = { world, random: own, timestamp, reserves, block, lagging }
    const planned = await kind.plan(turn)
    if (planned !== undefined) placed.push({ kind, planned, receipts: 0 })
  }
  return [...placed.filter(({ planned }) => planned.first), ...placed.filter(({ planned }) => !planned.first)]
}

/** Mostly the chain's own pace; sometimes hours, days, and now and then most of a year. */
function nextTimestamp({ chain }: World, random: Random): bigint {
  const draw = random.next()
  const jump = (from: number, to: number) => chain.head.timestamp + BigInt(random.int(from, to))
  if (draw < 0.005) return jump(30 * DAY, 300 * DAY)
  if (draw < 0.03) return jump(DAY, 5 * DAY)
  if (draw < 0.12) return jump(HOUR / 2, 5 * HOUR)
  return chain.nextTimestamp
}

async function compareAll({ world, tally }: Session, book: Book): Promise<readonly Finding[]> {
  const { accounts, fields, silent, findings } = await compare(book, world.mirror.batch, everyAccount(book))
  tally.comparisons += accounts
  tally.silent += silent
  tally.fields += fields
  return findings
}

async function check(session: Session): Promise<readonly Finding[]> {
  const { world } = session
  const { mirror } = world
  const { wrong } = await mirror.catchUp()
  const underived = wrong.map(({ call, derived, chain }) => ({
    account: '' as const,
    field: call,
    ours: derived,
    chain,
  }))
  const findings = await compareAll(session, mirror.book)
  mirror.finalize(world.chain.head.number - UNDO_BLOCKS)
  return [...findings, ...underived]
}

const failureOf = (
  { options, world, tally, steps }: Session,
  held: readonly string[],
  findings: readonly Finding[],
): Failure => ({
  set: options.set,
  seed: options.seed,
  actions: tally.actions,
  step: steps,
  block: String(world.chain.head.number),
  held,
  findings,
})

/** A generator of its own for everything that is drawn: what is left out changes nothing else. */
const randomOf = (seed: number, number: number): Random =>
  createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b))

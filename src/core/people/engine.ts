import type { Book } from '../book.ts'
import type { Touched } from '../protocol.ts'
import type { AccountId, Facts, Header } from '../types.ts'
import type { Alert, Latch, LatchChange, Said, Trouble, Voice } from './alert.ts'
import { Bands, isOutside } from './bands.ts'
import { Deeds } from './deeds.ts'
import { Distances, followsHealth } from './distance.ts'
import { asHealth, both, FREE, type Guard } from './guard.ts'
import { History, type Then } from './history.ts'
import { Latches, type LatchRow } from './latches.ts'
import { lookAt } from './look.ts'
import { type MarketPlan, planOf, type Rulebook } from './plan.ts'
import { RateCaps } from './rate-caps.ts'
import { sameLatch } from './same-latch.ts'
import { firstLook, stepVoice } from './step.ts'
import { stepUnchecked, UNKNOWN, uncheckedKey } from './unchecked.ts'
import { stepWave } from './wave.ts'

/** What a block brought. Nothing is remembered before `commit`: call it once everything is written down. */
export interface Step {
  readonly alerts: readonly Alert[]
  /** There are changes. */
  readonly isNews: boolean
  /** What is to be written, as text. */
  changes(): readonly LatchChange[]
  commit(): void
}

/** One account that was looked at. */
interface Looked {
  readonly account: AccountId
  readonly latches: readonly (readonly [rule: string, latch: Latch | undefined])[]
  /** Undefined: nothing can be known of it now. */
  readonly guard: Guard | undefined
}

/**
 * All rules over one market. Pure: same pages, same rules, same latches, same words. After each page only those are looked at who
 * left the band in which no rule can speak (`bands.ts`), whose time has come, or whose holdings changed and who are named.
 */
export class Engine {
  readonly #book: Book
  readonly #place: { readonly market: string; readonly chain: string }
  readonly #bands = new Bands()
  readonly #latches: Latches
  readonly #deeds: Deeds
  readonly #caps: RateCaps
  #plan: MarketPlan
  #histories: readonly History[] = []
  /** Voices that name the account. */
  #named = new Map<AccountId, readonly Voice[]>()
  /** Accounts numbered from here on have not been looked up in the plan. */
  #known = 0
  /** To be looked at whatever their band says. */
  readonly #pending = new Set<AccountId>()
  readonly #due = new Map<AccountId, number>()
  /** Named, and nothing can be known of them. */
  readonly #blind = new Set<AccountId>()
  /** To be forgotten by the store with the next step: of rules that are gone. */
  readonly #gone: LatchChange[] = []
  /** Holdings changed: it may owe something now. */
  readonly #recheck = new Set<AccountId>()
  #unpriced = ''
  #checked = ''
  #into = new Int32Array(0)

  constructor(book: Book, place: { market: string; chain: string }, rules: Rulebook, rows: Iterable<LatchRow>) {
    this.#book = book
    this.#place = place
    this.#latches = new Latches(place.market, book.ledger, rows)
    this.#deeds = new Deeds(book)
    this.#caps = new RateCaps(book)
    this.#plan = planOf(rules, place)
    this.setRules(rules)
  }

  /** Rules or subscriptions are others now: everybody below a line is looked at again. */
  setRules(rules: Rulebook): void {
    this.#plan = planOf(rules, this.#place)
    const kept = new Map(this.#histories.map((history) => [history.rule.name, history]))
    for (const { rule, timestamps } of this.#histories)
      if (!this.#plan.falls.some(({ key }) => key === rule.name))
        this.#gone.push(...timestamps.map((timestamp) => this.#latches.snapshot(rule.name, timestamp, undefined)))
    this.#histories = this.#plan.falls.map(
      ({ rule }) =>
        new History(rule, this.#book, kept.get(rule.name)?.bodies() ?? this.#latches.takeSnapshots(rule.name)),
    )
    const waves = new Set(this.#plan.waves.map(({ key }) => key))
    this.#gone.push(...this.#latches.orphans(waves))
    this.#latches.dropOrphans(waves)
    this.#named = new Map()
    this.#known = 0
    this.#checked = ''
    this.#unpriced = ''
    this.#reset()
  }

  /** The book has taken in a page, old or new. */
  page(touched: Touched, facts: Facts): void {
    this.#deeds.page(facts)
    this.#touch(touched)
  }

  /** The book has gone back. What was told stays told. Returns what is to be written. */
  rollback(to: Header, touched: Touched): readonly LatchChange[] {
    this.#deeds.rollback(to.number)
    this.#touch(touched)
    return this.#histories.flatMap((history) =>
      history.rollback(to.number).map((timestamp) => this.#latches.snapshot(history.rule.name, timestamp, undefined)),
    )
  }

  /** The book was screened at this head. `everybody`: look at all accounts; the outcome is the same. */
  step(head: Header, everybody = false): Step {
    this.#arrive()
    if (this.#plan.times.length > 0) {
      const raised = this.#caps.raise(this.#plan.times)
      if (raised !== undefined) this.#bands.raise(raised)
    }
    const fallen = this.#fallen(head, everybody)
    const accounts = everybody ? allOf(this.#book) : this.#toLookAt(head, fallen)
    const alerts: Alert[] = this.#liquidated()
    const looked = accounts.map((account) => this.#lookAt(account, head, fallen, alerts))
    const market = this.#wholeMarket(head, alerts)
    const snapshots = this.#histories.map((history) => ({ history, due: history.due(head) }))
    const gone = this.#gone.length
    const changes = (): LatchChange[] => [
      ...this.#gone,
      ...looked.flatMap(({ account, latches }) =>
        latches.map(([rule, latch]) => this.#latches.change(account, rule, latch)),
      ),
      ...market.map(([rule, latch]) => this.#latches.change(undefined, rule, latch)),
      ...snapshots.flatMap(({ history, due }) => this.#snapshotChanges(history, due)),
    ]
    const commit = (): void => {
      this.#gone.splice(0, gone)
      this.#remember(looked)
      for (const [rule, latch] of market) this.#latches.setOwn(rule, latch)
      for (const { history, due } of snapshots) history.keep(due)
      this.#deeds.clear()
    }
    const isNews =
      market.length + gone > 0 ||
      looked.some(({ latches }) => latches.length > 0) ||
      snapshots.some(({ due }) => due.taken !== undefined || due.old.length > 0)
    return { alerts, isNews, changes, commit }
  }

  /** Tells those who watch an account that it cannot be checked, once, and once that it can be again. */
  check(trouble: Trouble | undefined, head: Header): Step {
    this.#arrive()
    const turn = `${trouble?.reason ?? ''} ${[...this.#blind].join()} ${this.#known}`
    const alerts: Alert[] = []
    const changed: (readonly [AccountId, string, Latch | undefined])[] = []
    const again = [...(turn === this.#checked ? this.#recheck : this.#named.keys())].sort((a, b) => a - b)
    for (const account of again)
      for (const voice of this.#named.get(account) ?? []) {
        if (voice.watch === undefined) continue
        const why = trouble ?? (this.#blind.has(account) ? UNKNOWN : undefined)
        // As of the last screen; not a number where a price is missing.
        const hasDebt = this.#book.sheet.debit[account] !== 0
        const was = this.#latches.of(account)?.get(uncheckedKey(voice))
        const stepped = stepUnchecked(was, why, hasDebt, Number(head.timestamp))
        if (stepped === undefined) continue
        changed.push([account, uncheckedKey(voice), stepped.latch])
        alerts.push({ ...stepped.said, metric: null, threshold: null, before: null, voice, account })
      }
    return {
      alerts,
      isNews: changed.length > 0,
      changes: () => changed.map(([account, rule, latch]) => this.#latches.change(account, rule, latch)),
      commit: () => {
        for (const [account, rule, latch] of changed) this.#latches.set(account, rule, latch)
        this.#checked = turn
        this.#recheck.clear()
      },
    }
  }

  #touch({ all, accounts }: Touched): void {
    if (all) {
      this.#deeds.reshape()
      for (const history of this.#histories) history.reshape()
      this.#reset()
    }
    for (const account of accounts) {
      this.#pending.add(account)
      this.#recheck.add(account)
    }
  }

  /** Bands as if nothing were known: of whom something was told, everybody is looked at. */
  #reset(): void {
    this.#bands.reset(this.#firstLook(this.#plan.general))
    this.#due.clear()
    for (const [account, voices] of this.#named) this.#bands.rest(account, this.#firstLook(voices))
    for (const account of this.#latches.accounts()) this.#pending.add(account)
  }

  #firstLook(voices: readonly Voice[]): number {
    return Math.max(FREE.near, ...voices.map(({ rule }) => firstLook(rule, this.#caps.highest)))
  }

  /** New accounts take their place. */
  #arrive(): void {
    const { ledger, sheet } = this.#book
    this.#bands.grow(sheet.size)
    const { size } = ledger
    // Those named are looked up once; from then on each new account is asked whether it is one of them.
    if (this.#known === 0) for (const [address, voices] of this.#plan.named) this.#name(ledger.find(address), voices)
    else if (this.#plan.named.size > 0)
      for (let account = this.#known; account < size; account++)
        this.#name(account, this.#plan.named.get(ledger.address(account)))
    for (let account = this.#known; account < size; account++)
      if (this.#latches.arrive(account)) this.#pending.add(account)
    this.#known = size
  }

  #name(account: AccountId | undefined, voices: readonly Voice[] | undefined): void {
    if (account === undefined || voices === undefined) return
    this.#named.set(account, voices)
    if (account < this.#book.sheet.size) this.#bands.rest(account, this.#firstLook(voices))
    else this.#pending.add(account)
  }

  /** Who is to be looked at, in order. */
  #toLookAt(head: Header, fallen: ReadonlyMap<string, ReadonlyMap<AccountId, Then>>): AccountId[] {
    const book = this.#book
    const { sheet, grain } = book
    this.#notePrices()
    if (this.#into.length < sheet.size) this.#into = new Int32Array(Math.ceil(sheet.size * 1.25))
    const left = this.#into.subarray(0, this.#bands.left(sheet, grain, this.#into))
    const some = new Set<AccountId>(this.#plan.hasDistances ? this.#beyondZone(left) : left)
    for (const account of this.#pending) if (account < sheet.size) some.add(account)
    for (const [account, due] of this.#due) if (due <= Number(head.timestamp)) some.add(account)
    for (const found of fallen.values()) for (const account of found.keys()) some.add(account)
    return [...some].sort((a, b) => a - b)
  }

  /** Those let through only because of a distance, and whose distance is between its bounds for sure, are left out. */
  *#beyondZone(left: Int32Array): Iterable<AccountId> {
    const { sheet, rates, grain, protocol, ledger } = this.#book
    const distances = new Distances(sheet, rates, protocol.roots(ledger), grain)
    const isTight = protocol.isTight(ledger)
    for (const account of left) {
      const zone = this.#bands.zone(account)
      const sums = { credit: sheet.credit[account] as number, debit: sheet.debit[account] as number }
      if (zone === undefined || !isTight || isOutside(zone, sums, grain)) yield account
      else if (distances.mayLeave(account, zone.close, zone.wide)) yield account
    }
  }

  /** Where a price went missing, or came back, everybody named is looked at. */
  #notePrices(): void {
    let unpriced = ''
    const { rates } = this.#book
    for (let column = 0; column < rates.length; column++) if (Number.isNaN(rates[column])) unpriced += `${column} `
    if (unpriced === this.#unpriced) return
    this.#unpriced = unpriced
    for (const account of this.#named.keys()) this.#pending.add(account)
  }

  #fallen(head: Header, everybody: boolean): Map<string, ReadonlyMap<AccountId, Then>> {
    const found = new Map<string, ReadonlyMap<AccountId, Then>>()
    for (const history of this.#histories) {
      const { name, accounts } = history.rule
      const since = (account: AccountId): number => {
        if (accounts !== undefined && !accounts.has(this.#book.ledger.address(account))) return Number.POSITIVE_INFINITY
        const latch = this.#latches.of(account)?.get(name)
        return latch?.kind === 'once' ? latch.at : Number.NEGATIVE_INFINITY
      }
      found.set(name, history.fallen(head, since, everybody))
    }
    return found
  }

  #lookAt(
    account: AccountId,
    head: Header,
    fallen: ReadonlyMap<string, ReadonlyMap<AccountId, Then>>,
    alerts: Alert[],
  ): Looked {
    const latches: [string, Latch | undefined][] = []
    const before = this.#beforeOf(account, fallen)
    const look = lookAt(this.#book, account, head.timestamp, {
      deed: this.#deeds.of(account),
      before,
      caps: this.#caps,
    })
    if (look === undefined) return { account, latches, guard: undefined }
    const known = this.#latches.of(account)
    const named = this.#named.get(account) ?? []
    let guard = FREE
    for (const voices of [this.#plan.general, named])
      for (const voice of voices) {
        const was = known?.get(voice.key)
        const stepped = stepVoice(voice, was, look, Number(head.timestamp))
        guard = both(guard, stepped.guard)
        if (!sameLatch(was, stepped.latch)) latches.push([voice.key, stepped.latch])
        if (stepped.said) alerts.push(...this.#alert(stepped.said, voice, account, head))
      }
    for (const rule of known?.keys() ?? []) if (!this.#isHere(rule, named)) latches.push([rule, undefined])
    return { account, latches, guard }
  }

  #beforeOf(
    account: AccountId,
    fallen: ReadonlyMap<string, ReadonlyMap<AccountId, Then>>,
  ): Map<string, Then> | undefined {
    let before: Map<string, Then> | undefined
    for (const [rule, found] of fallen) {
      const then = found.get(account)
      if (then) before = (before ?? new Map()).set(rule, then)
    }
    return before
  }

  /** False: a latch of a rule that no longer speaks of the account. */
  #isHere(key: string, named: readonly Voice[]): boolean {
    const is = (voice: Voice): boolean =>
      voice.key === key || (voice.watch !== undefined && uncheckedKey(voice) === key)
    return this.#plan.general.some(is) || named.some(is)
  }

  /** Liquidations of those that are named are told by themselves, whatever a ladder says of them. */
  #alert(said: Said, voice: Voice, account: AccountId, head: Header): Alert[] {
    const before = said.before && { ...said.before, block: said.before.block || head.number.toString() }
    const alert = { ...said, before, voice, account }
    if (said.type !== 'liquidated') return [alert]
    const last = this.#deeds.liquidations().findLast((one) => one.account === account)
    const voices = this.#tellers(account)
    if (last === undefined || voices.includes(voice) || (voice.watch === undefined && voices.some((v) => !v.watch)))
      return []
    return [{ ...alert, liquidation: last.liquidation }]
  }

  /** Who tells what happens to a named account: the first rule that names it, and every subscription. */
  #tellers(account: AccountId): readonly Voice[] {
    const named = this.#named.get(account) ?? []
    const first = named.find(({ watch }) => watch === undefined)
    return [...(first ? [first] : []), ...named.filter(({ watch }) => watch !== undefined)]
  }

  #liquidated(): Alert[] {
    const nothing = { metric: null, threshold: null, before: null }
    return this.#deeds
      .liquidations()
      .flatMap(({ account, liquidation }) =>
        this.#tellers(account).map((voice): Alert => ({ type: 'liquidated', ...nothing, voice, account, liquidation })),
      )
  }

  #wholeMarket(head: Header, alerts: Alert[]): (readonly [string, Latch | undefined])[] {
    const { waves } = this.#plan
    if (waves.length === 0) return []
    const changed: (readonly [string, Latch | undefined])[] = []
    for (const voice of waves) {
      const was = this.#latches.own(voice.key)
      const { latch, said, debtBase, accounts } = stepWave(voice.rule, was, this.#book, head)
      if (!sameLatch(was, latch)) changed.push([voice.key, latch])
      if (said) alerts.push({ ...said, voice, account: undefined, wave: { debtBase, accounts } })
    }
    // The sheet keeps what the last screen wrote: that of the present again.
    this.#book.screen(head.timestamp)
    return changed
  }

  #snapshotChanges(history: History, { taken, old }: ReturnType<History['due']>): LatchChange[] {
    const { name } = history.rule
    return [
      ...old.map((timestamp) => this.#latches.snapshot(name, timestamp, undefined)),
      ...(taken ? [this.#latches.snapshot(name, taken.timestamp, JSON.stringify(taken))] : []),
    ]
  }

  #remember(looked: readonly Looked[]): void {
    const { protocol, ledger, sheet } = this.#book
    const isTight = protocol.isTight(ledger)
    const roots = this.#plan.hasDistances ? protocol.roots(ledger) : undefined
    for (const { account, latches, guard } of looked) {
      for (const [rule, latch] of latches) this.#latches.set(account, rule, latch)
      if (guard === undefined) {
        if (this.#named.has(account)) this.#blind.add(account)
        this.#pending.add(account)
        continue
      }
      this.#blind.delete(account)
      this.#pending.delete(account)
      const isSimple = roots !== undefined && followsHealth(sheet, account, roots)
      this.#bands.set(account, isSimple ? asHealth(guard) : guard, isTight)
      if (guard.due < Number.POSITIVE_INFINITY) this.#due.set(account, guard.due)
      else this.#due.delete(account)
    }
  }
}

const allOf = ({ sheet }: Book): AccountId[] => Array.from({ length: sheet.size }, (_, account) => account)

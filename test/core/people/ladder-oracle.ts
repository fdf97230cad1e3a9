import { expect } from 'chai'
import type { Book } from '../../../src/core/book.ts'
import { UINT256_MAX, WAD } from '../../../src/core/math.ts'
import type { Alert } from '../../../src/core/people/alert.ts'
import type { LadderRule } from '../../../src/core/people/alert-rule.ts'
import type { AccountId, Header } from '../../../src/core/types.ts'

/**
 * Judges a ladder on health from outside, account by account, by the exact views alone: nobody is told the same twice without having
 * climbed above it and the cool-down in between, and nobody lies below a threshold untold.
 */
export class LadderOracle {
  readonly #rule: LadderRule
  /** By account and threshold: told, and not climbed above it since. */
  readonly #told = new Set<string>()
  readonly #at = new Map<string, number>()
  /** How often it spoke, and how many thresholds it looked at. */
  words = 0
  judged = 0

  constructor(rule: LadderRule) {
    this.#rule = rule
  }

  page(book: Book, { timestamp, number }: Header, alerts: readonly Alert[]): void {
    const now = Number(timestamp)
    for (let account: AccountId = 0; account < book.ledger.size; account++) {
      const view = book.account(account, timestamp)
      const health = view && (view.healthFactor === UINT256_MAX ? undefined : view.healthFactor)
      for (const threshold of this.#rule.thresholdsWad)
        if (view && (health === undefined || health >= threshold + this.#rule.hysteresisWad))
          this.#told.delete(`${account} ${threshold}`)
      for (const alert of alerts) if (alert.account === account) this.#hear(alert, now, `block ${number}`)
      if (view === undefined || health === undefined || view.totalDebtBase < this.#rule.minDebtUsd8) continue
      const deepest = this.#rule.thresholdsWad.findLast((threshold) => health < threshold)
      if (deepest === undefined) continue
      this.judged++
      const key = `${account} ${deepest}`
      const isCooling = now - (this.#at.get(key) ?? Number.NEGATIVE_INFINITY) < this.#rule.cooldownS
      expect(this.#told.has(key) || isCooling, `block ${number}: account ${key} at ${health} was told`).to.equal(true)
    }
  }

  #hear({ type, voice, account, threshold, metric }: Alert, now: number, place: string): void {
    const speaks = (type === 'threshold' || type === 'liquidatable') && metric === 'health'
    if (voice.key !== this.#rule.name || !speaks || threshold === null) return
    this.words++
    const level = this.#rule.thresholdsWad.find((one) => one === wadOf(threshold))
    expect(level, `${threshold} is a threshold`).to.not.equal(undefined)
    const key = `${account} ${level}`
    expect(this.#told.has(key), `${place}: ${key} is told twice`).to.equal(false)
    const before = this.#at.get(key) ?? Number.NEGATIVE_INFINITY
    expect(now - before, `${place}: ${key} within its cool-down`).to.be.at.least(this.#rule.cooldownS)
    this.#at.set(key, now)
    // Whoever was told of a deeper one need not be told of those above it.
    for (const above of this.#rule.thresholdsWad) if (above >= (level ?? 0n)) this.#told.add(`${account} ${above}`)
  }
}

function wadOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.')
  return BigInt(whole) * WAD + BigInt(fraction.padEnd(18, '0'))
}

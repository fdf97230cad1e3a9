/**
 * What somebody asked for and must confirm: bound to person, chat, command and arguments, good once and for a minute. Kept in
 * the store, so that it holds across a restart; only a hash of the nonce is, so that whoever reads the store cannot confirm.
 */
import { createHash, randomBytes } from 'node:crypto'

export interface Asked {
  readonly chatId: number
  readonly userId: number
  readonly command: string
  readonly argument: string
}

interface Pending extends Asked {
  readonly hash: string
  /** Unix seconds. */
  readonly expiresS: number
}

export type Confirmed =
  | { readonly kind: 'confirmed'; readonly asked: Asked }
  /** Never given, used, or too late. */
  | { readonly kind: 'gone' }
  /** It stays for the one who may. */
  | { readonly kind: 'not-yours' }

export interface Values {
  get(name: string): string | undefined
  set(name: string, value: string): void
}

export const GOOD_FOR_S = 60
const NAME = 'telegram.confirmations'
/** The oldest go first: nobody fills the store by asking. */
const MOST = 64

export class Confirmations {
  readonly #values: Values

  constructor(values: Values) {
    this.#values = values
  }

  /** The nonce for the button: 22 letters that nobody can guess. */
  ask({ chatId, userId, command, argument }: Asked, nowS: number): string {
    const nonce = randomBytes(16).toString('base64url')
    const asked: Pending = { chatId, userId, command, argument, hash: hashOf(nonce), expiresS: nowS + GOOD_FOR_S }
    this.#write([...this.#pending(nowS), asked].slice(-MOST))
    return nonce
  }

  /** Used up by whoever asked for it, in whatever way it is pressed. Call it in the transaction of what it confirms. */
  take(nonce: string, presser: { readonly chatId: number; readonly userId: number }, nowS: number): Confirmed {
    const pending = this.#pending(nowS)
    const hash = hashOf(nonce)
    const found = pending.find((one) => one.hash === hash)
    if (found === undefined) return { kind: 'gone' }
    if (found.chatId !== presser.chatId || found.userId !== presser.userId) return { kind: 'not-yours' }
    this.#write(pending.filter((one) => one !== found))
    return { kind: 'confirmed', asked: found }
  }

  /** Those still good. Time that stands still or runs back (a clock put right) never makes one good for longer than a minute. */
  #pending(nowS: number): readonly Pending[] {
    const stored = this.#values.get(NAME)
    if (stored === undefined) return []
    const all = JSON.parse(stored) as readonly Pending[]
    return all.filter(({ expiresS }) => expiresS > nowS && expiresS <= nowS + GOOD_FOR_S)
  }

  #write(pending: readonly Pending[]): void {
    this.#values.set(NAME, JSON.stringify(pending))
  }
}

const hashOf = (nonce: string): string => createHash('sha256').update(nonce).digest('hex')

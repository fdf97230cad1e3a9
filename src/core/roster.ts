import type { Address } from 'viem'
import { PackedAddresses } from './packed.ts'
import type { AccountId } from './types.ts'

/** 20 bytes. */
const WORDS = 5
const TEXT_LENGTH = 42
/** Never fuller than this: probes stay short. */
const LOAD = 0.75
/** Room grows to a quarter more than is needed: what is reserved and not used is memory too. */
const SPARE = 1.25

/** Addresses and their numbers: 20 bytes each and an open-addressed index, where strings would cost hundreds. */
export class Roster {
  #words = new Uint32Array(WORDS * 16)
  /** Number + 1 by hash of the address; 0: nobody. */
  #index = new Uint32Array(32)
  #size = 0
  readonly #asked = new Uint32Array(WORDS)

  get size(): number {
    return this.#size
  }

  /** The number, given on first sight. */
  add(address: Address): AccountId {
    if (!this.#read(address)) throw new RangeError(`not an address: ${address}`)
    return this.#add()
  }

  /** Those of a packed list, in its order. */
  load({ bytes, size }: PackedAddresses): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#words = widened(this.#words, this.#size + size, 1)
    while (this.#size + size > this.#index.length * LOAD) this.#rehash()
    for (let i = 0; i < size; i++) {
      for (let word = 0; word < WORDS; word++) this.#asked[word] = view.getUint32((i * WORDS + word) * 4)
      this.#add()
    }
  }

  /** The inverse of `load`. */
  pack(): PackedAddresses {
    const view = new DataView(new ArrayBuffer(this.#size * WORDS * 4))
    for (let i = 0; i < this.#size * WORDS; i++) view.setUint32(i * 4, this.#words[i] as number)
    return new PackedAddresses(new Uint8Array(view.buffer))
  }

  /** Whoever stands in `#asked`. */
  #add(): AccountId {
    if (this.#size + 1 > this.#index.length * LOAD) this.#rehash()
    const at = this.#slot(this.#asked, 0)
    const known = this.#index[at] as number
    if (known !== 0) return known - 1
    if ((this.#size + 1) * WORDS > this.#words.length) this.#words = widened(this.#words, this.#size + 1, SPARE)
    this.#words.set(this.#asked, this.#size * WORDS)
    this.#index[at] = ++this.#size
    return this.#size - 1
  }

  find(address: Address): AccountId | undefined {
    if (!this.#read(address)) return undefined
    const known = this.#index[this.#slot(this.#asked, 0)] as number
    return known === 0 ? undefined : known - 1
  }

  /** In lower case. Throws RangeError for a number never given. */
  address(account: AccountId): Address {
    if (!(account >= 0 && account < this.#size)) throw new RangeError(`no account ${account}`)
    let text = ''
    for (let i = account * WORDS; i < account * WORDS + WORDS; i++)
      text += (this.#words[i] as number).toString(16).padStart(8, '0')
    return `0x${text}`
  }

  /** The address as words into `#asked`; false when it is none. */
  #read(address: string): boolean {
    if (address.length !== TEXT_LENGTH) return false
    for (let word = 0, at = 2; word < WORDS; word++) {
      let value = 0
      for (const end = at + 8; at < end; at++) {
        const digit = hexDigit(address.charCodeAt(at))
        if (digit < 0) return false
        value = (value << 4) | digit
      }
      this.#asked[word] = value
    }
    return true
  }

  /** Where the address that begins at `from` of `words` stands in the index, or would. */
  #slot(words: Uint32Array, from: number): number {
    const mask = this.#index.length - 1
    let hash = 0
    for (let i = from; i < from + WORDS; i++) hash = Math.imul(hash ^ (words[i] as number), 0x9e3779b1) ^ (hash >>> 15)
    for (let at = (hash ^ (hash >>> 16)) & mask; ; at = (at + 1) & mask) {
      const known = this.#index[at] as number
      if (known === 0 || this.#is(known - 1, words, from)) return at
    }
  }

  #is(account: AccountId, words: Uint32Array, from: number): boolean {
    for (let i = 0; i < WORDS; i++) if (this.#words[account * WORDS + i] !== words[from + i]) return false
    return true
  }

  #rehash(): void {
    this.#index = new Uint32Array(this.#index.length * 2)
    for (let account = 0; account < this.#size; account++)
      this.#index[this.#slot(this.#words, account * WORDS)] = account + 1
  }
}

/** −1 for what is no digit. */
function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

function widened(from: Uint32Array<ArrayBuffer>, accounts: number, spare: number): Uint32Array<ArrayBuffer> {
  const into = new Uint32Array(Math.max(from.length, Math.ceil(accounts * spare) * WORDS))
  into.set(from)
  return into
}

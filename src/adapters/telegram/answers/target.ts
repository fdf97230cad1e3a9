/** Whom a command means. */
import type { Address } from 'viem'
import { getAddress } from 'viem'
import type { Message } from '../../../core/people/message.ts'
import { personName, shortAddress } from '../../../core/people/words/values.ts'
import { targetOf, watchCalled } from '../arguments.ts'
import { complaint, type House, type Talk } from '../house.ts'

export type Meant =
  | { readonly kind: 'one'; readonly address: Address; readonly name: string }
  | { readonly kind: 'bad'; readonly complaint: Message }

/** An address, or something on the chat's list. */
export function meant({ channel, say }: Talk, { control }: House, text: string, usage: string): Meant {
  const watch = watchCalled(control.watches(channel), text)
  if (watch !== undefined) return { kind: 'one', address: watch.address, name: nameOf(watch) }
  const target = targetOf(text)
  if (target.kind === 'address') return { kind: 'one', address: target.address, name: shortAddress(target.address) }
  const { address, checksum, missing } = say.bad
  const given = personName(text, 44)
  if (text === '') return { kind: 'bad', complaint: complaint(missing.what, missing.why, missing.fix(usage)) }
  return {
    kind: 'bad',
    complaint:
      target.kind === 'checksum'
        ? complaint(checksum.what(given), checksum.why, checksum.fix)
        : complaint(address.what(given), address.why, address.fix(usage)),
  }
}

/** Their own word for it, or its address, short. */
export const nameOf = ({ name, address }: { readonly name: string; readonly address: Address }): string =>
  name === '' ? shortAddress(getAddress(address)) : personName(name)

/**
 * What a button carries: a verb and where to look the rest up (the outbox row or journal entry), so that it works after a
 * restart. Telegram takes 64 bytes and hands back whatever a client sends: decoding trusts nothing.
 */
export const VERBS = ['mute1h', 'mutepos', 'details', 'whatif', 'confirm', 'cancel'] as const
export type Verb = (typeof VERBS)[number]

export interface Action {
  readonly verb: Verb
  /** Of the outbox row or of the journal entry; 0: the argument says it all. */
  readonly id: number
  /** Letters, digits, `.`, `-`, `_`; empty for none. */
  readonly argument: string
}

const MOST_BYTES = 64
const ACTION = /^([a-z0-9]{1,8}):(0|[1-9]\d{0,15})(?::([\w.-]{1,42}))?$/

export const encodeAction = ({ verb, id, argument }: Action): string =>
  argument === '' ? `${verb}:${id}` : `${verb}:${id}:${argument}`

/** Undefined for what no button of ours carries. */
export function decodeAction(data: string): Action | undefined {
  if (data.length > MOST_BYTES) return undefined
  const [, name, digits, argument = ''] = ACTION.exec(data) ?? []
  const verb = VERBS.find((one) => one === name)
  const id = Number(digits)
  return verb !== undefined && Number.isSafeInteger(id) ? { verb, id, argument } : undefined
}

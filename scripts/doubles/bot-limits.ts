/** Telegram's limits, enforced without mercy: a message a second to a chat, twenty a minute to a group, thirty a second to all. */

export interface Limits {
  /** Seconds until this would be taken; undefined: it is taken, and counted. */
  take(chatId: number): number | undefined
  /** How often somebody was too fast. */
  readonly tooFast: number
}

/** `nowMs` undefined: no limits. */
export function newLimits(nowMs: (() => number) | undefined): Limits {
  const taken: { readonly chatId: number; readonly atMs: number }[] = []
  let tooFast = 0
  return {
    take: (chatId) => {
      if (nowMs === undefined) return undefined
      const now = nowMs()
      const within = (ms: number, of?: number): number[] =>
        taken.filter((one) => one.atMs > now - ms && (of === undefined || one.chatId === of)).map(({ atMs }) => atMs)
      const waits = [
        over(within(1_000, chatId), 1, 1_000),
        chatId < 0 ? over(within(60_000, chatId), 20, 60_000) : 0,
        over(within(1_000), 30, 1_000),
      ].map((freeMs) => Math.max(0, freeMs - now))
      const waitMs = Math.max(...waits)
      if (waitMs > 0) {
        tooFast++
        return Math.ceil(waitMs / 1_000)
      }
      taken.push({ chatId, atMs: now })
      return undefined
    },
    get tooFast() {
      return tooFast
    },
  }
}

/** When the next is free; 0: now. */
const over = (times: readonly number[], most: number, ms: number): number =>
  times.length < most ? 0 : (times.at(-most) ?? 0) + ms

/** Telegram's limits: a message a second to a chat, twenty a minute to a group, thirty a second to all. Edits count as messages. */

const CHAT_MS = 1_000
const GROUP_MOST = 20
const GROUP_MS = 60_000
const ALL_MOST = 30
const ALL_MS = 1_000
/** All thirty are under way: their answers come soon. */
const CROWDED_MS = 50

export interface Pace {
  /** Until the next call for this chat may begin; 0: now. */
  waitMs(chatId: number): number
  /** A call begins. Returns what is called at its end: limits count from there, since nobody knows when it arrived. */
  begin(chatId: number): () => void
  /** An earlier life made a call within the last minute. */
  count(chatId: number): void
  /** Telegram asked for silence. From several chats at once it means all of them. */
  hold(chatId: number, seconds: number): void
}

interface ChatPace {
  /** When calls ended, oldest first, as far back as limits reach. */
  readonly ended: number[]
  heldUntilMs: number
}

/** `nowMs`: a clock that never goes back. */
export function newPace(nowMs: () => number): Pace {
  const chats = new Map<number, ChatPace>()
  const ended: number[] = []
  // What an earlier life did just before is not known to the second.
  const beginMs = nowMs() + CHAT_MS
  let underWay = 0
  let heldUntilMs = 0
  const of = (chatId: number): ChatPace => {
    const chat = chats.get(chatId) ?? { ended: [], heldUntilMs: 0 }
    chats.set(chatId, chat)
    return chat
  }
  return {
    waitMs: (chatId) => {
      const now = nowMs()
      forget(ended, now - ALL_MS)
      const free = [beginMs, heldUntilMs, chatFreeMs(of(chatId), chatId, now)]
      if (underWay + ended.length >= ALL_MOST) free.push(ended[0] === undefined ? now + CROWDED_MS : ended[0] + ALL_MS)
      return Math.max(0, ...free.map((atMs) => atMs - now))
    },
    begin: (chatId) => {
      underWay++
      return () => {
        underWay--
        ended.push(nowMs())
        of(chatId).ended.push(nowMs())
      }
    },
    count: (chatId) => void of(chatId).ended.push(nowMs()),
    hold: (chatId, seconds) => {
      const now = nowMs()
      const untilMs = now + seconds * 1_000
      const others = [...chats].some(([id, chat]) => id !== chatId && chat.heldUntilMs > now)
      if (others) heldUntilMs = Math.max(heldUntilMs, untilMs)
      of(chatId).heldUntilMs = Math.max(of(chatId).heldUntilMs, untilMs)
    },
  }
}

function chatFreeMs({ ended, heldUntilMs }: ChatPace, chatId: number, now: number): number {
  forget(ended, now - GROUP_MS)
  const afterLast = (ended.at(-1) ?? Number.NEGATIVE_INFINITY) + CHAT_MS
  // Ids of groups are negative.
  const oldest = chatId < 0 ? ended.at(-GROUP_MOST) : undefined
  return Math.max(heldUntilMs, afterLast, oldest === undefined ? 0 : oldest + GROUP_MS)
}

function forget(times: number[], beforeMs: number): void {
  const kept = times.findIndex((atMs) => atMs > beforeMs)
  times.splice(0, kept < 0 ? times.length : kept)
}

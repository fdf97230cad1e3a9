import type { Header } from '../../core/types.ts'
import { getHeader, type Rpc, toHeader } from './client.ts'

export interface HeadOptions {
  readonly rpc: Rpc
  readonly ws: readonly string[]
  /** Expected milliseconds between blocks: the pace of polling where no socket tells. */
  readonly blockTimeMs: number
  readonly signal: AbortSignal
  /** As soon as a node tells of a head, whoever is waiting for one. */
  readonly onHead: (head: Header) => void
  readonly onProblem: (problem: string) => void
}

export interface Heads {
  /** The newest head that the nodes told, as soon as there is one that `seen` is not. Asks again and again until then. */
  next(seen: Header | undefined): Promise<Header>
  /** What was told turned out wrong or unreadable: the next head is asked for. */
  forget(): void
  close(): void
}

/** A socket may fall silent without an error: after so many block times without a word we ask. */
const SILENT_BLOCKS = 3
const SHORTEST_POLL_MS = 50
const RECONNECT_MS = 1_000

/** Sockets are only a hint: what they do not say is asked for. */
export function createHeads({ rpc, ws, blockTimeMs, signal, onHead, onProblem }: HeadOptions): Heads {
  let told: Header | undefined
  let wake = (): void => {}
  const tell = (head: Header): void => {
    if (told?.hash !== head.hash) onHead(head)
    told = head
    wake()
  }
  const isNew = (seen: Header | undefined): boolean => told !== undefined && told.hash !== seen?.hash
  const sockets = ws.map((url, i) => subscribe(url, `ws#${i + 1}`, tell, signal, onProblem))
  const pollMs = (): number =>
    sockets.some((socket) => socket.open) ? blockTimeMs * SILENT_BLOCKS : Math.max(SHORTEST_POLL_MS, blockTimeMs / 2)
  return {
    async next(seen) {
      for (let first = told === undefined; ; first = false) {
        if (isNew(seen)) return told as Header
        if (!first)
          await pause(pollMs(), signal, (resume) => {
            wake = resume
          })
        signal.throwIfAborted()
        if (isNew(seen)) return told as Header
        const head = await getHeader(rpc, 'latest')
        if (head) tell(head)
      }
    },
    forget: () => {
      told = undefined
    },
    close: () => {
      for (const socket of sockets) socket.close()
    },
  }
}

/** Until the time is over, somebody resumes, or the signal aborts. */
export function pause(
  ms: number,
  signal: AbortSignal,
  resumable: (resume: () => void) => void = () => {},
): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
    resumable(done)
  })
}

interface Socket {
  readonly open: boolean
  close(): void
}

/** `newHeads` of one node, for as long as it lasts, and again after it breaks. */
function subscribe(
  url: string,
  label: string,
  tell: (head: Header) => void,
  signal: AbortSignal,
  onProblem: (problem: string) => void,
): Socket {
  const state = { open: false, closed: false, close: (): void => {} }
  const connect = (): void => {
    if (signal.aborted || state.closed) return
    const socket = new WebSocket(url)
    state.close = () => socket.close()
    socket.onopen = () =>
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }))
    socket.onmessage = ({ data }) => {
      const head = headIn(String(data))
      state.open = true
      if (head) tell(head)
    }
    socket.onclose = () => {
      if (state.open && !signal.aborted && !state.closed) onProblem(`${label} closed; polling until it is back`)
      state.open = false
      void pause(RECONNECT_MS, signal).then(connect)
    }
  }
  connect()
  signal.addEventListener('abort', () => state.close())
  return {
    get open() {
      return state.open
    },
    close: () => {
      state.closed = true
      state.close()
    },
  }
}

/** The header in a `newHeads` message; undefined for anything else. */
function headIn(message: string): Header | undefined {
  try {
    const parsed: unknown = JSON.parse(message)
    const { params } = parsed as { params?: { result?: Parameters<typeof toHeader>[0] } }
    return params?.result?.logsBloom === undefined ? undefined : toHeader(params.result)
  } catch {
    return undefined
  }
}

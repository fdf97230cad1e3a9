export interface HeardSocket {
  readonly chainId: number
}

const PATIENCE_MS = 5_000

/** Asks a WebSocket for its chain and for new heads. A string says why it cannot be used. */
export function hearSocket(url: string, patienceMs = PATIENCE_MS): Promise<HeardSocket | string> {
  const { promise, resolve } = Promise.withResolvers<HeardSocket | string>()
  const socket = new WebSocket(url)
  const timer = setTimeout(() => resolve(`no answer within ${patienceMs / 1000} s`), patienceMs)
  const ask = (id: number, method: string, params: readonly unknown[]): void =>
    socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
  let chainId: number | undefined
  socket.onopen = () => {
    ask(1, 'eth_chainId', [])
    ask(2, 'eth_subscribe', ['newHeads'])
  }
  socket.onmessage = ({ data }) => {
    const { id, result, error } = parse(String(data))
    if (id === 1) chainId = Number(result)
    if (id === 2 && error !== undefined) resolve('it refuses a subscription to new heads')
    if (id === 2 && error === undefined && chainId !== undefined) resolve({ chainId })
  }
  socket.onerror = () => resolve('it cannot be reached')
  socket.onclose = () => resolve('it closes the connection')
  return promise.finally(() => {
    clearTimeout(timer)
    socket.close()
  })
}

function parse(text: string): { readonly id?: unknown; readonly result?: unknown; readonly error?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? parsed : {}
  } catch {
    return {}
  }
}

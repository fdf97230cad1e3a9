import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { Chain } from './chain.ts'
import { type ChainName, chainSpec } from './chain-spec.ts'

const require = createRequire(import.meta.url)
/** npm's wrapper leaves its child alive when it is killed: the binary itself is started. */
const PACKAGES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

export interface Anvil {
  readonly http: string
  readonly chain: Chain
  /** Replace the newest `depth` blocks by others with nothing in them. */
  reorg(depth: number): Promise<void>
  close(): Promise<void>
}

/** Another node than Hardhat, with reorganisations of its own. Blocks are mined on purpose, as on the other chains. */
export async function startAnvil(name: ChainName): Promise<Anvil> {
  const spec = chainSpec(name)
  const arch = PACKAGES[process.arch]
  if (arch === undefined) throw new Error(`there is no anvil for ${process.platform} on ${process.arch}`)
  const path = require.resolve(`@foundry-rs/anvil-${process.platform}-${arch}/bin/anvil`)
  const options = ['--no-mining', '--order', 'fifo', '--port', '0', '--accounts', '1']
  const values = {
    '--chain-id': spec.chainId,
    '--timestamp': Math.floor(new Date(spec.genesis).getTime() / 1000),
    '--gas-limit': 2_000_000_000,
    '--base-fee': spec.baseFeeWei,
  }
  const child = spawn(path, [...options, ...Object.entries(values).flatMap(([key, value]) => [key, String(value)])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const close = async (): Promise<void> => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  try {
    const http = await listening(child.stdout)
    const request = rpcAt(http)
    const chain = new Chain(spec, { request })
    await chain.sync()
    const reorg = async (depth: number): Promise<void> => {
      await request({ method: 'anvil_reorg', params: [depth, []] })
      await chain.sync()
    }
    return { http, chain, reorg, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** It says where it listens once it does. */
async function listening(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [, port] = /^Listening on .*:(\d+)$/.exec(line) ?? []
    if (port === undefined) continue
    output.resume()
    return `http://127.0.0.1:${port}`
  }
  throw new Error('anvil ended before it listened')
}

function rpcAt(url: string) {
  let id = 0
  return async ({ method, params = [] }: { method: string; params?: unknown[] }): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params })
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    const answer = (await response.json()) as { result?: unknown; error?: { message: string } }
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result
  }
}

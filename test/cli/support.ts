import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { stringify } from 'yaml'
import type { Devnet } from '../../scripts/devnet/index.ts'
import { root } from '../../scripts/generated.ts'

/** A configuration as plain data, so that a case can bend any part of it. */
export type Tree = { [key: string]: Tree | Tree[] | string | number | readonly (string | number)[] | undefined }

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export const MARKET = 'local-aave'

/** Compiled once for all the starts of a test run: half of a start is compiling. */
const compiled = mkdtempSync(join(tmpdir(), 'plimsoll-compiled-'))
process.once('exit', () => rmSync(compiled, { recursive: true, force: true }))

/** A folder as a user has it: configuration, perhaps a keystore and a store. */
export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), 'plimsoll-cli-'))
  readonly store = this.path('plimsoll.db')
  readonly #children = new Set<ChildProcess>()

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Buffer): void {
    mkdirSync(dirname(this.path(name)), { recursive: true })
    writeFileSync(this.path(name), content, { mode: 0o600 })
  }

  configure(config: Tree | string): void {
    this.write('plimsoll.yaml', typeof config === 'string' ? config : stringify(config))
  }

  /** The bytes of the store, or nothing when there is none. */
  bytes(): Buffer | undefined {
    return existsSync(this.store) ? readFileSync(this.store) : undefined
  }

  /** The command as a user starts it, with no other environment than what is given. */
  start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const { PATH = '', HOME = '', TMPDIR } = process.env
    const child = spawn(process.execPath, [join(root, 'bin/plimsoll.js'), ...args], {
      cwd: this.folder,
      env: { PATH, HOME, NODE_COMPILE_CACHE: compiled, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    return child
  }

  /** The command, to its end. */
  async plimsoll(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return ended(this.start(args, env))
  }

  /** Its JSON answer; insists on success. */
  async json<T>(...args: string[]): Promise<T & { readonly schemaVersion: number }> {
    const { code, stdout, stderr } = await this.plimsoll([...args, '--json'])
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout) as T & { readonly schemaVersion: number }
  }

  remove(): void {
    for (const child of this.#children) child.kill('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, ...said }
}

/** One local market, watched; everything is written down so that a case may change it. */
export function configOf({ http, ws, market }: Devnet): Tree {
  const { addressesProvider, wrappedNative, quoter, swapRouter, uniswapFactory } = market.addresses
  return {
    chains: {
      ethereum: {
        rpc: [http],
        ws: [ws],
        finality: 64,
        wrappedNative,
        uniswapV3: { quoter, router: swapRouter, factory: uniswapFactory },
      },
    },
    markets: [{ name: MARKET, protocol: 'aave-v3', chain: 'ethereum', addressesProvider, fromBlock: 0 }],
    executor: { mode: 'dry-run', signer: { keystore: './keeper.json' }, markets: {} },
    store: { path: './plimsoll.db' },
    http: { host: '127.0.0.1', port: 0 },
  }
}

/** Under which name the store keeps the market's checkpoint: another address under an old name is another market. */
/** The name of the market's checkpoint in the store. */
export const storedAs = ({ market }: Devnet): string =>
  `${MARKET}@${market.addresses.addressesProvider.toLowerCase()}#2`

/** The configuration with the value at `path` (dots between the steps) replaced; `undefined` takes it out. */
export function edited(config: Tree, path: string, value: Tree[string]): Tree {
  const copy = structuredClone(config)
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  const parent = steps.reduce<Tree>((tree, step) => tree[step] as Tree, copy)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

/** The one complaint in `stderr`: what, why and fix in words, its code last, and no stack of ours. */
export function complaintIn({ stderr }: Ended): string {
  expect(stderr.match(/^plimsoll: /gm), stderr).to.have.length(1)
  const complaint = /^plimsoll: \S[\s\S]*\n {2}why:\s+\S[\s\S]*\n {2}fix: \S[\s\S]*\n {2}\(([A-Z_]+)\)\n/m.exec(stderr)
  expect(complaint, stderr).not.to.equal(null)
  expect(stderr).not.to.match(/^\s+at /m)
  expect(stderr).not.to.match(/"level":(50|60)/)
  return complaint?.[1] ?? ''
}

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Loaded, loadConfig } from '../../src/config/load.ts'
import { InvalidConfig, showPath } from '../../src/config/problems.ts'
import { temporaryFolder } from '../support/temporary.ts'

export const provider = '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e'

/** The least that is a configuration; `extra` is YAML after it. */
export const minimal = (extra = ''): string => `
chains:
  local: { id: 31337, rpc: ["http://127.0.0.1:8545"] }
markets:
  - { name: m, protocol: aave-v3, chain: local, addressesProvider: "${provider}" }
${extra}`

export function writeConfig(text: string): string {
  const file = join(temporaryFolder('config'), 'plimsoll.yaml')
  writeFileSync(file, text)
  return file
}

export const load = (text: string, env: Record<string, string> = {}): Loaded =>
  loadConfig({ file: writeConfig(text), env })

/** Paths of the problems, sorted. */
export function problemsOf(text: string, env: Record<string, string> = {}): readonly string[] {
  const error = refusal(text, env)
  return error.problems.map(({ path }) => showPath(path)).toSorted()
}

export function refusal(text: string, env: Record<string, string> = {}): InvalidConfig {
  try {
    load(text, env)
  } catch (error) {
    if (error instanceof InvalidConfig) return error
    throw error
  }
  throw new Error('the configuration was accepted')
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Abi, Hex } from 'viem'
import { type MutantName, mutants } from './mutants.ts'

export type Compiled = { abi: Abi; bytecode: Hex }

type SolcOutput = {
  errors?: { severity: string; formattedMessage: string }[]
  contracts?: Record<string, Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>
}
type Solc = {
  compile(input: string, callbacks: { import(path: string): { contents?: string; error?: string } }): string
}

const require = createRequire(import.meta.url)
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')
/** As in hardhat.config.ts, so that gas measured here is the gas of what is deployed. */
const asDeployed = { enabled: true, runs: 10_000 }
/** Three times faster to compile, for what is only ever attacked or attacks. */
const quick = { enabled: false }
const outputSelection = { '*': { '*': ['abi', 'evm.bytecode.object'] } }
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
let solc: Solc | undefined

function compile(sources: Record<string, string>, optimizer: typeof asDeployed | typeof quick): Map<string, Compiled> {
  solc ??= require('solc') as Solc
  const content = Object.fromEntries(Object.entries(sources).map(([path, text]) => [path, { content: text }]))
  const find = (path: string) => (existsSync(join(root, path)) ? { contents: read(path) } : { error: 'not found' })
  const settings = { optimizer, evmVersion: 'cancun', outputSelection }
  const answer = solc.compile(JSON.stringify({ language: 'Solidity', sources: content, settings }), { import: find })
  const output = JSON.parse(answer) as SolcOutput
  const errors = output.errors?.filter((error) => error.severity === 'error') ?? []
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'))
  const named = Object.values(output.contracts ?? {}).flatMap((file) => Object.entries(file))
  return new Map(named.map(([name, c]) => [name, { abi: c.abi, bytecode: `0x${c.evm.bytecode.object}` as Hex }]))
}

let genuine: Map<string, Compiled> | undefined
const twins = new Map<string, Compiled>()

/** A contract of ours, from its present source: the Liquidator or anything under `mocks/attack`. */
export function contract(name: string): Compiled {
  const own = 'contracts/Liquidator.sol'
  const attack = 'contracts/mocks/attack'
  const attackers = readdirSync(join(root, attack)).map((file) => `${attack}/${file}`)
  genuine ??= new Map([
    ...compile(Object.fromEntries(attackers.map((path) => [path, read(path)])), quick),
    ...compile({ [own]: read(own) }, asDeployed),
  ])
  const found = genuine.get(name)
  if (!found) throw new Error(`no contract ${name} among ${[...genuine.keys()].join(', ')}`)
  return found
}

/** The Liquidator's present source with one guard taken out. Each replacement must match exactly once. */
export function mutate(source: string, mutant: MutantName): string {
  const replacements: readonly (readonly [string, string])[] = mutants[mutant]
  return replacements.reduce((text, [from, to]) => {
    const matches = text.split(from).length - 1
    if (matches !== 1) throw new Error(`mutant ${mutant}: ${matches} matches, not one, for: ${from}`)
    return text.replace(from, () => to)
  }, source)
}

export function twin(mutant: MutantName): Compiled {
  const known = twins.get(mutant)
  if (known) return known
  const source = mutate(read('contracts/Liquidator.sol'), mutant)
  const made = compile({ 'contracts/Twin.sol': source }, quick).get('Liquidator')
  if (!made) throw new Error(`mutant ${mutant} did not compile to a Liquidator`)
  twins.set(mutant, made)
  return made
}

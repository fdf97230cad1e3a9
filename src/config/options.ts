import * as z from 'zod'
import type { Path } from './problems.ts'
import { schema } from './schema.ts'

/** One option as documentation shows it. */
export interface Option {
  /** `chains.*.rpc`, `markets[].name`: `*` is any key, `[]` any item. */
  readonly path: string
  readonly type: string
  /** As JSON; undefined when there is none. */
  readonly default: string | undefined
  readonly required: boolean
  readonly description: string
  readonly env: string | undefined
  readonly secret: boolean
  /** A value for the example file. */
  readonly example: unknown
  /** Holds other options. */
  readonly section: boolean
}

interface Node {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Node[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly additionalProperties?: Node | boolean
  readonly items?: Node
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly description?: string
  readonly examples?: readonly unknown[]
  readonly 'x-env'?: string
  readonly 'x-secret'?: boolean
}

/** JSON Schema (2020-12) of the configuration file, for editors. */
export function configJsonSchema(): Record<string, unknown> {
  const made = z.toJSONSchema(schema, { io: 'input' })
  return { ...made, title: 'Plimsoll configuration' }
}

let options: readonly Option[] | undefined

/** Every option, parents before children, in the order of the schema. */
export function describeOptions(): readonly Option[] {
  options ??= walk(z.toJSONSchema(schema, { io: 'input' }) as Node, '')
  return options
}

function walk(node: Node, path: string): readonly Option[] {
  const here = [node, ...(node.anyOf ?? [])]
  const properties = here.flatMap((n) =>
    Object.entries(n.properties ?? {}).flatMap(([key, child]) => {
      const place = path === '' ? key : `${path}.${key}`
      return [toOption(child, place, n.required?.includes(key) ?? false), ...walk(child, place)]
    }),
  )
  const values = here.flatMap((n) =>
    typeof n.additionalProperties === 'object' ? walk(n.additionalProperties, `${path}.*`) : [],
  )
  const items = here.flatMap((n) => (n.items ? walk(n.items, `${path}[]`) : []))
  return [...properties, ...values, ...items]
}

const toOption = (node: Node, path: string, required: boolean): Option => ({
  path,
  type: typeOf(node),
  default: node.default === undefined ? undefined : JSON.stringify(node.default),
  required,
  description: node.description ?? '',
  env: node['x-env'],
  secret: node['x-secret'] ?? false,
  example: node.examples?.[0],
  section: walk(node, path).length > 0,
})

/** `decimal`: exact, quoted or not. */
function typeOf(node: Node): string {
  if (node.anyOf) return [...new Set(node.anyOf.map(typeOf))].join(' or ')
  if (node.enum) return node.enum.map((value) => JSON.stringify(value)).join(' or ')
  if (node.const !== undefined) return JSON.stringify(node.const)
  if (node.items) return `list of ${typeOf(node.items)}`
  if (typeof node.type === 'object') return 'decimal'
  return node.type ?? 'any'
}

/** `['markets', 1, 'chain']` as options are named: `markets[].chain`. Keys of a map become `*`. */
function patternOf(path: Path): string {
  const known = new Set(describeOptions().flatMap(({ path: place }) => prefixes(place)))
  return path.reduce<string>((pattern, step) => {
    if (typeof step === 'number') return `${pattern}[]`
    const named = pattern === '' ? step : `${pattern}.${step}`
    return known.has(named) || !known.has(`${pattern}.*`) ? named : `${pattern}.*`
  }, '')
}

const prefixes = (path: string): readonly string[] =>
  [...path.matchAll(/\.|$/g)].map(({ index }) => path.slice(0, index))

export const optionAt = (path: Path): Option | undefined => {
  const pattern = patternOf(path)
  return describeOptions().find((option) => option.path === pattern)
}

/** Names allowed in the object at `path`. */
export function keysAt(path: Path): readonly string[] {
  const pattern = patternOf(path)
  const start = pattern === '' ? '' : `${pattern}.`
  const keys = describeOptions()
    .filter((option) => option.path.startsWith(start))
    .map((option) => option.path.slice(start.length))
  return keys.filter((key) => /^\w+$/.test(key))
}

/** Where else an option of this name lives. */
export const homesOf = (key: string): readonly string[] =>
  describeOptions()
    .map(({ path }) => path)
    .filter((path) => path === key || path.endsWith(`.${key}`))

import type { Environment } from './interpolate.ts'
import { describeOptions } from './options.ts'
import { isTree, list, tree } from './tree.ts'

/** Options that the file leaves out come from their environment variable, when it is set; empty WebSocket items are dropped. */
export function fillFromEnvironment(root: unknown, env: Environment): unknown {
  if (!isTree(root)) return root
  const filled = describeOptions().reduce((file, { path, env: name, type }) => {
    const value = name === undefined ? undefined : env[name]
    return value === undefined || value === ''
      ? file
      : fill(file, path.split('.'), type === 'integer' ? Number(value) : value)
  }, root)
  return isTree(filled['chains']) ? { ...filled, chains: withoutEmptyWs(filled['chains']) } : filled
}

/** Only the section itself may be made; a section within one (such as telegram) is a decision of the file. */
function fill(
  file: Readonly<Record<string, unknown>>,
  steps: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  const [step = '', ...rest] = steps
  if (rest.length === 0) return file[step] === undefined || file[step] === '' ? { ...file, [step]: value } : file
  const child = file[step]
  if (rest.length > 1 && !isTree(tree(child)[rest[0] ?? ''])) return file
  return child === undefined || isTree(child) ? { ...file, [step]: fill(tree(child), rest, value) } : file
}

const withoutEmptyWs = (chains: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(chains).map(([name, chain]) =>
      isTree(chain) && Array.isArray(chain['ws'])
        ? [name, { ...chain, ws: list(chain['ws']).filter((url) => url !== '') }]
        : [name, chain],
    ),
  )

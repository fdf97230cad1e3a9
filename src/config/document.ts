import { isNode, isPair, isScalar, isSeq, LineCounter, parseDocument, type Scalar, visit } from 'yaml'
import { type Environment, interpolate } from './interpolate.ts'
import type { Path, Problem } from './problems.ts'

export interface ConfigDocument {
  /** Plain data, variables replaced; undefined when the text is no YAML. */
  readonly value: unknown
  readonly problems: readonly Problem[]
  /** Values that came from the environment. */
  readonly interpolated: readonly string[]
  lineOf(path: Path): number | undefined
}

/** YAML text (or JSON, which is YAML) to plain data. */
export function parseConfigText(text: string, env: Environment): ConfigDocument {
  const counter = new LineCounter()
  const doc = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineOf = (path: Path): number | undefined => {
    for (let length = path.length; length > 0; length--) {
      const node = doc.getIn(path.slice(0, length), true)
      if (isNode(node) && node.range) return counter.linePos(node.range[0]).line
    }
    return undefined
  }
  if (doc.errors.length > 0) {
    const problems = doc.errors.map(({ message, pos }) => syntaxProblem(message, counter.linePos(pos[0]).line))
    return { value: undefined, problems, interpolated: [], lineOf }
  }
  const { problems, interpolated } = replaceVariables(doc, env)
  return { value: doc.toJS(), problems, interpolated, lineOf }
}

function replaceVariables(doc: ReturnType<typeof parseDocument>, env: Environment) {
  const problems: Problem[] = []
  const interpolated: string[] = []
  visit(doc, {
    Scalar(key, node, ancestors) {
      if (key === 'key') return
      keepExact(node)
      if (typeof node.value !== 'string' || !node.value.includes('${')) return
      const { text, values, problems: found } = interpolate(node.value, env, pathOf([...ancestors, node]))
      problems.push(...found)
      interpolated.push(...values)
      node.value = node.type === 'PLAIN' && /^-?\d{1,15}$/.test(text) ? Number(text) : text
    },
  })
  return { problems, interpolated }
}

/** A number that a JavaScript number would spoil stays text: 40 hex digits without quotes, more digits than a double holds. */
function keepExact(node: Scalar): void {
  const { source, value } = node
  if (typeof value !== 'number' || source === undefined) return
  const plain = source.includes('.') ? source.replace(/\.?0+$/, '') : source
  if (/^0x[0-9a-f]{40}$/i.test(source) || (/^-?\d+(\.\d+)?$/.test(source) && plain !== String(value)))
    node.value = source
}

/** Keys and positions from the root to the last of `nodes`. */
function pathOf(nodes: readonly unknown[]): Path {
  const path: (string | number)[] = []
  for (const [i, node] of nodes.entries()) {
    if (isPair(node) && isScalar(node.key)) path.push(String(node.key.value))
    const child = nodes[i + 1]
    if (isSeq(node) && child !== undefined) path.push(node.items.indexOf(child))
  }
  return path
}

const syntaxProblem = (message: string, line: number): Problem => ({
  path: [],
  what: `line ${line} is no valid YAML: ${message}`,
  why: 'nothing after a syntax error can be trusted',
  fix: 'Correct the indentation, quotes or brackets there.',
})

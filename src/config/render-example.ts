import { example } from './example.ts'
import { describeOptions, type Option } from './options.ts'
import { isTree } from './tree.ts'

const HEAD = `# Copy to plimsoll.yaml and adapt. Generated from the schema by \`npm run generate\`; every option is explained in
# docs/configuration.md. \${NAME} comes from the environment or from .env; \${NAME:-x} is x when NAME is not set.
`

/** `plimsoll.example.yaml`: the example's values, and every other option as a comment. */
export const renderExample = (): string => `${HEAD}${renderKeys(example, '', '').join('\n')}\n`

/** Options and map entries directly below `pattern`. */
function renderKeys(value: unknown, pattern: string, indent: string): readonly string[] {
  const given = isTree(value) ? value : {}
  const children = childrenOf(pattern)
  const isMap = children.length === 0
  const keys = isMap ? Object.keys(given) : children.map(({ path }) => path.slice(path.lastIndexOf('.') + 1))
  return keys.flatMap((key) => {
    const place = isMap ? `${pattern}.*` : [pattern, key].filter(Boolean).join('.')
    return renderKey(key, given[key], place, indent)
  })
}

function renderKey(key: string, value: unknown, place: string, indent: string): readonly string[] {
  const option = describeOptions().find(({ path }) => path === place)
  const comment = option === undefined ? [] : [`${indent}# ${summary(option)}`]
  const gap = indent === '' ? [''] : []
  if (value === undefined) return [...comment, ...absent(key, option, indent)]
  if (isTree(value)) return [...gap, ...comment, `${indent}${key}:`, ...renderKeys(value, place, `${indent}  `)]
  return [...(option?.section ? gap : []), ...comment, `${indent}${key}: ${inline(value)}`]
}

/** What the file may also say. A section is shown whole, as one commented line. */
function absent(key: string, option: Option | undefined, indent: string): readonly string[] {
  if (option === undefined) return []
  const value = option.section ? sample(option) : (option.example ?? JSON.parse(option.default ?? 'null'))
  return [`${indent}# ${key}:${value === null ? '' : ` ${inline(value)}`}`]
}

function sample({ path, type }: Option): unknown {
  const isList = type.startsWith('list')
  const children = childrenOf(isList ? `${path}[]` : path)
  const value = Object.fromEntries(
    children.map((child) => {
      const key = child.path.slice(child.path.lastIndexOf('.') + 1)
      return [key, child.section ? sample(child) : (child.example ?? JSON.parse(child.default ?? '"0x…"'))]
    }),
  )
  return isList ? [value] : value
}

const childrenOf = (pattern: string): readonly Option[] =>
  describeOptions().filter(({ path }) => {
    const rest = pattern === '' ? path : path.startsWith(`${pattern}.`) ? path.slice(pattern.length + 1) : '.'
    return /^\w+$/.test(rest)
  })

const summary = ({ description, default: standard, required, section }: Option): string =>
  [
    description,
    standard !== undefined && !section ? `Default: ${standard}.` : '',
    required && !section ? 'Required.' : '',
  ]
    .filter(Boolean)
    .join(' ')

/** YAML in one line, quoted where a plain word would not do. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (isTree(value))
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${inline(item)}`)
      .join(', ')} }`
  return typeof value === 'string' && !/^[a-z][\w.-]*$/i.test(value) ? JSON.stringify(value) : String(value)
}

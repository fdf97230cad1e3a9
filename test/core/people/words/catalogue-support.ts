/** What is wrong with a translation beside what the compiler sees; texts are called with a mark for each parameter. */
type Leaf = string | ((...values: never[]) => string)
interface Tree {
  readonly [key: string]: Leaf | Tree
}

/** A mark is no number, so a text with a plural takes its form for many. */
const mark = (n: number): string => `⟦${n}⟧`

interface Said {
  readonly text: string
  readonly parameters: number
}

function said(leaf: unknown): Said {
  if (typeof leaf === 'string') return { text: leaf, parameters: 0 }
  if (typeof leaf !== 'function') throw new TypeError(`no text: ${String(leaf)}`)
  const text: unknown = leaf(...Array.from({ length: leaf.length }, (_, n) => mark(n)))
  return { text: String(text), parameters: leaf.length }
}

function* leaves(tree: object, path = ''): Generator<readonly [path: string, leaf: unknown]> {
  for (const [key, value] of Object.entries(tree))
    if (typeof value === 'object' && value !== null) yield* leaves(value, `${path}${key}.`)
    else yield [path + key, value]
}

/** Left over from English: three words in a row, outside of `code`. */
const ENGLISH = /[A-Za-z]{2,}(?:['’][a-z]+)?[ ,]+[A-Za-z]{2,}[ ,]+[A-Za-z]{2,}/
const LETTERS = /\p{Letter}/u
const HAN = /\p{Script=Han}/u

const prose = (text: string): string => text.replaceAll(/`[^`]*`/g, '').replaceAll(/⟦\d+⟧/g, '')

/** Empty when `zh` is complete, says every value that `en` says, and is Chinese. `names`: words that stay as they are. */
export function catalogueFaults(en: Tree, zh: Tree, names: readonly string[] = []): string[] {
  const theirs = new Map(leaves(zh))
  const missing = [...leaves(en)].filter(([path]) => !theirs.has(path)).map(([path]) => `${path}: missing`)
  const extra = [...theirs.keys()].filter((path) => !new Map(leaves(en)).has(path)).map((path) => `${path}: unknown`)
  const both = [...leaves(en)].filter(([path]) => theirs.has(path))
  return [
    ...missing,
    ...extra,
    ...both.flatMap(([path, leaf]) => faultsOf(path, said(leaf), said(theirs.get(path)), names)),
  ]
}

function faultsOf(path: string, en: Said, zh: Said, names: readonly string[]): string[] {
  const unsaid = (of: Said): boolean =>
    Array.from({ length: of.parameters }, (_, n) => mark(n)).some((m) => !of.text.includes(m))
  const left = names.reduce((text, name) => text.replaceAll(name, ''), prose(zh.text))
  return [
    en.text.trim() === '' || zh.text.trim() === '' ? `${path}: empty` : '',
    en.parameters !== zh.parameters ? `${path}: ${en.parameters} parameters, ${zh.parameters} in Chinese` : '',
    unsaid(en) || unsaid(zh) ? `${path}: leaves a value out` : '',
    ENGLISH.test(left) || (LETTERS.test(left) && !HAN.test(left)) ? `${path}: not Chinese: ${zh.text}` : '',
    HAN.test(en.text) ? `${path}: not English: ${en.text}` : '',
  ].filter(Boolean)
}

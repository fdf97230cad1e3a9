/** What the page promises to be: every tag closed in order, every attribute quoted, every character that could mislead escaped. */

const VOID = new Set(['meta'])
const TAG = /^<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[a-zA-Z0-9-]+="[^"<>]*")*)\s*(\/?)>/
const ENTITY = /&(?!(?:amp|lt|gt|quot|#39);)/

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface Page {
  readonly elements: readonly Element[]
  /** Between the tags, still escaped. */
  readonly text: string
}

/** Throws at the first place where the page is not well-formed. */
export function readPage(page: string): Page {
  const elements: Element[] = []
  const open: string[] = []
  let text = ''
  let rest = page.replace(/^<!doctype html>\n/, '')
  if (rest === page) throw new SyntaxError('no doctype')
  while (rest !== '') {
    const tag = TAG.exec(rest)
    if (tag === null) {
      const end = rest.slice(1).search('<') + 1 || rest.length
      const words = rest.slice(0, end)
      if (/[<>]/.test(words) || ENTITY.test(words)) throw new SyntaxError(`loose characters at ${words.slice(0, 60)}`)
      text += words
      rest = rest.slice(end)
      continue
    }
    const [all, closing, name = '', inside = '', alone] = tag
    if (closing === '/') {
      const last = open.pop()
      if (last !== name) throw new SyntaxError(`</${name}> closes <${last}>`)
    } else {
      elements.push({ name, attributes: attributesOf(inside) })
      if (alone !== '/') open.push(name)
      if (VOID.has(name) && alone !== '/') throw new SyntaxError(`<${name}> is never closed`)
    }
    rest = rest.slice(all.length)
  }
  if (open.length > 0) throw new SyntaxError(`left open: ${open.join(' ')}`)
  return { elements, text }
}

function attributesOf(text: string): Record<string, string> {
  const found = [...text.matchAll(/([a-zA-Z0-9-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => {
    if (ENTITY.test(value)) throw new SyntaxError(`loose & in ${name}="${value}"`)
    return [name, value] as const
  })
  if (new Set(found.map(([name]) => name)).size < found.length) throw new SyntaxError(`an attribute twice in ${text}`)
  return Object.fromEntries(found)
}

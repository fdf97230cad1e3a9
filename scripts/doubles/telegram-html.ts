/** What Telegram calls wrong in HTML: tags it does not know, tags left open, and bare `<`, `>` or `&`. */
const TAGS = new Set(['b', 'strong', 'i', 'em', 'u', 's', 'code', 'pre', 'a', 'blockquote'])

export function htmlError(text: string): string | undefined {
  const open: string[] = []
  for (const [, closing, name = ''] of text.matchAll(/<(\/?)(\w+)(?: [^<>]*)?>/g)) {
    if (!TAGS.has(name)) return `unsupported start tag "${name}"`
    if (closing === '') open.push(name)
    else if (open.pop() !== name) return `unexpected end tag "${name}"`
  }
  if (open.length > 0) return `can't find end tag of "${open.at(-1)}"`
  const bare = text.replaceAll(/<\/?\w+(?: [^<>]*)?>/g, '').replaceAll(/&(?:lt|gt|amp|quot|#\d+);/g, '')
  return /[<>&]/.test(bare) ? 'a character must be escaped' : undefined
}

/** What is seen and counted: without tags, entities resolved. */
export const visible = (html: string): string =>
  html
    .replaceAll(/<\/?\w+(?: [^<>]*)?>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')

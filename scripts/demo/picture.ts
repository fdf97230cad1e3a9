import { writeFileSync } from 'node:fs'

const FIRST = 16
const BETWEEN = 18
/** With this the end begins: all of it is shown. */
const END = 'comparing every account'
const COLUMNS = 118
const LINE_PX = 17
const CHAR_PX = 7.9

/** What the demo printed: its beginning, what happens to the owners and to the market, and its end, as the picture in the README. */
export function drawPicture(path: string, lines: readonly string[]): void {
  const end = lines.findIndex((line) => line.includes(END))
  const between = lines.slice(FIRST, end).filter((line) => /careful|careless|RESCUED|PHASE/.test(line))
  const gap = '      ⋮'
  const shown = [...lines.slice(0, FIRST), gap, ...between.slice(0, BETWEEN), gap, ...lines.slice(end)]
  const height = (shown.length + 2) * LINE_PX
  const width = Math.ceil(COLUMNS * CHAR_PX + 32)
  const rows = shown.map(
    (line, i) => `<text x="16" y="${(i + 2) * LINE_PX}" fill="${colourOf(line)}">${inXml(cut(line))}</text>`,
  )
  writeFileSync(
    path,
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">
<title>npm run demo</title>
<rect width="100%" height="100%" rx="8" fill="#10151c"/>
${rows.join('\n')}
</svg>
`,
  )
}

const cut = (line: string): string =>
  [...line].length > COLUMNS ? `${[...line].slice(0, COLUMNS - 1).join('')}…` : line

/** Spaces that nothing folds into one: columns stay below each other. */
const inXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll(' ', '\u00a0')

function colourOf(line: string): string {
  if (/EARNED|RESCUED|PAUSED|RESUMED/.test(line)) return '#7ee787'
  if (/PHASE|THE WAVE/.test(line)) return '#d2a8ff'
  if (/writes|presses/.test(line)) return '#e3b341'
  if (line.includes('chat ')) return '#79c0ff'
  if (/^ *\d+s +lost /.test(line)) return '#ff7b72'
  if (line.includes('mismatched 0')) return '#7ee787'
  return '#c9d1d9'
}

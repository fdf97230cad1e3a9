/** How wide text is where every character has one column, as in `<pre>`: Chinese and emoji have two, marks none. */

/** Columns of a line in `<pre>` that a phone shows without breaking it. */
export const PHONE = 40

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\u3200-\u33ff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6]/u
const NONE = /[\p{M}\p{Cf}]/u
/** Makes the sign before it an emoji, which is one column wider. */
const EMOJI_STYLE = '\u{fe0f}'

function columnsOf(character: string): number {
  if (character === EMOJI_STYLE) return 1
  if (NONE.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

export function displayWidth(text: string): number {
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

export const padTo = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - displayWidth(text)))

/** At most so many columns; what was cut off shows as `…`. Never half a character. */
export function cutTo(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  let cut = ''
  let width = 1
  for (const character of text) {
    width += columnsOf(character)
    if (width > columns) break
    cut += character
  }
  return `${cut}…`
}

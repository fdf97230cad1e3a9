/** The examples of docs/telegram.md are what the program answers. */
import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { everyCommand, nameOf, phone, story } from '../adapters/telegram-examples.ts'

describe('docs/telegram.md', () => {
  const doc = readFileSync(new URL('../../docs/telegram.md', import.meta.url), 'utf8')
  const found = [...doc.matchAll(/`(\/[^`\n]+)` answers:\n\n```text\n(.*?)\n```/gs)]

  it('has an example of every command, each as the program says it', async () => {
    const told = await story('en')
    const shown = new Set(found.map(([, said = '']) => nameOf(said)))
    expect(everyCommand().filter((name) => !shown.has(name))).to.deep.equal(['resume'])
    for (const [, said = '', text] of found) expect(text, said).to.equal(told.get(said)?.map(phone).join('\n\n'))
  })

  it('names every command', () => {
    for (const name of everyCommand()) expect(doc).to.match(new RegExp(`\`/${name}[ \`]`))
  })
})

/** `docs/alerts.md` has an example of every message, in both languages; that they are true is held by `generated.test.ts`. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { SECTIONS } from '../../scripts/alerts/examples.ts'
import { alertsPage } from '../../scripts/alerts/page.ts'
import { root } from '../../scripts/generated.ts'
import { namesOf } from '../../src/adapters/telegram/commands.ts'
import { EVENT_NAMES } from '../../src/core/people/events.ts'
import { LANGUAGES } from '../../src/core/people/words/catalogue.ts'
import { sound } from '../core/people/words/support.ts'

const all = SECTIONS.flatMap(({ examples }) => examples)

describe('docs/alerts.md', () => {
  it('has an example of every event', () => {
    expect([...new Set(all.flatMap(({ events }) => events))]).to.have.members([...EVENT_NAMES])
  })
  it('explains every event', () => {
    const text = readFileSync(join(root, 'docs/alerts.md'), 'utf8')
    const [, explained = ''] = text.split('| event | is told when |')
    for (const event of EVENT_NAMES) expect(explained.split('## Roles')[0]).to.include(`\`${event}\``)
  })
  for (const language of LANGUAGES)
    it(`what it shows is what Telegram takes: ${language}`, () => {
      for (const example of all) for (const message of example.messages(language)) sound(message)
    })
  it('docs/telegram.md names every command, and says what may be left out', () => {
    const text = readFileSync(join(root, 'docs/telegram.md'), 'utf8')
    for (const name of namesOf('operator')) expect(text).to.match(new RegExp(`^\\| \`/${name}\\b`, 'm'))
    expect(text).to.include('`/watch 0x… [name]`')
  })
  it('a mark without anything to fill it is an error', () => {
    expect(() => alertsPage(root, 'test/scripts/alerts-broken.md', 'en')).to.throw(
      'a block that nobody writes: nothing',
    )
  })
})

import { fileURLToPath } from 'node:url'
import { renderEnvironment } from '../src/config/render-environment.ts'
import { renderExample } from '../src/config/render-example.ts'
import { renderReference } from '../src/config/render-reference.ts'
import { alertsPage } from './alerts/page.ts'
import { FIXTURE, readLateness } from './race/lateness.ts'
import { renderTable } from './race/model.ts'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Files that come from code; a test compares them with what is committed. */
export const generated: Readonly<Record<string, () => string>> = {
  '.env.example': renderEnvironment,
  'plimsoll.example.yaml': renderExample,
  'docs/alerts.md': () => alertsPage(root, 'docs/alerts.md', 'en'),
  'docs/alerts-zh.md': () => alertsPage(root, 'docs/alerts-zh.md', 'zh'),
  'docs/telegram.md': () => alertsPage(root, 'docs/telegram.md', 'en'),
  'docs/configuration.md': renderReference,
  'src/core/race-table.ts': () => renderTable(readLateness(FIXTURE)),
}

/**
 * Child of kill.test.ts: journals entries and delivers them, with a real store, at a clock that runs SCALE times too fast. Says
 * how far the journal got. Meant to be killed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { Journal } from '../../../src/app/journal.ts'
import { startDelivery } from '../../../src/app/people/deliver.ts'
import { chat, layout, render, TOKEN, toHtml, webhook } from './support.ts'

const [file = '', apiRoot = '', hookUrl = '', scaleText = '1', most = '0'] = process.argv.slice(2)
const scale = Number(scaleText)
const store = openStore(file)
const journal = new Journal(store, () => {})
const quiet = (): void => {}
startDelivery({
  store,
  journal,
  queries: { alive: () => [], ready: () => [] },
  mutes: () => [],
  render,
  toHtml,
  layout,
  log: { info: quiet, warn: quiet, error: quiet },
  scrub: (text) => text,
  alerts: {
    telegram: { token: TOKEN, apiRoot, watchesPerChat: 50, chats: [chat(), chat({ chatId: 78 })] },
    webhooks: [webhook({ url: hookUrl })],
    heartbeat: undefined,
    timezone: 'UTC',
  },
  clocks: {
    wallMs: () => Date.now() * scale,
    nowMs: () => performance.now() * scale,
    delay: (ms, signal) => sleep(ms / scale, undefined, { signal }),
  },
})

const said = (): void => void process.stdout.write(`${store.lastSeq()}\n`)
said()
// A block's entries in one transaction, now few, now many, as long as there is something left to say.
for (let block = 0; store.lastSeq() < Number(most); block++) {
  await sleep(block % 3 === 0 ? 90 : 15)
  journal.hold(() =>
    store.atomically(() => {
      for (let i = 0; i <= block % 5; i++)
        journal.add({ chainId: 1, market: 'm', block: '1', kind: 'alert', data: { type: 'threshold', to: null } })
    }),
  )
  said()
}
setInterval(() => {}, 1_000)

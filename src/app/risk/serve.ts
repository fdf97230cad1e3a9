import { parentPort, workerData } from 'node:worker_threads'
import { openStore } from '../../adapters/store/sqlite.ts'
import type { ThreadSettings, ToThread } from './messages.ts'
import { RiskServer, type ServerParts } from './server.ts'

/** All that a module of a risk thread has to call. What goes wrong beside a question ends the thread: the daemon starts another. */
export function serveRisk(parts: ServerParts): void {
  const port = parentPort
  if (port === null) throw new TypeError('the risk thread runs in a worker thread only')
  const settings: ThreadSettings = workerData
  const store = openStore(settings.storePath, { readonly: true })
  const server = new RiskServer({ ...parts, settings, store, post: (message) => port.postMessage(message) })
  server.start()
  port.on('message', (message: ToThread) => {
    server.handle(message)
    if (message.kind !== 'close') return
    store.close()
    port.close()
  })
}

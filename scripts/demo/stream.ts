import type { JournalEntry } from '../../src/core/journal.ts'

/** The daemon's journal from its first entry on: server-sent events, as any client reads them. */
export function followJournal(url: string, tell: (entry: JournalEntry) => void): { stop(): void } {
  const stopping = new AbortController()
  void (async () => {
    const response = await fetch(`${url}/api/stream`, { headers: { 'Last-Event-ID': '0' }, signal: stopping.signal })
    let buffered = ''
    for await (const chunk of response.body ?? []) {
      buffered += Buffer.from(chunk).toString('utf8')
      const events = buffered.split('\n\n')
      buffered = events.pop() ?? ''
      for (const event of events) {
        const data = event.split('\n').find((line) => line.startsWith('data:'))
        if (data !== undefined) tell(JSON.parse(data.slice(5)) as JournalEntry)
      }
    }
  })().catch(() => {})
  return { stop: () => stopping.abort() }
}

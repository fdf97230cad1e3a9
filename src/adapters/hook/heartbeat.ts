/** A dead man's switch: somebody outside is told that all is well, and alarms when that stops. */
import { codeOf } from './post.ts'

export interface HeartbeatOptions {
  /** A secret: whoever knows it can keep the alarm silent. */
  readonly url: string
  readonly everyS: number
  /** What is not well; empty: all is. */
  troubles(): readonly string[]
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly timeoutMs: number
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly clean: (text: string) => string
  readonly signal: AbortSignal
}

/** Resolves once the signal is aborted. */
export async function beat(options: HeartbeatOptions): Promise<void> {
  const { everyS, delay, signal, log, clean } = options
  let said = ''
  while (!signal.aborted) {
    const trouble = troubleOf(options)
    // Nothing is called then: silence is the alarm, and it also works when this program is dead.
    if (trouble !== said && trouble !== '') log.warn({ trouble: clean(trouble) }, 'the heartbeat is held back')
    if (trouble !== said && trouble === '') log.info({}, 'the heartbeat goes on')
    said = trouble
    if (trouble === '') await call(options)
    await delay(everyS * 1_000, signal).catch(() => {})
  }
}

function troubleOf({ troubles }: HeartbeatOptions): string {
  try {
    return troubles().join('; ')
  } catch (error) {
    return String(error)
  }
}

async function call({ url, timeoutMs, signal, log }: HeartbeatOptions): Promise<void> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) })
    await response.body?.cancel()
    if (!response.ok) log.warn({ status: response.status }, 'the heartbeat was refused')
  } catch (error) {
    if (!signal.aborted) log.warn({ error: codeOf(error) }, 'the heartbeat did not arrive')
  }
}

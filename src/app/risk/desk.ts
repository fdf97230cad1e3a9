import { PlimsollError } from '../../core/errors.ts'
import type { RiskQuestion, RiskQuestions } from '../../core/risk/questions.ts'
import { type Asked, type FromThread, revived, type Told } from './messages.ts'

interface Waiting {
  settle(message: Told): void
  readonly refuse: (error: PlimsollError) => void
  readonly timer: NodeJS.Timeout
}

/** Answers are large, and the thread makes one at a time: more than so many questions at once are refused. */
const MOST_WAITING = 64

/** Questions to the thread and the promises that wait for their answers. */
export class ThreadDesk {
  readonly #answerMs: number
  readonly #waiting = new Map<number, Waiting>()
  #last = 0

  constructor(answerMs: number) {
    this.#answerMs = answerMs
  }

  async ask<Q extends RiskQuestion>(
    thread: { postMessage(message: Asked<Q>): void } | undefined,
    question: Q,
    about: RiskQuestions[Q][0],
  ): Promise<RiskQuestions[Q][1]> {
    if (thread === undefined) throw ended()
    if (this.#waiting.size >= MOST_WAITING) throw busy(question, `${MOST_WAITING} others wait for an answer`)
    return new Promise((resolve, reject) => {
      const id = ++this.#last
      const timer = setTimeout(() => {
        this.#waiting.delete(id)
        reject(busy(question, `there was no answer within ${this.#answerMs} ms`))
      }, this.#answerMs)
      this.#waiting.set(id, {
        settle(message: Told<Q>) {
          resolve(message.answer)
        },
        refuse: reject,
        timer,
      })
      thread.postMessage({ kind: 'ask', id, question, about })
    })
  }

  /** An answer that nobody waits for any more is dropped. */
  hear(message: Extract<FromThread, { kind: 'answer' | 'refused' }>): void {
    const waiting = this.#waiting.get(message.id)
    if (waiting === undefined) return
    this.#waiting.delete(message.id)
    clearTimeout(waiting.timer)
    if (message.kind === 'answer') waiting.settle(message)
    else waiting.refuse(revived(message))
  }

  /** The thread has ended: nothing that was asked is answered any more. */
  abandon(): void {
    for (const { timer, refuse } of this.#waiting.values()) {
      clearTimeout(timer)
      refuse(ended())
    }
    this.#waiting.clear()
  }
}

const busy = (question: string, why: string): PlimsollError =>
  new PlimsollError(
    { code: 'RISK_BUSY', what: `risk question "${question}"`, why, fix: 'Ask again later, or for less.' },
    75,
  )

const ended = (): PlimsollError =>
  new PlimsollError(
    {
      code: 'RISK_THREAD_ENDED',
      what: 'the thread that measures the wave',
      why: 'it has ended: the daemon starts it again, or stops itself',
      fix: 'Ask again in a minute; the log says why it ended.',
    },
    75,
  )

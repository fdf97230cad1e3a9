import { expect } from 'chai'
import { GrammyError, HttpError } from 'grammy'
import { verdictOn } from '../../src/adapters/telegram/retry.ts'

describe('adapters/telegram: what to do about a failure', () => {
  const failure = (error_code: number, retry_after?: number): GrammyError => {
    const parameters = retry_after === undefined ? {} : { retry_after }
    return new GrammyError('failed', { ok: false, error_code, description: '', parameters }, 'sendMessage', {})
  }
  const rows: readonly [string, unknown, number, ReturnType<typeof verdictOn>][] = [
    ['a flood waits as long as it is told', failure(429, 7), 0, { kind: 'wait', ms: 7_000 }],
    ['but not for hours', failure(429, 86_400), 0, { kind: 'wait', ms: 900_000 }],
    ['a flood without a time backs off', failure(429), 1, { kind: 'wait', ms: 2_000 }],
    ['a server error backs off', failure(502), 0, { kind: 'wait', ms: 1_000 }],
    ['and further', failure(502), 3, { kind: 'wait', ms: 8_000 }],
    ['up to a minute', failure(502), 500, { kind: 'wait', ms: 60_000 }],
    ['no answer backs off', new HttpError('no', new Error('x')), 2, { kind: 'wait', ms: 4_000 }],
    ['a wrong token waits for a better one', failure(401), 0, { kind: 'wait', ms: 1_000 }],
    ['a second poller too', failure(409), 0, { kind: 'wait', ms: 1_000 }],
    ['a text that cannot be read is refused', failure(400), 0, { kind: 'refused' }],
    ['so is a chat that blocked us', failure(403), 0, { kind: 'refused' }],
  ]
  for (const [name, error, attempt, verdict] of rows) {
    it(name, () => expect(verdictOn(error, attempt)).to.deep.equal(verdict))
  }
})

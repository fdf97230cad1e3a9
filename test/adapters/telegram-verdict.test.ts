import { expect } from 'chai'
import { GrammyError, HttpError } from 'grammy'
import { verdictOf } from '../../src/adapters/telegram/verdict.ts'

const said = (error_code: number, description: string, parameters = {}): GrammyError =>
  new GrammyError('Call failed', { ok: false, error_code, description, parameters }, 'sendMessage', {})
const network = (code: string): HttpError =>
  new HttpError('Network request failed', Object.assign(new Error('x'), { code }))

describe('adapters/telegram: verdicts', () => {
  for (const [error, expected] of [
    [said(429, 'Too Many Requests: retry after 7', { retry_after: 7 }), { kind: 'flood', seconds: 7 }],
    [said(429, 'Too Many Requests'), { kind: 'flood', seconds: undefined }],
    [said(500, 'Internal Server Error'), { kind: 'unknown' }],
    [said(502, 'Bad Gateway'), { kind: 'unknown' }],
    [said(401, 'Unauthorized'), { kind: 'unsent' }],
    [said(404, 'Not Found'), { kind: 'unsent' }],
    [said(403, 'Forbidden: bot was blocked by the user'), { kind: 'gone' }],
    [said(403, 'Forbidden: bot was kicked from the supergroup chat'), { kind: 'gone' }],
    [said(403, 'Forbidden: something new'), { kind: 'gone' }],
    [said(400, 'Bad Request: chat not found'), { kind: 'gone' }],
    [said(400, 'Bad Request: not enough rights to send text messages to the chat'), { kind: 'gone' }],
    [
      said(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: -1001 }),
      { kind: 'moved', chatId: -1001 },
    ],
    [said(400, 'Bad Request: message is not modified: specified new message content'), { kind: 'same' }],
    [said(400, 'Bad Request: message to edit not found'), { kind: 'missing' }],
    [said(400, 'Bad Request: MESSAGE_ID_INVALID'), { kind: 'missing' }],
    [said(400, "Bad Request: message can't be edited"), { kind: 'foreign' }],
    [said(400, 'Bad Request: message thread not found'), { kind: 'threadless' }],
    [said(400, 'Bad Request: TOPIC_CLOSED'), { kind: 'threadless' }],
    [said(400, "Bad Request: can't parse entities: unsupported start tag"), { kind: 'unreadable' }],
    [said(400, 'Bad Request: message is too long'), { kind: 'unreadable' }],
    [said(400, 'Bad Request: BUTTON_DATA_INVALID'), { kind: 'unreadable' }],
    [said(400, 'Bad Request: something new'), { kind: 'refused' }],
    [network('ECONNREFUSED'), { kind: 'unsent' }],
    [network('ENOTFOUND'), { kind: 'unsent' }],
    [network('ECONNRESET'), { kind: 'unknown' }],
    [new HttpError('timeout', undefined), { kind: 'unknown' }],
    [new Error('aborted'), { kind: 'unknown' }],
  ] as const)
    it(`${error.message} ${error instanceof GrammyError ? error.description : ''}: ${expected.kind}`, () =>
      expect(verdictOf(error)).to.deep.equal(expected))
})

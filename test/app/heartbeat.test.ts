import { expect } from 'chai'
import { createLogger } from '../../src/adapters/log.ts'
import { ChainState } from '../../src/app/chain-state.ts'
import { Heartbeat } from '../../src/app/heartbeat.ts'
import { Book } from '../../src/core/book.ts'
import { fakeProtocol, page } from '../core/fake-protocol.ts'

/** What one beat says of a chain with one market. */
function beatOf(prepare: (state: ChainState) => void): string[] {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push((JSON.parse(line) as { msg: string }).msg) }
  const state = new ChainState('test', 5, 12)
  const book = new Book('m', fakeProtocol)
  book.apply(page(9, []))
  state.books = [book]
  prepare(state)
  new Heartbeat([state], createLogger({ level: 'info', pretty: false, scrub: (text) => text, destination })).beat()
  return lines
}

const audit = { block: 8n, checked: 25, mismatched: 0 }

describe('heartbeat', () => {
  for (const [name, prepare, line] of [
    ['before the first audit', () => {}, 'm not audited yet; not proven yet, nothing is sent'],
    [
      'of a proven market',
      ({ audits, proven }) => {
        audits.set('m', audit)
        proven.add('m')
      },
      'm audited at block 8: 25 accounts compared, 0 differ',
    ],
    [
      'of one that differs',
      ({ audits, differences, resyncs }) => {
        audits.set('m', { ...audit, mismatched: 2 })
        resyncs.set('m', 3)
        differences.set('m', { since: 7n, rereads: 3, searching: false, accounts: [], detail: '2 of 25 accounts' })
      },
      'm audited at block 8: 25 accounts compared, 2 differ; read anew 3 times; the mirror differed from the chain at block 7: 2 of 25 accounts',
    ],
    [
      'of one whose rules are not known',
      ({ quarantined }) => void quarantined.set('m', 'pool revision 99 is not known'),
      'm not audited yet; pool revision 99 is not known',
    ],
  ] as readonly (readonly [string, (state: ChainState) => void, string])[])
    it(`says how far each market is trusted: ${name}`, () => {
      expect(beatOf(prepare)).to.deep.equal([
        'block 9, 0 accounts with debt screened, 0 requests a block (most 0)',
        line,
        'planned 0, sent 0, confirmed 0, lost 0; refused: nothing',
      ])
    })
})

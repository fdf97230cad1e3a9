import { expect } from 'chai'
import { fillTables } from '../../scripts/evidence-tables.ts'

const evidence = {
  command: 'npm run evidence -- screen --seed 1',
  date: '2026-11-23T10:00:00.000Z',
  commit: '0123456789abcdef',
  dirty: false,
  cpus: 2,
  versions: { node: '24.0.0' },
  figures: {
    accounts: 1000,
    worst: 'a|b',
    runs: [
      { size: 1, ms: 0.5 },
      { size: 2, note: 'x' },
    ],
  },
}
const text = 'before\n<!-- evidence:screen -->\nold\n<!-- /evidence -->\nafter\n'
const read = (name: string): unknown => (name === 'screen' ? evidence : undefined)

describe('evidence tables', () => {
  it('replace what is between the marks, and nothing else', () => {
    const filled = fillTables(text, read)
    expect(filled)
      .to.match(/^before\n<!-- evidence:screen -->\n/)
      .and.match(/<!-- \/evidence -->\nafter\n$/)
    expect(filled).to.include('| accounts | 1000 |').and.include('| worst | a\\|b |')
    expect(filled).to.include('| size | ms | note |').and.include('| 2 |  | x |')
    expect(filled).to.include('commit 0123456, Node 24.0.0, 2 cores').and.not.include('old')
  })

  it('are stable', () => expect(fillTables(fillTables(text, read), read)).to.equal(fillTables(text, read)))

  it('notice a figure that was changed by hand', () => {
    const filled = fillTables(text, read)
    const tampered = filled.replace('1000', '9999')
    expect(fillTables(tampered, read)).to.equal(filled)
  })

  it('say which evidence is missing', () => {
    expect(() => fillTables(text.replace('screen', 'other'), read)).to.throw(/npm run evidence -- other/)
  })

  it('leave a page without blocks alone', () => expect(fillTables('# Title\n', read)).to.equal('# Title\n'))
})

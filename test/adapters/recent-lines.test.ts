import { expect } from 'chai'
import { createLogger, learningScrubber } from '../../src/adapters/log.ts'
import { RecentLines } from '../../src/adapters/recent-lines.ts'

function open(most?: number) {
  const recent = new RecentLines(most)
  const { scrub, hide } = learningScrubber()
  hide(['first-secret'])
  const log = createLogger({ level: 'info', pretty: false, scrub, recent, destination: { write: () => {} } })
  return { recent, log, hide }
}

describe('the last lines of the log', () => {
  it('are those at warn and above, newest last, readable', () => {
    const { recent, log } = open()
    log.info('all is well')
    log.warn({ chain: 'ethereum' }, 'the node\nis slow')
    log.error({ err: new Error('it broke') }, 'request failed')
    const lines = recent.last(10).map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, 'AT '))
    expect(lines).to.deep.equal(['AT WARN [ethereum] the node is slow', 'AT ERROR request failed: it broke'])
    expect(recent.last(1)).to.have.length(1)
    expect(recent.last(0)).to.deep.equal([])
  })

  it('are bounded, in number and in length', () => {
    const { recent, log } = open(3)
    for (let n = 0; n < 10; n++) log.warn(`line ${n} ${'x'.repeat(2_000)}`)
    expect(recent.last(10).map((line) => /line \d/.exec(line)?.[0])).to.deep.equal(['line 7', 'line 8', 'line 9'])
    for (const line of recent.last(10)) expect(line.length).to.be.at.most(500)
  })

  it('hold no secret, nor one that is learned later', () => {
    const { recent, log, hide } = open()
    log.warn({ err: new Error('https://first-secret/') }, 'first-secret')
    hide(['second-secret'])
    log.error('first-secret and second-secret')
    expect(recent.last(10).join('\n')).to.include('[redacted]')
    expect(recent.last(10).join('\n')).not.to.match(/first-secret|second-secret/)
  })

  it('show what is no JSON as it is', () => {
    const recent = new RecentLines()
    recent.push('{"level":50,"msg":"cut [redacted]\n')
    expect(recent.last(1)).to.deep.equal(['{"level":50,"msg":"cut [redacted]'])
  })
})

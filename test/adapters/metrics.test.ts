import { expect } from 'chai'
import { createMetrics } from '../../src/adapters/metrics.ts'
import type { Queries } from '../../src/core/answers.ts'
import { REFUSAL_REASONS } from '../../src/core/plan.ts'
import { fakeJournal, fakeQueries, status } from './http-support.ts'

function setUp(over: Partial<Queries> = {}) {
  const journal = fakeJournal()
  const metrics = createMetrics(fakeQueries(over, journal), '1.2.3')
  journal.subscribe(metrics.sink)
  const lines = async (): Promise<string[]> =>
    (await metrics.text()).split('\n').filter((line) => !line.startsWith('#'))
  return { journal, metrics, lines }
}

describe('adapters/metrics', () => {
  it('asks for the gauges when scraped', async () => {
    const { lines, metrics } = setUp()
    expect(metrics.contentType).to.match(/^text\/plain/)
    expect(await lines()).to.include.members([
      'plimsoll_head_lag_blocks{chain="local"} 2',
      'plimsoll_rpc_requests_total{chain="local"} 40',
      'plimsoll_accounts{market="local-aave"} 7',
      'plimsoll_liquidatable{market="local-aave"} 1',
      'plimsoll_quarantined{market="local-aave"} 0',
      'plimsoll_quarantined{market="strange"} 1',
      'plimsoll_proven{market="local-aave"} 1',
      'plimsoll_proven{market="strange"} 0',
      'plimsoll_resyncs_total{market="local-aave"} 2',
      'plimsoll_audit_accounts_total{market="local-aave"} 0',
      'plimsoll_audit_mismatches_total{market="local-aave"} 0',
      'plimsoll_profit_usd_total{market="local-aave"} 0',
      'plimsoll_refusals_total{reason="unprofitable"} 0',
      'plimsoll_ready 1',
      'plimsoll_build_info{version="1.2.3"} 1',
    ])
  })

  it('does not add up what is already a total, and forgets markets that are gone', async () => {
    let now = status()
    const { lines } = setUp({ status: () => now })
    await lines()
    now = status({ markets: [] })
    const second = await lines()
    expect(second).to.include('plimsoll_rpc_requests_total{chain="local"} 40')
    now = status()
    expect(await lines()).to.include('plimsoll_resyncs_total{market="local-aave"} 2')
    now = status({ markets: [] })
    await lines()
    expect(second.join('\n')).to.not.include('plimsoll_accounts{')
  })

  it('is not ready when one check fails', async () => {
    const { lines } = setUp({ ready: () => [{ name: 'synced', ok: false, detail: '' }] })
    expect(await lines()).to.include('plimsoll_ready 0')
  })

  it('counts the journal', async () => {
    const { journal, lines } = setUp()
    journal.add('refusal', { reason: 'unprofitable' })
    journal.add('refusal', { reason: 'unprofitable' })
    journal.add('audit', { checked: 7, mismatched: 3, block: '5' })
    journal.add('confirmed', { profitUsd8: '1250000000' })
    journal.add('confirmed', { profitUsd8: '50000000' })
    expect(await lines()).to.include.members([
      'plimsoll_journal_total{kind="refusal"} 2',
      'plimsoll_journal_total{kind="confirmed"} 2',
      'plimsoll_refusals_total{reason="unprofitable"} 2',
      'plimsoll_audit_accounts_total{market="local-aave"} 7',
      'plimsoll_audit_mismatches_total{market="local-aave"} 3',
      'plimsoll_profit_usd_total{market="local-aave"} 13',
    ])
  })

  it('has a bounded number of series, whatever is in the journal', async () => {
    const { journal, lines } = setUp()
    const before = (await lines()).length
    for (let i = 0; i < 100; i++) {
      journal.add('refusal', { reason: `no-${i}` }, { market: `m${i}` })
      journal.add('audit', { mismatched: 1 }, { market: `m${i}` })
      journal.add('confirmed', { profitUsd8: '1' }, { market: `m${i}` })
    }
    const after = await lines()
    expect(after).to.include('plimsoll_refusals_total{reason="other"} 100')
    expect(after.length - before).to.equal(7) // three kinds, one other reason, one other market three times
    expect(Object.keys(REFUSAL_REASONS)).to.not.include('other')
  })

  it('lives with data that is missing, negative or broken', async () => {
    const { journal, lines } = setUp()
    for (const value of [undefined, null, '-5', 'x', {}, Number.NaN]) {
      journal.add('audit', { mismatched: value })
      journal.add('confirmed', { profitUsd8: value })
    }
    journal.add('refusal', { reason: 'toString' })
    expect(await lines()).to.include.members([
      'plimsoll_audit_mismatches_total{market="local-aave"} 0',
      'plimsoll_profit_usd_total{market="local-aave"} 0',
      'plimsoll_refusals_total{reason="other"} 1',
    ])
  })
})

import { expect } from 'chai'
import { getAddress } from 'viem'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../../src/app/chain-state.ts'
import { createOperatorQueries, type OperatorQueryOptions } from '../../../src/app/people/operator-queries.ts'
import { UnreachableError } from '../../../src/core/errors.ts'
import type { JournalKind } from '../../../src/core/journal.ts'
import type { Mode } from '../../../src/core/people/control.ts'
import { address, bookOf, HEAD, reserve } from '../../protocols/aave-v3/world.ts'

const USD = 10n ** 8n
const SIGNER = address(0x5e)
/** The first account of the book. */
const BOB = address(1)

function open(over: Partial<OperatorQueryOptions> = {}) {
  const store = openStore(':memory:')
  const chain = new ChainState('ethereum', 1, 12)
  const book = bookOf({
    reserves: [reserve({ priceUsd8: 2000n * USD }), reserve({ decimals: 6 })],
    accounts: [{ collaterals: [[0, 10n ** 18n]], debts: [[1, 1000n * 10n ** 6n]] }],
  })
  chain.books = [book]
  chain.proven.add(book.name)
  let nowMs = 0
  let asked = 0
  chain.node = {
    request: async () => {
      asked++
      return '0x64'
    },
  }
  const control = { paused: false, mode: 'live' as Mode }
  const queries = createOperatorQueries({
    chains: [chain],
    store,
    control,
    days: { days: [], figures: () => [] },
    signer: SIGNER,
    settings: () => ({ lowBalanceWei: 101n, symbolOf: () => 'ETH' }),
    recent: { last: (limit) => ['one', 'two CANARY'].slice(-limit) },
    scrub: (text) => text.replaceAll('CANARY', '***'),
    nowMs: () => nowMs,
    ...over,
  })
  const add = (kind: JournalKind, data: Record<string, unknown>, market = book.name): number =>
    store.appendJournal({ chainId: 1, market, block: '1', kind, data }).seq
  const later = (ms: number): void => {
    nowMs += ms
  }
  return { chain, book, control, queries, add, later, asked: () => asked }
}

describe('questions of operators', () => {
  describe('balances', () => {
    it('are asked of the node, at most once in five seconds', async () => {
      const { queries, later, asked } = open()
      const wanted = { chain: 'ethereum', address: getAddress(SIGNER), wei: '100', symbol: 'ETH', isLow: true }
      expect(await Promise.all([queries.balances(), queries.balances()])).to.deep.equal([[wanted], [wanted]])
      later(5_000)
      await queries.balances()
      expect(asked()).to.equal(1)
      later(1)
      await queries.balances()
      expect(asked()).to.equal(2)
    })

    it('leave out a chain whose node does not answer', async () => {
      const { chain, queries } = open()
      const away = new UnreachableError({ code: 'X', what: 'node', why: 'away', fix: 'wait' })
      chain.node = { request: () => Promise.reject(away) }
      expect(await queries.balances()).to.deep.equal([])
    })

    it('are none without a key', async () => {
      expect(await open({ signer: undefined }).queries.balances()).to.deep.equal([])
    })
  })

  it('gas is that of the newest head anybody told of', () => {
    const { chain, queries } = open()
    const fee = { chain: 'ethereum', priorityFeeWei: '100000000' }
    expect(queries.gas()).to.deep.equal([
      { ...fee, block: HEAD.number.toString(), baseFeeWei: HEAD.baseFeeWei.toString() },
    ])
    chain.newest = { ...HEAD, number: HEAD.number + 1n, baseFeeWei: 77n }
    expect(queries.gas()).to.deep.equal([{ ...fee, block: (HEAD.number + 1n).toString(), baseFeeWei: '77' }])
    chain.books = []
    chain.newest = undefined
    expect(queries.gas()).to.deep.equal([])
  })

  it('nodes are named by host, and what they said is scrubbed', () => {
    const { chain, queries } = open()
    chain.providers = () => [
      { host: 'node.example', ok: true, lastError: undefined, requestsToday: 5 },
      { host: 'other.example', ok: false, lastError: 'key CANARY is blocked', requestsToday: 1 },
    ]
    expect(queries.rpc()).to.deep.equal([
      { chain: 'ethereum', host: 'node.example', ok: true, lagBlocks: 0, lastError: null, requestsToday: 5 },
      {
        chain: 'ethereum',
        host: 'other.example',
        ok: false,
        lagBlocks: 0,
        lastError: 'key *** is blocked',
        requestsToday: 1,
      },
    ])
  })

  it('lines of the log are scrubbed once more on their way out', () => {
    expect(open().queries.logs(1)).to.deep.equal(['two ***'])
  })

  describe('why', () => {
    it('names what was last decided of an account, and what it was last told of otherwise', () => {
      const { queries, add, book } = open()
      const borrower = getAddress(BOB)
      const [silent] = queries.why(BOB)
      expect(silent).to.deep.include({ market: book.name, chainId: 1, heldBackBy: null, last: null })
      expect(silent?.row).to.include({ address: borrower, debtBase: String(1000n * USD) })
      const alert = add('alert', { address: borrower, type: 'threshold' })
      expect(queries.why(BOB)[0]?.last?.seq).to.equal(alert)
      const refusal = add('refusal', { borrower, reason: 'no-route' })
      add('alert', { address: borrower, type: 'recovered' })
      add('refusal', { borrower: SIGNER, reason: 'other' })
      add('refusal', { borrower, reason: 'elsewhere' }, 'another')
      expect(queries.why(borrower)[0]?.last).to.deep.include({ seq: refusal, kind: 'refusal' })
    })

    it('is silent of whom it does not know, and of what is no address', () => {
      const { queries } = open()
      for (const text of [SIGNER, '0x1', '', 'DROP TABLE journal']) expect(queries.why(text)).to.deep.equal([])
    })

    it('says what holds everybody back, in the order in which the loop asks', () => {
      const { chain, book, control, queries } = open()
      const reason = () => queries.why(BOB)[0]?.heldBackBy
      control.paused = true
      expect(reason()).to.equal('control-paused')
      chain.proven.clear()
      expect(reason()).to.equal('market-unproven')
      chain.quarantined.set(book.name, 'it differs')
      expect(reason()).to.equal('market-quarantined')
      control.mode = 'watch'
      expect(reason()).to.equal('mode-watch')
    })
  })

  it('liquidations are what came of each transaction, and those of which nothing is known yet, newest first', () => {
    const { queries, add } = open()
    add('sent', { hash: '0x1' })
    add('sent', { hash: '0x2' })
    const confirmed = add('confirmed', { hash: '0x1' })
    const open3 = add('sent', { hash: '0x3' })
    const lost = add('lost', { hash: '0x2' })
    const seqs = (limit: number): number[] => queries.liquidations(limit).map(({ seq }) => seq)
    expect(seqs(10)).to.deep.equal([lost, open3, confirmed])
    expect(seqs(1)).to.deep.equal([lost])
    add('plan', { borrower: BOB })
    expect(seqs(2)).to.deep.equal([lost, open3])
  })

  it('profit is that of the last days, newest first', () => {
    const row = (day: string, market: string) => ({
      day,
      market,
      liquidations: 0,
      lost: 0,
      profitUsd8: '0',
      feeWei: '0',
      refused: {},
    })
    const days = { days: ['3', '2', '1'], figures: (day: string) => [row(day, 'm'), row(day, 'n')] }
    const { queries } = open({ days })
    expect(queries.profit(2).map(({ day, market }) => `${day} ${market}`)).to.deep.equal(['3 m', '3 n', '2 m', '2 n'])
    expect(queries.profit(0)).to.deep.equal([])
  })
})

import { expect } from 'chai'
import { ChainState } from '../../src/app/chain-state.ts'
import { Journal } from '../../src/app/journal.ts'
import { look, staleAfterMs, watchdog } from '../../src/app/watchdog.ts'
import { Book } from '../../src/core/book.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import { fakeProtocol, page } from '../core/fake-protocol.ts'

type Draft = Omit<JournalEntry, 'seq'>

/** A chain that moved at 0 ms and stands at block 9. */
function chainOf(blockTimeS: number, turnedAtMs: number | undefined = 0): ChainState {
  const state = new ChainState('test', 5, blockTimeS)
  const book = new Book('m', fakeProtocol)
  book.apply(page(9, []))
  state.books = [book]
  state.turnedAtMs = turnedAtMs
  return state
}

/** `reason @ms` of what is said while the chain is looked at at these times. */
function listening() {
  const said: Draft[] = []
  const journal = {
    add: (entry: Draft): JournalEntry => {
      said.push(entry)
      return { ...entry, seq: said.length }
    },
  }
  return { said, journal, reasons: () => said.map(({ data }) => data.reason) }
}

describe('watchdog', () => {
  for (const [blockTimeS, afterMs] of [
    [12, 36_000],
    [2, 6_000],
    [1, 5_000],
    [0.25, 5_000],
  ] as const)
    it(`a chain of ${blockTimeS} s a block is silent after ${afterMs} ms`, () => {
      const state = chainOf(blockTimeS)
      expect(staleAfterMs(state)).to.equal(afterMs)
      const { journal, reasons } = listening()
      const stale = new Set<ChainState>()
      look(state, stale, journal, afterMs)
      expect(reasons()).to.deep.equal([])
      look(state, stale, journal, afterMs + 1)
      expect(reasons()).to.deep.equal(['stale-head'])
    })

  it('says once that a chain is silent, once that it is back, and again the next time', () => {
    const state = chainOf(12)
    const { journal, said } = listening()
    const stale = new Set<ChainState>()
    for (const now of [36_001, 36_501, 99_000]) look(state, stale, journal, now)
    state.turnedAtMs = 99_000
    for (const now of [99_001, 99_501, 135_001]) look(state, stale, journal, now)
    expect(said.map(({ data }) => [data.reason, data.detail])).to.deep.equal([
      ['stale-head', 'no new block of chain test for 36 s'],
      ['head-is-back', 'chain test moves again at block 9'],
      ['stale-head', 'no new block of chain test for 36 s'],
    ])
    expect(said[0]).to.include({ chainId: 5, market: '', block: '9', kind: 'breaker' })
  })

  it('says nothing of a chain that has not begun', () => {
    const { journal, said } = listening()
    look(new ChainState('test', 5, 12), new Set(), journal, 10 ** 9)
    expect(said).to.deep.equal([])
  })

  it('knows chains apart', () => {
    const [slow, quick] = [chainOf(12), chainOf(2)]
    const { journal, said } = listening()
    const stale = new Set<ChainState>()
    for (const state of [slow, quick]) look(state, stale, journal, 10_000)
    expect([said.length, [...stale]]).to.deep.equal([1, [quick]])
  })

  it('what could not be written is not taken as told', () => {
    const state = chainOf(12)
    const { journal, reasons } = listening()
    const full = new Error('disk full')
    const broken = {
      add: (): never => {
        throw full
      },
    }
    const stale = new Set<ChainState>()
    expect(() => look(state, stale, broken, 40_000)).to.throw(full)
    look(state, stale, journal, 41_000)
    state.turnedAtMs = 41_000
    expect(() => look(state, stale, broken, 41_001)).to.throw(full)
    look(state, stale, journal, 41_002)
    expect(reasons()).to.deep.equal(['stale-head', 'head-is-back'])
  })

  it('a reader of the journal that fails changes nothing: what is written was told', () => {
    const { journal: store, said } = listening()
    const failures: unknown[] = []
    const journal = new Journal({ appendJournal: store.add }, (error) => failures.push(error))
    const broken = new Error('broken reader')
    journal.subscribe(() => {
      throw broken
    })
    const stale = new Set<ChainState>()
    const state = chainOf(12)
    for (const now of [40_000, 41_000]) look(state, stale, journal, now)
    expect([said.length, failures]).to.deep.equal([1, [broken]])
  })

  it('looks by a timer of its own, and hands over what fails', async () => {
    const full = new Error('disk full')
    const broken = {
      add: (): never => {
        throw full
      },
    }
    const error = await new Promise<unknown>((resolve) => {
      const timer = watchdog([chainOf(0, -1_000_000)], broken, (failure) => {
        clearInterval(timer)
        resolve(failure)
      })
    })
    expect(error).to.equal(full)
  })
})

import { expect } from 'chai'
import fc from 'fast-check'
import { Journal, jsonSafe } from '../../src/app/journal.ts'
import type { JournalEntry } from '../../src/core/journal.ts'

type Draft = Omit<JournalEntry, 'seq'>

const draft = (fields: Partial<Draft> = {}): Draft => ({
  chainId: 1,
  market: 'm',
  block: '5',
  kind: 'alert',
  data: {},
  ...fields,
})

/** A store that only counts. */
const memory = (written: JournalEntry[] = []) => ({
  written,
  appendJournal(entry: Draft): JournalEntry {
    const numbered = { ...entry, seq: written.length + 1 }
    written.push(numbered)
    return numbered
  },
})

const unexpected = (error: unknown): void => {
  throw error
}

describe('Journal', () => {
  it('writes first, then tells every sink what was written', () => {
    const store = memory()
    const journal = new Journal(store, unexpected)
    const heard: JournalEntry[] = []
    journal.subscribe((entry) => {
      expect(store.written.at(-1)).to.equal(entry)
      heard.push(entry)
    })
    journal.subscribe((entry) => heard.push(entry))
    const added = journal.add(draft({ data: { profit: 2n ** 100n } }))
    expect(added).to.deep.equal({ ...draft({ data: { profit: '1267650600228229401496703205376' } }), seq: 1 })
    expect(heard).to.deep.equal([added, added])
  })

  it('goes on when a sink throws, and says so', () => {
    const failures: unknown[] = []
    const journal = new Journal(memory(), (error, entry) => failures.push([error, entry.seq]))
    const broken = new Error('broken')
    const heard: number[] = []
    journal.subscribe(() => {
      throw broken
    })
    journal.subscribe((entry) => heard.push(entry.seq))
    journal.add(draft())
    journal.add(draft())
    expect(heard).to.deep.equal([1, 2])
    expect(failures).to.deep.equal([
      [broken, 1],
      [broken, 2],
    ])
  })

  it('tells nobody what could not be written', () => {
    const full = new Error('disk full')
    const refuse = (): JournalEntry => {
      throw full
    }
    const journal = new Journal({ appendJournal: refuse }, unexpected)
    const heard: number[] = []
    journal.subscribe((entry) => heard.push(entry.seq))
    expect(() => journal.add(draft())).to.throw(full)
    expect(heard).to.deep.equal([])
  })

  it('stops telling who no longer listens, also from within', () => {
    const journal = new Journal(memory(), unexpected)
    const heard: string[] = []
    const sink = (entry: JournalEntry): void => {
      heard.push(`a${entry.seq}`)
    }
    const stop = journal.subscribe(sink)
    const stopOnce = journal.subscribe((entry) => {
      heard.push(`once${entry.seq}`)
      stopOnce()
    })
    journal.subscribe(sink)
    journal.add(draft())
    stop()
    stop()
    journal.add(draft())
    expect(heard).to.deep.equal(['a1', 'once1', 'a1', 'a2'])
  })

  it('keeps the order for everybody when a sink adds an entry', () => {
    const journal = new Journal(memory(), unexpected)
    const heard: number[] = []
    journal.subscribe((entry) => {
      if (entry.seq === 1) expect(journal.add(draft({ kind: 'breaker' })).seq).to.equal(2)
    })
    journal.subscribe((entry) => heard.push(entry.seq))
    journal.add(draft())
    expect(heard).to.deep.equal([1, 2])
  })
})

describe('Journal.hold', () => {
  const failure = new Error('rolled back')
  function listening() {
    const journal = new Journal(memory(), unexpected)
    const heard: string[] = []
    journal.subscribe((entry) => heard.push(entry.block))
    return { journal, heard }
  }

  it('tells afterwards, in order', () => {
    const { journal, heard } = listening()
    const answer = journal.hold(() => {
      journal.add(draft({ block: '1' }))
      journal.hold(() => journal.add(draft({ block: '2' })))
      expect(heard).to.deep.equal([])
      return 'done'
    })
    expect(answer).to.equal('done')
    expect(heard).to.deep.equal(['1', '2'])
  })

  it('tells nobody of what was thrown away, and goes on', () => {
    const { journal, heard } = listening()
    const inner = (): void => {
      journal.add(draft({ block: 'lost' }))
      throw failure
    }
    expect(() => journal.hold(inner)).to.throw(failure)
    journal.hold(() => {
      journal.add(draft({ block: '1' }))
      expect(() => journal.hold(inner)).to.throw(failure)
    })
    journal.add(draft({ block: '2' }))
    expect(heard).to.deep.equal(['1', '2'])
  })
})

describe('jsonSafe', () => {
  it('survives JSON unchanged, with every bigint as its decimal string', () => {
    const leaf = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.integer(), fc.bigInt())
    const data = fc.dictionary(
      fc.string(),
      fc.letrec<{ node: unknown }>((tie) => ({
        node: fc.oneof(
          leaf,
          fc.array(tie('node'), { maxLength: 3 }),
          fc.dictionary(fc.string(), tie('node'), { maxKeys: 3 }),
        ),
      })).node,
    )
    fc.assert(
      fc.property(data, (value) => {
        const plain = jsonSafe(value)
        const expected = JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}` : inner))
        expect(JSON.stringify(plain)).to.equal(expected)
      }),
    )
  })

  for (const [what, value] of [
    ['undefined', undefined],
    ['function', () => 1],
    ['symbol', Symbol('x')],
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a Error', new Error('x')],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['a Uint8Array', new Uint8Array(1)],
  ] as const)
    it(`refuses ${what}, wherever it is, naming the place`, () => {
      expect(() => jsonSafe({ key: value })).to.throw(TypeError, `key is ${what}`)
      expect(() => jsonSafe({ list: [1, { deep: value }] })).to.throw(TypeError, `list[1].deep is ${what}`)
    })
})

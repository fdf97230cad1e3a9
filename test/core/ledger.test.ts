import { expect } from 'chai'
import fc from 'fast-check'
import { pad, toHex } from 'viem'
import { type Cell, type Layout, Ledger } from '../../src/core/ledger.ts'

const address = (value: number) => pad(toHex(value), { size: 20 })

type Writes = readonly (readonly [Cell, bigint])[]
type Step =
  | { readonly kind: 'page'; readonly writes: Writes; readonly skip: number }
  | { readonly kind: 'rollback'; readonly depth: number }
  | { readonly kind: 'finalize'; readonly depth: number }
  | { readonly kind: 'speculate'; readonly writes: Writes; readonly fails: boolean }

const CELLS = 14
/** Two cells of the market, three accounts of four. */
const LAYOUT: Layout = { accountsFrom: 2, cellsPerAccount: 4 }
const layouts = fc.constantFrom(LAYOUT, undefined)
/** Of every length that a uint256 can have, the powers of two and what lies below them among them. */
const value = fc.oneof(
  fc.bigInt({ min: 0n, max: 3n }),
  fc.nat(256).map((bits) => 2n ** BigInt(bits) - 1n),
  fc.nat(255).map((bits) => 2n ** BigInt(bits)),
  fc.tuple(fc.nat(256), fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })).map(([bits, noise]) => noise >> BigInt(bits)),
)
const writes: fc.Arbitrary<Writes> = fc.array(fc.tuple(fc.nat(CELLS - 1), value), { maxLength: 6 })
const depth = fc.nat(6)
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('page' as const), writes, skip: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('rollback' as const), depth }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('finalize' as const), depth }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('speculate' as const), writes, fails: fc.boolean() }) },
  ),
  { maxLength: 40 },
)

/** The same ledger without cleverness: a whole copy of the state at the end of every block. */
class Copies {
  readonly blocks: { readonly number: bigint; readonly state: ReadonlyMap<Cell, bigint> }[] = [
    { number: 0n, state: new Map() },
  ]
  final = 0

  get state(): ReadonlyMap<Cell, bigint> {
    return this.blocks.at(-1)?.state ?? new Map()
  }

  page(number: bigint, changes: Writes): void {
    this.blocks.push({ number, state: new Map([...this.state, ...changes]) })
  }

  /** The block that lies so many blocks back, but not below the final one. */
  back(by: number): number {
    return Math.max(this.final, this.blocks.length - 1 - by)
  }
}

const cellsOf = (ledger: Ledger): Map<Cell, bigint> => {
  const cells = new Map<Cell, bigint>()
  for (let cell = 0; cell < CELLS; cell++) if (ledger.has(cell)) cells.set(cell, ledger.get(cell))
  return cells
}

const marketOf = ({ state }: Copies): [Cell, bigint][] => [...state].filter(([cell]) => cell < LAYOUT.accountsFrom)

const snapshotOf = (ledger: Ledger, block: bigint): Map<Cell, bigint> => new Map(ledger.snapshot(block).cells)

/** Do a step on both; returns nothing, the caller compares. */
function take(step: Step, ledger: Ledger, copies: Copies): void {
  const head = copies.blocks.at(-1)?.number ?? 0n
  switch (step.kind) {
    case 'page': {
      const number = head + 1n + BigInt(step.skip)
      ledger.begin(number)
      for (const [cell, value] of step.writes) ledger.set(cell, value)
      copies.page(number, step.writes)
      return
    }
    case 'rollback': {
      const before = copies.state
      copies.blocks.splice(copies.back(step.depth) + 1)
      const changed = ledger.rollback(copies.blocks.at(-1)?.number ?? 0n)
      for (let cell = 0; cell < CELLS; cell++)
        if (before.get(cell) !== copies.state.get(cell))
          expect(changed.has(cell), `cell ${cell} changed`).to.equal(true)
      return
    }
    case 'finalize':
      copies.final = copies.back(step.depth)
      ledger.finalize(copies.blocks[copies.final]?.number ?? 0n)
      return
    case 'speculate':
      speculate(ledger, head, step)
  }
}

function speculate(ledger: Ledger, head: bigint, step: Step & { kind: 'speculate' }): void {
  const failure = new Error('looked and disliked')
  const look = (): bigint[] => {
    for (const [cell, value] of step.writes) ledger.set(cell, value)
    if (step.fails) throw failure
    return step.writes.map(([cell]) => ledger.get(cell))
  }
  if (step.fails) expect(() => ledger.speculate(head + 1n, look)).to.throw(failure)
  else
    expect(ledger.speculate(head + 1n, look)).to.deep.equal(step.writes.map(([cell]) => new Map(step.writes).get(cell)))
}

describe('Ledger', () => {
  it('after any pages, rollbacks, finalities and speculations is what copies of the whole state would be', () => {
    fc.assert(
      fc.property(steps, layouts, (all, layout) => {
        const ledger = new Ledger(layout)
        const copies = new Copies()
        for (const step of all) {
          const [version, market] = [ledger.version, marketOf(copies)]
          take(step, ledger, copies)
          expect(cellsOf(ledger)).to.deep.equal(copies.state)
          if (ledger.version === version) expect(marketOf(copies), 'market').to.deep.equal(market)
          for (const { number, state } of copies.blocks.slice(copies.final))
            expect(snapshotOf(ledger, number), `snapshot at ${number}`).to.deep.equal(state)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('after a rollback goes on as if the lost branch had never been', () => {
    fc.assert(
      fc.property(fc.array(writes), fc.array(writes), fc.array(writes), (common, lost, kept) => {
        const straight = new Ledger(LAYOUT)
        const turned = new Ledger(LAYOUT)
        const write = (ledger: Ledger, pages: readonly Writes[], from: number): void =>
          pages.forEach((page, i) => {
            ledger.begin(BigInt(from + i))
            for (const [cell, value] of page) ledger.set(cell, value)
          })
        for (const ledger of [straight, turned]) write(ledger, common, 1)
        write(turned, lost, common.length + 1)
        turned.rollback(BigInt(common.length))
        for (const ledger of [straight, turned]) write(ledger, kept, common.length + 1)
        expect(cellsOf(turned)).to.deep.equal(cellsOf(straight))
        for (let block = 0n; block <= BigInt(common.length + kept.length); block++)
          expect(snapshotOf(turned, block)).to.deep.equal(snapshotOf(straight, block))
      }),
    )
  })

  it('restored from a snapshot is the ledger of that block', () => {
    fc.assert(
      fc.property(fc.array(writes, { minLength: 1 }), fc.nat(), fc.uniqueArray(fc.nat(50)), (pages, at, people) => {
        const ledger = new Ledger(LAYOUT)
        for (const person of people) ledger.account(address(person))
        const block = BigInt(at % pages.length)
        let then = new Map<Cell, bigint>()
        pages.forEach((page, i) => {
          ledger.begin(BigInt(i))
          for (const [cell, value] of page) ledger.set(cell, value)
          if (BigInt(i) === block) then = cellsOf(ledger)
        })
        const snapshot = ledger.snapshot(block)
        const again = new Ledger(LAYOUT)
        again.restore(snapshot.accounts, snapshot.cells)
        expect(cellsOf(again)).to.deep.equal(then)
        expect(again.size).to.equal(people.length)
        people.forEach((person, id) => {
          expect(again.find(address(person))).to.equal(id)
          expect(again.address(id)).to.equal(address(person))
        })
      }),
    )
  })

  it('forgets the undo of what is final: there is no way back behind it', () => {
    const ledger = new Ledger()
    for (let block = 1n; block <= 1000n; block++) {
      ledger.begin(block)
      ledger.set(0, block)
      ledger.finalize(block - 2n)
    }
    expect([...ledger.rollback(0n)]).to.deep.equal([0])
    expect(ledger.get(0)).to.equal(998n)
  })

  it('has a version that stands still while only accounts change, and moves with every other change and its undo', () => {
    const ledger = new Ledger(LAYOUT)
    const moves = (change: () => void): boolean => {
      const before = ledger.version
      change()
      return ledger.version > before
    }
    expect(moves(() => ledger.begin(1n))).to.equal(false)
    expect(moves(() => ledger.set(2, 5n))).to.equal(false)
    expect(moves(() => ledger.set(0, 5n))).to.equal(true)
    expect(moves(() => ledger.set(0, 5n))).to.equal(false)
    expect(moves(() => ledger.speculate(2n, () => ledger.set(3, 1n)))).to.equal(false)
    const inside = ledger.speculate(2n, () => {
      ledger.set(0, 6n)
      return ledger.version
    })
    expect(ledger.version).to.be.above(inside)
    expect(moves(() => ledger.rollback(0n))).to.equal(true)
  })

  it('knows whose cell it is', () => {
    const ledger = new Ledger(LAYOUT)
    expect([0, 1, 2, 5, 6, 13].map((cell) => ledger.accountOf(cell))).to.deep.equal([undefined, undefined, 0, 0, 1, 2])
    expect(new Ledger().accountOf(2 ** 32)).to.equal(undefined)
  })

  it('lists the cells of an account that were ever written, and no others', () => {
    const ledger = new Ledger(LAYOUT)
    ledger.begin(1n)
    for (const [cell, word] of [
      [0, 9n],
      [6, 5n],
      [8, 0n],
      [9, 2n ** 200n],
    ] as const)
      ledger.set(cell, word)
    expect([...ledger.cellsOf(0)]).to.deep.equal([])
    expect([...ledger.cellsOf(1)].sort(([a], [b]) => a - b)).to.deep.equal([
      [0, 5n],
      [2, 0n],
      [3, 2n ** 200n],
    ])
    ledger.rollback(0n)
    expect([...ledger.cellsOf(1)]).to.deep.equal([])
  })

  it('tells zero known from not known', () => {
    const ledger = new Ledger()
    expect([ledger.has(1), ledger.get(1)]).to.deep.equal([false, 0n])
    ledger.begin(1n)
    ledger.set(1, 0n)
    expect([ledger.has(1), ledger.get(1)]).to.deep.equal([true, 0n])
    ledger.rollback(0n)
    expect(ledger.has(1)).to.equal(false)
  })

  it('takes no write outside of a block, unless it changes nothing', () => {
    const ledger = new Ledger()
    expect(() => ledger.set(1, 1n)).to.throw(RangeError)
    ledger.restore([], [[1, 1n]])
    expect(() => ledger.set(1, 1n)).not.to.throw()
    expect(() => ledger.set(1, 2n)).to.throw(RangeError)
  })

  it('is restored only when nothing was in it', () => {
    const ledger = new Ledger()
    ledger.account(address(1))
    expect(() => ledger.restore([], [])).to.throw(RangeError)
    const written = new Ledger()
    written.restore([], [[1, 1n]])
    expect(() => written.restore([], [])).to.throw(RangeError)
  })

  it('numbers accounts in order of first sight, for ever', () => {
    const ledger = new Ledger()
    ledger.begin(1n)
    expect([5, 3, 5, 9].map((person) => ledger.account(address(person)))).to.deep.equal([0, 1, 0, 2])
    ledger.rollback(0n)
    expect(ledger.find(address(9))).to.equal(2)
    expect(ledger.find(address(4))).to.equal(undefined)
    expect(ledger.size).to.equal(3)
    expect(() => ledger.address(3)).to.throw(RangeError)
  })
})

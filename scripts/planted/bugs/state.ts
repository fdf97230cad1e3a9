import type { Bug, Catcher } from '../bug.ts'

const ledger = (title: string): Catcher => ({ file: 'test/core/ledger.test.ts', title })
const LIKE_COPIES = ledger('after any pages, rollbacks, finalities and speculations is what copies of the whole state')

/** Undo, checkpoints, and what is remembered of a state that has changed. */
export const STATE_BUGS: readonly Bug[] = [
  {
    id: 'undo-forgets-one',
    what: 'Undoing a block leaves the first cell it wrote as it is',
    file: 'src/core/ledger.ts',
    changes: [['of undo?.old ?? []) this.#write', 'of [...(undo?.old ?? [])].slice(1)) this.#write']],
    caughtBy: LIKE_COPIES,
  },
  {
    id: 'undo-second-write',
    what: 'A cell written twice in a block is undone to the first of the two values',
    file: 'src/core/ledger.ts',
    changes: [['if (!undo.old.has(cell)) undo.old.set(cell, old)', 'undo.old.set(cell, old)']],
    caughtBy: LIKE_COPIES,
  },
  {
    id: 'undo-to-zero',
    what: 'A cell never written before its block is undone to zero known instead of not known',
    file: 'src/core/ledger.ts',
    changes: [
      [
        'if (value === undefined) this.#cells.delete(account, this.#key(cell, account))',
        'if (value === undefined) this.#cells.set(account, this.#key(cell, account), 0n)',
      ],
    ],
    caughtBy: LIKE_COPIES,
  },
  {
    id: 'finalize-one-too-many',
    what: 'The undo of the first block that may still be replaced is dropped with the final ones',
    file: 'src/core/ledger.ts',
    changes: [['undo.block > block)\n', 'undo.block > block + 1n)\n']],
    caughtBy: LIKE_COPIES,
  },
  {
    id: 'speculation-stays',
    what: 'What was only tried out is not put back',
    file: 'src/core/ledger.ts',
    changes: [['} finally {\n      this.#restore(this.#undo.pop())', '} finally {\n      this.#undo.pop()']],
    caughtBy: LIKE_COPIES,
  },
  {
    id: 'checkpoint-one-undo',
    what: 'A checkpoint takes back only the last of the blocks above it',
    file: 'src/core/ledger.ts',
    changes: [
      [
        'of (this.#undo[i] as Undo).old) before.set',
        'of (this.#undo[i] as Undo).old) if (!before.has(cell)) before.set',
      ],
    ],
    caughtBy: ledger('restored from a snapshot is the ledger of that block'),
  },
  {
    id: 'rollback-keeps-rows',
    what: 'A rollback over a change of terms leaves the rows of everybody else as they were',
    file: 'src/core/book.ts',
    changes: [['else everybody ||= !this.protocol.isRateOnly(cell)', '']],
    caughtBy: { file: 'test/core/book.test.ts', title: 'a rollback makes only the rows again whose cells it changed' },
  },
  {
    id: 'stale-moment',
    what: 'A moment computed once is taken again although the market has changed since',
    file: 'src/protocols/aave-v3/moment.ts',
    changes: [['if (then === version && moment.timestamp', 'if (moment.timestamp']],
    caughtBy: { file: 'test/protocols/aave-v3/row.test.ts', title: 'are made from the market as it is now' },
  },
  {
    id: 'cells-moved-short',
    what: 'An account’s cells that move to a larger place lose their last word',
    file: 'src/core/account-cells.ts',
    changes: [['before + 1, before + 1 + used)\n      if', 'before + 1, before + used)\n      if']],
    caughtBy: { file: 'test/core/account-cells.test.ts', title: 'is a Map of Maps, through any growing' },
  },
]

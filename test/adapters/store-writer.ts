/**
 * Child of store-crash.test.ts: writes page after page for ever, each with a journal entry, an intent and now and then a
 * checkpoint, and says a number once everything up to it was committed. Meant to be killed.
 */
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { CHAIN, checkpoint, entry, header, intent, page, word } from './store-things.ts'

const store = openStore(process.argv[2] as string)
const last = store.pages(CHAIN).at(-1)?.block.number ?? store.checkpoint(CHAIN, 'm')?.block.number ?? 0n
for (let number = last + 1n; ; number++) {
  store.savePage(CHAIN, page(number))
  store.appendJournal(entry({ block: String(number) }))
  store.saveIntent(intent({ nonce: Number(number), hash: word(number) }))
  if (number % 10n === 0n) {
    const final = header(number - 4n)
    store.saveCheckpoints(CHAIN, final, new Map([['m', checkpoint(final, { cells: manyCells(number) })]]))
  }
  process.stdout.write(`${number}\n`)
}

/** Enough of them that a kill has a chance to come in the middle of writing. */
function* manyCells(number: bigint): Generator<readonly [number, bigint]> {
  for (let cell = 0; cell < 20_000; cell++) yield [cell, number << BigInt(cell % 200)]
}

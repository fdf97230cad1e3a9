import type { JournalEntry } from '../../journal.ts'
import type { Passage } from '../message.ts'
import { alertPassage } from './alert.ts'
import { briefPassage } from './brief.ts'
import { refusalPassage, stepPassage } from './liquidation.ts'
import { controlPassage, summaryPassage, troublePassage } from './program.ts'
import { blockRow, placeOf, type Reader } from './reader.ts'
import { riskPassage } from './risk.ts'

/** One entry in full. */
export function passageOf(entry: JournalEntry, reader: Reader): Passage {
  const { kind } = entry
  switch (kind) {
    case 'alert':
      return alertPassage(entry, reader)
    case 'plan':
    case 'sent':
    case 'confirmed':
    case 'lost':
    case 'reorged':
      return stepPassage(kind, entry, reader)
    case 'refusal':
      return refusalPassage(entry, reader)
    case 'breaker':
      return troublePassage(entry, reader)
    case 'control':
      return controlPassage(entry, reader)
    case 'summary':
      return summaryPassage(entry, reader)
    case 'risk':
      return riskPassage(entry, reader)
    case 'brief':
      return briefPassage(entry, reader)
    // People are never told of these (`eventOf`); whoever asks for them all the same gets their name.
    case 'audit':
    case 'rollback':
    case 'replaced':
      return unknownPassage(entry, reader)
    default:
      // A store written by a newer version may hold kinds that are not known here: no reason to fail.
      kind satisfies never
      return unknownPassage(entry, reader)
  }
}

const unknownPassage = (entry: JournalEntry, reader: Reader): Passage => ({
  title: `📄 ${entry.kind}`,
  place: placeOf(entry, reader),
  rows: blockRow(entry, reader),
  lines: [],
  code: [],
})

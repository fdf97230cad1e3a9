import type { Passage } from '../message.ts'
import { toPlain } from './plain.ts'

/** Telegram takes 4,096 characters; the rest is for small print, and for what hiding a secret may lengthen. */
export const LONGEST = 3_900

/** Characters of a passage as a channel shows it, with the blank line before it. */
export const lengthOf = (passage: Passage): number =>
  toPlain({ ...passage, links: [], footer: '', buttons: [] }).length + 2

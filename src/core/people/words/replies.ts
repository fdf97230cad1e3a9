import type { Language } from './catalogue.ts'
import { en, type Replies } from './replies-en.ts'
import { zh } from './replies-zh.ts'

export const repliesOf = (language: Language): Replies => REPLIES[language]
const REPLIES: Readonly<Record<Language, Replies>> = { en, zh }

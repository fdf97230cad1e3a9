import type { Language } from './catalogue.ts'
import { en, type Messages } from './messages-en.ts'
import { zh } from './messages-zh.ts'

export const messagesOf = (language: Language): Messages => MESSAGES[language]
const MESSAGES: Readonly<Record<Language, Messages>> = { en, zh }

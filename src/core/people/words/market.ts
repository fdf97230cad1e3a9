import type { Language } from './catalogue.ts'
import { en, type MarketWords } from './market-en.ts'
import { zh } from './market-zh.ts'

export const marketWordsOf = (language: Language): MarketWords => WORDS[language]
const WORDS: Readonly<Record<Language, MarketWords>> = { en, zh }

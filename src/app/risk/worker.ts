import { ANSWERS } from './answer.ts'
import { serveRisk } from './serve.ts'

// TEMPORARY: `historian` is to be the maker of `src/core/risk/historian.ts`.
serveRisk({ answers: ANSWERS, historian: undefined })

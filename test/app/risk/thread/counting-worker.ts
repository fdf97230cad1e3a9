import { serveRisk } from '../../../../src/app/risk/serve.ts'
import { TEST_ANSWERS } from './answers.ts'
import { CountingHistorian } from './counting.ts'

serveRisk({ answers: TEST_ANSWERS, historian: (options, open) => new CountingHistorian(options, open) })

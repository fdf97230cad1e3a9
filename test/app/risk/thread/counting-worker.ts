import { serveRisk } from '../../../../src/app/risk/serve.ts'
import { TEST_ANSWERS } from './answers.ts'
import { CountingHistorian } from './counting.ts'

serveRisk({ answers: TEST_ANSWERS, historianOf: () => (options, open) => new CountingHistorian(options, open) })

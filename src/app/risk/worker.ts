import { ANSWERS } from './answer.ts'
import { historianMaker } from './history-maker.ts'
import { serveRisk } from './serve.ts'

serveRisk({ answers: ANSWERS, historianOf: historianMaker })

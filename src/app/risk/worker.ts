import { absorption } from '../../core/risk/absorption.ts'
import { ANSWERS } from './answer.ts'
import { type DepthOf, historianMaker } from './history-maker.ts'
import { serveRisk } from './serve.ts'

const depth: DepthOf = ({ book, exchange }, group, { points }) => {
  const { reserves } = book.protocol.market(book.ledger)
  const found = absorption({ group, reserves, exchange, ladder: points, gasBase: 0n })
  return found.find(({ fallPct }) => fallPct === 5)?.depthUsd.value ?? null
}

serveRisk({ answers: ANSWERS, historianOf: ({ chains }) => historianMaker({ chains, depth }) })

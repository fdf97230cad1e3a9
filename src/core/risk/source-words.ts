import type { Source } from './measure.ts'

/** What a measure lacks, as it is said to people in English: after "lacks" or "not known without". */
export const SOURCE_WORDS: Readonly<Record<Source, string>> = {
  hours: 'enough recorded hours',
  ladder: 'the ladder of positions',
  leverage: 'leverage on record',
  funding: 'funding of a perpetual exchange',
  carry: 'the carry of positions',
  depth: 'pools to sell into',
  netFlow: 'flows on record',
  deficit: 'deficits on record',
  utilisation: 'utilisation of the reserves',
  top10Share: 'the ten largest borrowers on record',
  coverage: 'insurance of this market',
  liquidators: 'liquidators on record',
  oracleUpdates: 'price updates on record',
  failedCalls: 'failed calls, of which no log tells',
  supply: 'token supplies on record',
  twap: 'average prices of pools',
  oracle: 'rounds of the price feed, or a cap of it',
  heartbeat: 'the rhythm of the price feed',
  events: 'events on record',
  yield: 'the yield of the collateral',
}

export const isSource = (name: string): name is Source => Object.hasOwn(SOURCE_WORDS, name)

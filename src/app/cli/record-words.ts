import type { Estimate } from '../record/estimate.ts'
import type { RecordSummary } from '../record/record.ts'
import { bytes, duration } from './format.ts'
import { print, printJson } from './output.ts'
import type { GlobalOptions } from './session.ts'

const total = ({ requests }: Estimate): number => requests.borrowers + requests.logs + requests.headers + requests.reads

export const inWords = (found: Estimate): string =>
  `about ${total(found)} requests (${found.requests.borrowers} for borrowers, ${found.requests.logs} for logs of ${found.range} blocks each, ${found.requests.headers} for headers, ${found.requests.reads} for reads), ` +
  `${bytes(found.bytes)} for ${found.pages} pages of ${found.blocks} blocks, ${duration(found.seconds)} (from a look at ${found.sampled} blocks)`

const jsonOf = (found: Estimate): Record<string, unknown> => ({
  ...found,
  blocks: String(found.blocks),
  requestsTotal: total(found),
})

export function showEstimate(global: GlobalOptions, found: Estimate): number {
  if (global.json) printJson(jsonOf(found))
  else print(inWords(found))
  return 0
}

export interface Effort {
  readonly seconds: number
  /** Undefined where the recording was gone on with: what it would take was said when it was begun. */
  readonly estimated: Estimate | undefined
}

export function showSummary(global: GlobalOptions, summary: RecordSummary, { seconds, estimated }: Effort): void {
  const { path, from, to, pages, pagesDerived, readsDerived, readsAsked, requests, proofs } = summary
  if (global.json)
    return printJson({
      ...summary,
      from: String(from),
      to: String(to),
      seconds,
      estimated: estimated ? jsonOf(estimated) : null,
    })
  const than = (text: (found: Estimate) => string): string => (estimated ? ` (estimated: ${text(estimated)})` : '')
  print(`${path}: blocks ${from} to ${to}, ${bytes(summary.bytes)}${than((found) => bytes(found.bytes))}`)
  print(
    `this run: ${pages} pages${than((found) => String(found.pages))}${pages > 0 ? `, ${pagesDerived} of them derived from logs alone` : ''}; ${readsDerived} reads derived and ${readsAsked} asked`,
  )
  print(
    `${requests} requests${than((found) => String(total(found)))} in ${duration(seconds)}${than((found) => duration(found.seconds))}`,
  )
  print(`compared with the chain ${proofs} times: ${summary.compared} accounts, ${summary.mismatched} mismatched`)
}

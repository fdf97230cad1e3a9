import type { Executor } from '../../core/ports.ts'

/** Plans are made and shown; nothing is asked of the node and nothing is signed. The default. */
export const dryRun: Executor = {
  mode: 'dry-run',
  inFlight: () => false,
  execute: async (market, _candidate, plan, { block }, record) => record(market, block, { kind: 'planned', plan }),
  settle: async () => {},
  rollback: async () => {},
}

/** As dry-run, for those who only want to look. The loop plans nothing in this mode. */
export const watch: Executor = { ...dryRun, mode: 'watch' }

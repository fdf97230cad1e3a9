import { print, printJson } from './output.ts'
import { type GlobalOptions, readSettings } from './session.ts'

/** `plimsoll config check`: throws the complaint, or says what the file amounts to. */
export function configCheck(global: GlobalOptions): void {
  const { chains, markets, executor, alerts } = readSettings(global.config).config
  const summary = {
    chains: chains.map(({ name, id }) => ({ name, id })),
    markets: markets.map(({ name, chain }) => ({ name, chain })),
    mode: executor.mode,
    telegram: alerts.telegram !== undefined,
  }
  if (global.json) return printJson(summary)
  print(`${global.config} is fine: mode ${executor.mode}, Telegram ${summary.telegram ? 'on' : 'off'}`)
  for (const { name, id } of summary.chains) print(`chain ${name} (${id})`)
  for (const { name, chain } of summary.markets) print(`market ${name} on ${chain}`)
}

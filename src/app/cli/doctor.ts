import { openBot } from '../../adapters/bot.ts'
import { examine } from '../doctor/examine.ts'
import type { Finding, State } from '../doctor/finding.ts'
import { print, printJson } from './output.ts'
import { type GlobalOptions, readSettings } from './session.ts'

const MARKS: Readonly<Record<State, string>> = { ok: 'ok     ', warning: 'warning', failed: 'failed ' }
const FINDING = 3

/** `plimsoll doctor`: every check by itself. Exit code 3 when one failed. */
export async function doctor(global: GlobalOptions, signal: AbortSignal): Promise<number> {
  const { config, env, scrub } = readSettings(global.config)
  const { telegram } = config.alerts
  const bot = telegram && openBot({ ...telegram, signal })
  const nowS = Math.floor(Date.now() / 1000)
  const findings: Finding[] = []
  for await (const found of examine({ config, env, bot, nowS })) {
    signal.throwIfAborted()
    const clean = scrubbed(found, scrub)
    findings.push(clean)
    if (!global.json) show(clean, findings.at(-2)?.area)
  }
  const count = (state: State): number => findings.filter((finding) => finding.state === state).length
  const failed = count('failed')
  if (global.json) printJson({ ok: failed === 0, failed, warnings: count('warning'), checks: findings })
  else print(`\n${count('ok')} ok, ${count('warning')} warnings, ${failed} failed`)
  return failed === 0 ? 0 : FINDING
}

const scrubbed = ({ area, check, state, what, why, fix }: Finding, scrub: (text: string) => string): Finding => ({
  area,
  check,
  state,
  what: scrub(what),
  why: why && scrub(why),
  fix: fix && scrub(fix),
})

function show({ area, check, state, what, why, fix }: Finding, before: string | undefined): void {
  if (area !== before) print(`${before === undefined ? '' : '\n'}${area}`)
  print(`  ${MARKS[state]}  ${check}: ${what}`)
  if (why !== null) print(`           why: ${why}`)
  if (fix !== null) print(`           fix: ${fix}`)
}

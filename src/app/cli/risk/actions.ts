/** The commands of `plimsoll risk`: what was typed, as a question. */

import { didYouMean } from '../../../config/suggest.ts'
import { UsageError } from '../../../core/errors.ts'
import { absorptionScreen } from './absorption.ts'
import { ask, askChains, type RiskOptions, type RiskRun } from './ask.ts'
import { cascadeScreen } from './cascade.ts'
import { chainsScreen } from './chains.ts'
import { cohortsScreen } from './cohorts.ts'
import { compareScreen } from './compare.ts'
import { gridScreen } from './grid.ts'
import { jointScreen } from './joint.ts'
import { ladderScreen } from './ladder.ts'
import { readAddress, readCount, readGroups, readKappa, readShocks, readStop, readTarget } from './options.ts'
import { overviewScreen } from './overview.ts'
import { phaseScreen } from './phase.ts'
import { planScreen } from './plan.ts'
import { waveScreen } from './wave.ts'

interface OfGroup extends RiskOptions {
  readonly group?: string | undefined
}

/** `words`: what stood behind `risk` that is no command. */
export async function overview(
  run: RiskRun,
  options: RiskOptions,
  { words, known }: { readonly words: readonly string[]; readonly known: readonly string[] },
): Promise<void> {
  const [word] = words
  if (word !== undefined) throw unknownQuestion(word, known)
  await ask(run, options, { question: 'overview', about: (market) => ({ market }), screen: overviewScreen })
}

export async function ladder(
  run: RiskRun,
  options: OfGroup & { readonly rise: boolean; readonly accounts: string },
): Promise<void> {
  const accounts = readCount('--accounts', options.accounts)
  const side = options.rise ? 'rise' : 'fall'
  const about = (market: string) => ({ market, group: options.group, side, accounts }) as const
  await ask(run, options, { question: 'ladder', about, screen: ladderScreen })
}

export async function absorption(run: RiskRun, options: OfGroup): Promise<void> {
  await ask(run, options, { question: 'absorption', about: ofGroup(options), screen: absorptionScreen })
}

export async function cascade(
  run: RiskRun,
  options: RiskOptions & { readonly shock: readonly string[]; readonly kappa: string; readonly top: string },
): Promise<void> {
  const shocks = readShocks(options.shock)
  const kappa = readKappa(options.kappa)
  const top = readCount('--top', options.top)
  const about = (market: string) => ({ market, shocks, kappa, top })
  await ask(run, options, { question: 'cascade', about, screen: cascadeScreen })
}

export async function grid(run: RiskRun, options: OfGroup): Promise<void> {
  await ask(run, options, { question: 'grid', about: ofGroup(options), screen: gridScreen })
}

export async function joint(
  run: RiskRun,
  options: RiskOptions & { readonly groups?: string | undefined },
): Promise<void> {
  const groups = readGroups(options.groups)
  await ask(run, options, { question: 'joint', about: (market) => ({ market, groups }), screen: jointScreen })
}

export async function cohorts(run: RiskRun, options: RiskOptions): Promise<void> {
  await ask(run, options, { question: 'cohorts', about: (market) => ({ market }), screen: cohortsScreen })
}

export async function phase(run: RiskRun, options: OfGroup): Promise<void> {
  await ask(run, options, { question: 'phase', about: ofGroup(options), screen: phaseScreen })
}

export async function compare(
  run: RiskRun,
  options: RiskOptions & { readonly shock: readonly string[] },
): Promise<void> {
  const shocks = readShocks(options.shock)
  await ask(run, options, { question: 'compare', about: (market) => ({ market, shocks }), screen: compareScreen })
}

export async function plan(
  run: RiskRun,
  typed: string,
  options: RiskOptions & { readonly stop?: string | undefined; readonly target?: string | undefined },
): Promise<void> {
  const address = readAddress(typed)
  const stop = readStop(options.stop)
  const target = readTarget(options.target)
  const about = (market: string) => ({ market, address, stop, target })
  await ask(run, options, { question: 'plan', about, screen: planScreen })
}

export const chains = (run: RiskRun, options: RiskOptions): Promise<void> => askChains(run, options, chainsScreen)

export async function wave(run: RiskRun, options: OfGroup): Promise<void> {
  await ask(run, options, { question: 'wave', about: ofGroup(options), screen: waveScreen })
}

const ofGroup =
  ({ group }: OfGroup) =>
  (market: string) => ({ market, group })

const unknownQuestion = (word: string, known: readonly string[]): UsageError =>
  new UsageError({
    code: 'UNKNOWN_COMMAND',
    what: `there is no command "risk ${word}"`,
    why: `risk has ${known.join(', ')}`,
    fix: `${didYouMean(word, known)} plimsoll risk --help shows what each does.`,
  })

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { amount } from '../../src/app/cli/format.ts'
import type { RehearsalReport } from '../../src/app/rehearse/report.ts'
import { startStageChain } from '../stage/chain.ts'
import { startChild } from '../stage/child.ts'
import { PLIMSOLL } from '../stage/stage.ts'
import type { Context } from './main.ts'

const POPULATIONS = [300, 3_000]

/** Rehearsals of whole populations through the command line, each on a devnet of its own. `--accounts N` for one of them. */
export async function run({ seed, args, say }: Context): Promise<Record<string, unknown>> {
  const at = args.indexOf('--accounts')
  const populations = at < 0 ? POPULATIONS : [Number(args[at + 1])]
  const rehearsals: Record<string, unknown>[] = []
  for (const accounts of populations) rehearsals.push(await rehearsalOf(accounts, seed, say))
  return { rehearsals }
}

async function rehearsalOf(accounts: number, seed: number, say: Context['say']): Promise<Record<string, unknown>> {
  say(`a devnet of ${accounts} accounts`)
  const chain = await startStageChain({ chain: 'ethereum', accounts, seed, tickMs: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rehearsal-'))
  try {
    const { addresses, http } = chain
    const uniswapV3 = {
      quoter: addresses['quoter'],
      router: addresses['swapRouter'],
      factory: addresses['uniswapFactory'],
    }
    const config = {
      chains: { ethereum: { rpc: [http], wrappedNative: addresses['wrappedNative'], uniswapV3 } },
      markets: [
        { name: 'devnet', protocol: 'aave-v3', chain: 'ethereum', addressesProvider: addresses['addressesProvider'] },
      ],
    }
    writeFileSync(join(folder, 'plimsoll.yaml'), stringify(config))
    say(`rehearsal of ${accounts} accounts`)
    const began = performance.now()
    const child = startChild(PLIMSOLL, ['rehearse', '--json', '--out', './out'], { cwd: folder })
    const output: string[] = []
    child.onLine((line) => void output.push(line))
    const code = await child.exited
    const seconds = (performance.now() - began) / 1000
    const text = output.slice(output.indexOf('{')).join('\n')
    if (code !== 0 && code !== 3) throw new Error(`plimsoll rehearse ended with ${code}:\n${output.join('\n')}`)
    return {
      'accounts of the devnet': accounts,
      ...figuresOf(JSON.parse(text.slice(0, text.lastIndexOf('}') + 1)), seconds),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await chain.process.kill()
  }
}

function figuresOf(report: RehearsalReport, seconds: number): Record<string, unknown> {
  const sum = (counts: RehearsalReport['refused']): string =>
    counts.length === 0 ? '0' : counts.map(({ reason, count }) => `${count} ${reason}`).join(', ')
  return {
    'with debt': report.accounts,
    liquidated: report.ok,
    refused: sum(report.refused),
    failed: sum(report.failed),
    'not moved': report.unmoved,
    'out of reach, over $1,000': report.stuck.length,
    'profit differs from simulation': report.differences.profit,
    'profit differs from the plan': report.differences.planned,
    'by at most, USD': amount(BigInt(report.differences.plannedMostUsd8), 8, 4),
    'asset of most of these': report.differences.assets[0] ?? '–',
    'more gas than planned': report.differences.gas,
    'median gas': report.gas === null ? '–' : amount(BigInt(report.gas.p50), 0, 0),
    seconds: seconds.toFixed(1),
  }
}

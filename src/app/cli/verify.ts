import { everyAccount, isExact, type Verification, verificationAnswer, verify as verifyBook } from '../audit.ts'
import { print, printJson, table } from './output.ts'
import { bad } from './positions.ts'
import { type GlobalOptions, type Mirror, readSettings, withMirrors } from './session.ts'

/** `plimsoll verify`: the mirror against the chain at one block a market. Exit code 3 when anything differs. */
export async function verify(
  global: GlobalOptions,
  options: { readonly market?: string | undefined; readonly sample?: string | undefined },
  signal: AbortSignal,
): Promise<number> {
  const sample = readSample(options.sample)
  const results = await withMirrors(readSettings(global.config), options.market, signal, async (mirrors) => {
    const found: { verification: Verification; chainId: number }[] = []
    for (const mirror of mirrors) found.push({ verification: await verifyOne(mirror, sample), chainId: mirror.chainId })
    return found
  })
  if (global.json)
    printJson({ markets: results.map(({ verification, chainId }) => verificationAnswer(verification, chainId)) })
  else for (const { verification } of results) show(verification)
  return results.every(({ verification }) => isExact(verification)) ? 0 : 3
}

function readSample(sample: string | undefined): number | undefined {
  if (sample === undefined) return undefined
  const count = Number(sample)
  if (!Number.isInteger(count) || count < 1) throw bad('--sample', sample, 'it is a whole number from 1')
  return count
}

/** A sample is spread evenly over all accounts, so that it is the same at every run. */
async function verifyOne({ book, open }: Mirror, sample: number | undefined): Promise<Verification> {
  const all = everyAccount(book)
  const step = sample === undefined ? 1 : Math.max(1, Math.floor(all.length / sample))
  return verifyBook(book, open.batch, all.filter((account) => account % step === 0).slice(0, sample ?? all.length))
}

function show(verification: Verification): void {
  const { market, block, revision, checked, mismatched, mismatches, reserves } = verification
  print(`${market} at block ${block}, pool revision ${revision}: checked ${checked}, mismatched ${mismatched}`)
  if (mismatches.length > 0)
    print(
      table(
        ['account', 'field', 'ours', 'chain'],
        mismatches.slice(0, 20).map((m) => [m.address, m.field, m.ours, m.chain]),
      ),
    )
  const wrong = reserves.filter((r) => r.sumScaledDebt !== r.scaledTotalSupply)
  if (wrong.length === 0) return print(`debt of ${reserves.length} reserves adds up to the wei`)
  const rows = wrong.map((r) => [r.asset, `${r.sumScaledDebt}`, `${r.scaledTotalSupply}`])
  print(table(['reserve', 'sum of scaled debt', 'scaledTotalSupply'], rows, [1, 2]))
}

import {
  everyAccount,
  isExact,
  sampleAccounts,
  type Verification,
  verificationAnswer,
  verify as verifyBook,
} from '../audit.ts'
import { requireKnownRules } from '../open-chain.ts'
import { print, printJson, table } from './output.ts'
import { bad } from './positions.ts'
import { type SecondOpinion, secondOpinion } from './second-opinion.ts'
import { type GlobalOptions, type Mirror, readSettings, withMirrors } from './session.ts'

/** `plimsoll verify`: the mirror against the chain at one block a market. Exit code 3 when anything differs. */
export async function verify(
  global: GlobalOptions,
  options: { readonly market?: string | undefined; readonly sample?: string | undefined },
  signal: AbortSignal,
): Promise<number> {
  const sample = readSample(options.sample)
  const settings = readSettings(global.config)
  const results = await withMirrors(settings, options.market, signal, async (mirrors) => {
    const found: Result[] = []
    for (const mirror of mirrors) {
      requireKnownRules(mirror.book, mirror.book.name)
      const verification = await verifyOne(mirror, sample)
      found.push({ verification, chainId: mirror.chainId, witness: await secondOpinion(settings, mirror) })
    }
    return found
  })
  if (global.json) printJson({ markets: results.map(toAnswer) })
  else for (const result of results) show(result)
  return results.every(({ verification, witness }) => isExact(verification) && !contradicts(witness)) ? 0 : 3
}

interface Result {
  readonly verification: Verification
  readonly chainId: number
  readonly witness: SecondOpinion | string | undefined
}

const contradicts = (witness: Result['witness']): boolean =>
  typeof witness === 'object' && witness.disagreements.length > 0

const toAnswer = ({ verification, chainId, witness }: Result): object => ({
  ...verificationAnswer(verification, chainId),
  ...(typeof witness === 'object' && { witness }),
})

function readSample(sample: string | undefined): number | undefined {
  if (sample === undefined) return undefined
  const count = Number(sample)
  if (!Number.isInteger(count) || count < 1) throw bad('--sample', sample, 'it is a whole number from 1')
  return count
}

const verifyOne = ({ book, open }: Mirror, sample: number | undefined): Promise<Verification> =>
  verifyBook(book, open.batch, sample === undefined ? everyAccount(book) : sampleAccounts(book, sample))

function show({ verification, witness }: Result): void {
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
  const rows = wrong.map((r) => [r.asset, `${r.sumScaledDebt}`, `${r.scaledTotalSupply}`])
  if (wrong.length === 0) print(`debt of ${reserves.length} reserves adds up to the wei`)
  else print(table(['reserve', 'sum of scaled debt', 'scaledTotalSupply'], rows, [1, 2]))
  if (witness !== undefined) print(`second opinion (Aave's own libraries): ${opinion(witness)}`)
}

function opinion(witness: SecondOpinion | string): string {
  if (typeof witness === 'string') return `none, ${witness}`
  const { compared, disagreements, notWitnessed, tolerance } = witness
  const left = notWitnessed > 0 ? `; ${notWitnessed} in an eMode it cannot read` : ''
  const worst = disagreements[0]
  const first = worst ? `, first ${worst.address}: ours ${worst.ours}, theirs ${worst.theirs}` : ''
  return `compared ${compared} within ${tolerance}, ${disagreements.length} disagree${first}${left}`
}

import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { accountData } from '../../scripts/devnet/seeding.ts'
import type { RehearsalReport } from '../../src/app/rehearse/report.ts'
import type { AccountResult } from '../../src/app/rehearse/result.ts'
import { complaintIn, configOf, type Ended, ended, Place } from './support.ts'

const ACCOUNTS = 36

describe('plimsoll rehearse', function () {
  this.timeout(120_000)
  const place = new Place()
  let devnet: Devnet

  before(async () => {
    devnet = await startDevnet({ chain: 'ethereum', accounts: ACCOUNTS, seed: 9 })
    await devnet.control.mine(70)
    place.configure(configOf(devnet))
  })
  after(async () => {
    place.remove()
    await devnet?.close()
  })

  const run = (...args: string[]): Promise<Ended> => place.plimsoll(['rehearse', '--json', ...args])
  const reportOf = ({ stdout, stderr }: Ended): RehearsalReport => {
    expect(stdout, stderr).to.match(/^\{/)
    return JSON.parse(stdout) as RehearsalReport
  }
  const lines = (folder: string): string[] =>
    existsSync(place.path(`${folder}/rehearsal.jsonl`))
      ? readFileSync(place.path(`${folder}/rehearsal.jsonl`), 'utf8')
          .split('\n')
          .slice(0, -1)
      : []

  it('pushes everybody with debt under, and what it executes earns what was simulated', async () => {
    const report = reportOf(await run('--out', 'whole', '--min-usd', '1000000000'))
    const debts = await Promise.all(devnet.accounts.map(({ address }) => accountData(devnet.market, address)))
    expect(report.accounts).to.equal(debts.filter(({ totalDebtBase }) => totalDebtBase > 0n).length)
    expect(report.ok).to.be.above(20)
    expect(report.failed).to.deep.equal([])
    expect(report.differences.profit).to.equal(0)
    for (const bins of [report.profit?.bins, report.gas?.bins])
      expect(bins?.reduce((sum, { count }) => sum + count, 0)).to.equal(report.ok)
    expect(report.profit?.count).to.equal(report.ok)
    const results = lines('whole')
      .slice(1)
      .map((line) => JSON.parse(line) as AccountResult)
    for (const { attempts, outcome } of results) {
      if (outcome !== 'ok') continue
      const last = attempts.at(-1)
      expect(BigInt(last?.healthFactor ?? 0) < BigInt(last?.target ?? 0)).to.equal(true)
    }
    const page = readFileSync(place.path('whole/report.html'), 'utf8')
    expect(page).to.contain('Rehearsal of local-aave')
    expect(page).not.to.match(/https?:\/\//)
  })

  it('leaves the chain it forked as it was', async () => {
    const before = await devnet.chain.client.getBlock({ blockTag: 'latest' })
    await run('--out', 'again', '--limit', '2')
    expect((await devnet.chain.client.getBlock({ blockTag: 'latest' })).hash).to.equal(before.hash)
  })

  it('killed in the middle, goes on where it was and ends in the same report', async () => {
    const child = place.start(['rehearse', '--out', 'killed', '--min-usd', '1000000000'])
    const end = ended(child)
    while (lines('killed').length < 6) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill('SIGKILL')
    await end
    const before = lines('killed')
    expect(before.length).to.be.below(lines('whole').length)
    const resumed = await run('--out', 'killed', '--min-usd', '1000000000')
    expect(resumed.stderr).to.contain('were rehearsed before')
    expect(lines('killed').slice(0, before.length)).to.deep.equal(before)
    const whole = JSON.parse(readFileSync(place.path('whole/report.json'), 'utf8')) as RehearsalReport
    const { schemaVersion: _, ...again } = JSON.parse(resumed.stdout) as RehearsalReport & { schemaVersion: number }
    expect({ schemaVersion: 1, ...again }).to.deep.equal(whole)
  })

  it('takes nothing over from other work, nor from a file that is damaged', async () => {
    const [, first] = lines('whole')
    for (const bytes of [`{"work":"of another block"}\n${first}\n`, `null\n${first}\n`, `{"work":\n${first}\n`]) {
      place.write('other/rehearsal.jsonl', bytes)
      const made = await run('--out', 'other', '--limit', '1', '--min-usd', '1000000000')
      expect(made.code, made.stderr).to.equal(0)
      expect(made.stderr).not.to.contain('were rehearsed before')
      expect(made.stderr.includes('beginning anew')).to.equal(!bytes.startsWith('{"work":\n'))
      expect(lines('other').slice(1)).to.deep.equal([first])
    }
  })

  it('names whoever is out of reach, and ends with 3', async () => {
    const { asset } = devnet.market.reserves.WETH
    await devnet.control.configure({ functionName: 'setReservePause', args: [asset, true, 0] })
    await devnet.control.mine(70)
    const made = await run('--out', 'paused', '--min-usd', '100')
    expect(made.code, made.stderr).to.equal(3)
    const { stuck, refused } = reportOf(made)
    expect(refused.map(({ reason }) => reason)).to.include('reserve-paused')
    expect(stuck.some(({ reason, pair }) => reason === 'reserve-paused' || pair.includes('WETH'))).to.equal(true)
    const debts = stuck.map(({ debtBase }) => BigInt(debtBase))
    expect(debts).to.deep.equal(debts.toSorted((a, b) => (a > b ? -1 : 1)))
    for (const debt of debts) expect(debt > 100n * 10n ** 8n).to.equal(true)
  })

  for (const [args, code, exit] of [
    [['--min-usd', 'much'], 'BAD_OPTION', 2],
    [['--limit', '0'], 'BAD_OPTION', 2],
    [['--block', '99999999'], 'NO_BLOCK', 1],
    [['--market', 'nowhere'], 'UNKNOWN_MARKET', 2],
  ] as const)
    it(`refuses ${args.join(' ')}`, async () => {
      const made = await place.plimsoll(['rehearse', ...args])
      expect(made.code).to.equal(exit)
      expect(complaintIn(made)).to.equal(code)
    })
})

import { expect } from 'chai'
import { UsageError } from '../../../../src/core/errors.ts'
import type { RiskQuestion } from '../../../../src/core/risk/questions.ts'
import { HOUR, MARKET, WHALE } from '../../risk/example-parts.ts'
import { EXAMPLES, fakeDesk } from '../../risk/examples.ts'
import { run, typed } from './stage.ts'

/** Every command with what the desk is asked by it. */
const questions: readonly (readonly [args: string, question: RiskQuestion, about: object])[] = [
  ['', 'overview', {}],
  ['overview', 'overview', {}],
  ['ladder', 'ladder', { group: undefined, side: 'fall', accounts: 10 }],
  ['ladder --group ETH --rise --accounts 3', 'ladder', { group: 'ETH', side: 'rise', accounts: 3 }],
  ['absorption --group ETH', 'absorption', { group: 'ETH' }],
  ['cascade --shock ETH=-15%', 'cascade', { shocks: ['ETH=-15%'], kappa: 0.5, top: 10 }],
  [
    'cascade --shock ETH=-15% --shock WBTC=+2.5% --kappa 1 --top 0',
    'cascade',
    { shocks: ['ETH=-15%', 'WBTC=+2.5%'], kappa: 1, top: 0 },
  ],
  ['grid --group WBTC', 'grid', { group: 'WBTC' }],
  ['joint', 'joint', { groups: undefined }],
  ['joint --groups ETH,BTC', 'joint', { groups: ['ETH', 'BTC'] }],
  ['cohorts', 'cohorts', {}],
  ['phase', 'phase', { group: undefined }],
  ['compare --shock ETH=-20%', 'compare', { shocks: ['ETH=-20%'] }],
  [`plan ${WHALE.toLowerCase()}`, 'plan', { address: WHALE, stop: undefined, target: undefined }],
  [`plan ${WHALE} --stop WETH=1500 --target 1.25`, 'plan', { address: WHALE, stop: 'WETH=1500', target: '1.25' }],
  ['wave --group ETH', 'wave', { group: 'ETH' }],
]

const words = (args: string): string[] => args.split(' ').filter((word) => word !== '')

describe('app/cli/risk: plimsoll risk', () => {
  for (const [args, question, about] of questions)
    it(`${args} asks for the ${question}, and prints it as it is with --json`, async () => {
      const desk = fakeDesk()
      const said = await typed([...words(args), '--json'], desk)
      expect(desk.asked).to.deep.equal([[question, { market: MARKET, ...about }]])
      expect(JSON.parse(said)).to.deep.equal({ schemaVersion: 1, ...EXAMPLES[question] })
    })

  it('chains asks once, of all markets', async () => {
    const desk = fakeDesk()
    const said = await typed(['chains', '--json'], desk, ['a', 'b'])
    expect(desk.asked).to.deep.equal([['chains', {}]])
    expect(JSON.parse(said)).to.deep.equal({ schemaVersion: 1, ...EXAMPLES.chains })
  })

  it('several markets stand one after the other, in every form', async () => {
    const both = ['a', 'b'] as const
    expect(JSON.parse(await typed(['wave', '--json'], fakeDesk(), both))).to.deep.equal({
      schemaVersion: 1,
      markets: [EXAMPLES.wave, EXAMPLES.wave],
    })
    expect((await typed(['wave'], fakeDesk(), both)).match(/at block 23,550,000/g)).to.have.length(2)
    const rows = (await typed(['wave', '--csv'], fakeDesk(), both)).trim().split('\r\n')
    expect(rows).to.have.length(1 + 2 * EXAMPLES.wave.phases.length)
    expect(rows[0]).to.match(/^market,block,timestamp,group,phase,/)
    expect(rows[1]).to.match(new RegExp(`^${MARKET},23550000,${HOUR * 3600},WETH,build-up,2025-10-02T07:00:00Z,`))
  })

  it('a sheet of a market that is not to be trusted comes with a word beside it', async () => {
    const doubtful = {
      ask: (async (question, about) => ({
        ...(await fakeDesk().ask(question, about)),
        quarantined: true,
      })) as ReturnType<typeof fakeDesk>['ask'],
    }
    const { stdout, stderr } = await run(['ladder', '--csv'], doubtful)
    expect(stderr).to.match(new RegExp(`^${MARKET}: QUARANTINED`))
    expect(stdout).to.not.include('QUARANTINED')
  })

  it('--market names one', async () => {
    const desk = fakeDesk()
    await typed(['cohorts', '--market', 'b'], desk, ['a', 'b'])
    expect(desk.asked).to.deep.equal([['cohorts', { market: 'b' }]])
  })

  const unknown = (market: string): UsageError =>
    new UsageError({ code: 'BAD_GROUP', what: `group ETH in ${market}`, why: 'it is not listed', fix: 'Name another' })
  const without = (...missing: readonly string[]) => {
    const desk = fakeDesk()
    return {
      ...desk,
      ask: ((question, about) =>
        'market' in about && missing.includes(about.market)
          ? Promise.reject(unknown(about.market))
          : desk.ask(question, about)) as typeof desk.ask,
    }
  }

  it('leaves out a market that lacks what is asked about, unless all do', async () => {
    const { stdout, stderr } = await run(['ladder', '--group', 'ETH', '--json'], without('a'), ['a', 'b'])
    expect(stderr).to.equal('a is left out: group ETH in a: it is not listed\n')
    expect(JSON.parse(stdout)).to.deep.equal({ schemaVersion: 1, ...EXAMPLES.ladder })
    const refused = await typed(['ladder'], without('a', 'b'), ['a', 'b']).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(UsageError).and.to.include({ what: 'group ETH in a' })
  })

  it('does not take a failure for a market that is left out', async () => {
    const broken = { ask: () => Promise.reject(new TypeError('broken')) }
    expect(await typed(['ladder'], broken, ['a', 'b']).catch((error: unknown) => error)).to.be.instanceOf(TypeError)
  })

  it('takes a stop as a price or as a change, as docs/planner.md says', async () => {
    for (const stop of ['WETH=1500', 'WETH=-25%', 'WETH=+2.5%']) {
      const desk = fakeDesk()
      await typed(['plan', WHALE, '--stop', stop], desk)
      expect(desk.asked.map(([, about]) => 'stop' in about && about.stop)).to.deep.equal([stop])
    }
  })

  const refusals: readonly (readonly [args: string, code: string, says: string])[] = [
    ['cascade', 'BAD_OPTION', '--shock'],
    ['compare', 'BAD_OPTION', '--shock'],
    ['cascade --shock ETH=-15', 'BAD_SHOCK', 'ETH=-15'],
    ['cascade --shock ETH=-100%', 'BAD_SHOCK', 'less than 100 %'],
    ['cascade --shock ETH=-15% --kappa 1.5', 'BAD_OPTION', '--kappa 1.5'],
    ['cascade --shock ETH=-15% --kappa .5', 'BAD_OPTION', '--kappa .5'],
    ['cascade --shock ETH=-15% --top all', 'BAD_OPTION', '--top all'],
    ['ladder --accounts -1', 'BAD_OPTION', '--accounts -1'],
    ['ladder --accounts 10001', 'BAD_OPTION', '--accounts 10001'],
    ['joint --groups ETH', 'BAD_OPTION', '--groups ETH'],
    ['joint --groups ETH,eth', 'BAD_OPTION', '--groups ETH,eth'],
    ['joint --groups ETH,BTC,UNI', 'BAD_OPTION', '--groups ETH,BTC,UNI'],
    [`plan ${WHALE.replace('E5C2', 'e5C2')}`, 'BAD_OPTION', 'checksum'],
    [`plan ${WHALE} --stop WETH`, 'BAD_OPTION', '--stop WETH'],
    [`plan ${WHALE} --stop WETH=0`, 'BAD_OPTION', '--stop WETH=0'],
    [`plan ${WHALE} --stop WETH=1.123456789`, 'BAD_OPTION', '--stop'],
    [`plan ${WHALE} --stop WETH=-100%`, 'BAD_SHOCK', 'less than 100 %'],
    [`plan ${WHALE} --target 0.9`, 'BAD_OPTION', '--target 0.9'],
    ['wave --csv --json', 'BAD_OPTION', '--csv'],
    ['ladderr', 'UNKNOWN_COMMAND', '"ladder"'],
  ]
  for (const [args, code, says] of refusals)
    it(`refuses ${args}, before anything is asked`, async () => {
      const desk = fakeDesk()
      const error = await typed(words(args), desk).catch((one: unknown) => one)
      expect(error).to.be.instanceOf(UsageError).and.to.include({ code, exitCode: 2 })
      expect((error as UsageError).message).to.include(says)
      expect(desk.asked).to.deep.equal([])
    })
})

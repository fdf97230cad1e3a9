/** Questions about markets as a whole: to whom, in which words, and when nobody can answer. */
import { expect } from 'chai'
import { overview, phaseAnswer, stormy } from '../../scripts/alerts/market-fixtures.ts'
import { UnreachableError, UsageError } from '../../src/core/errors.ts'
import type { Message } from '../../src/core/people/message.ts'
import { answersTo, LANGUAGES, plain, type Scene } from './telegram-examples.ts'
import { fakeRisk } from './telegram-house.ts'
import { endAll, GROUP, OPERATOR, OWNER, plain as shown, talking, VIEWER } from './telegram-talk.ts'

const COMMANDS = ['/risk local-aave', '/phase local-aave', '/ladder local-aave', '/brief local-aave']
const first = async (text: string, scene: Scene = {}): Promise<string> =>
  plain((await answersTo(text, scene))[0] as Message)
const wrong = new UsageError({ code: 'UNKNOWN_GROUP', what: 'no group', why: 'there is none', fix: 'choose' })
const away = new UnreachableError({ code: 'NOT_READY', what: 'not ready', why: 'it begins', fix: 'wait' })
const fails = (error: Error) => () => {
  throw error
}
const ONE = { markets: () => ['local-aave'] }

describe('adapters/telegram: questions about markets', () => {
  for (const text of COMMANDS) {
    it(`${text}: without a desk, and when it is not ready, says so`, async () => {
      const faults: unknown[] = []
      const broken = fakeRisk({ overview: fails(away), phase: fails(away), ladder: fails(away) })
      const risk = { ...broken, brief: async () => fails(away)() }
      for (const language of LANGUAGES) {
        const says = language === 'en' ? 'cannot be answered just now' : '暂时无法回答'
        expect(await first(text, { language, house: { risk: undefined } })).to.include(says)
        const heard = { language, house: { risk }, fault: (error: unknown) => void faults.push(error) }
        expect(await first(text, heard)).to.include(says)
      }
      expect(faults).to.deep.equal([away, away])
    })

    it(`${text}: one of several must be named, but for the overview; a wrong name is told with the right ones`, async () => {
      const [word = ''] = text.split(' ')
      if (word !== '/risk')
        expect(await first(word))
          .to.include('Which market?')
          .and.include('local-aave, strange')
      expect(await first(`${word} nowhere land`)).to.match(/There is no market “(nowhere|land)”/)
      expect(await first(word, { queries: { markets: () => [] } })).to.include('No market')
      expect(await first(word, { queries: ONE })).to.include('local-aave')
      expect(await first(text.toUpperCase().replace(/^\S+/, word))).to.include('local-aave')
    })
  }

  it('/risk without a name: all of them, those that are not ready named', async () => {
    expect(await first('/risk'))
      .to.include('🟢 local-aave')
      .and.include('🟢 strange')
    const half = fakeRisk({
      overview: (about) => ('market' in about && about.market === 'strange' ? fails(away)() : overview({ ...about })),
    })
    expect(await first('/risk', { house: { risk: half } }))
      .to.include('🟢 local-aave')
      .and.include('Missing here: strange')
    const none = fakeRisk({ overview: fails(away) })
    expect(await first('/risk', { house: { risk: none }, fault: () => {} })).to.include('cannot be answered')
  })

  it('an asset may be named before or behind the market; one that is not there is refused kindly', async () => {
    const asked: object[] = []
    const risk = fakeRisk({
      phase: (about) => {
        asked.push(about)
        return phaseAnswer()
      },
    })
    for (const text of ['/phase local-aave WBTC', '/phase WBTC local-aave']) await first(text, { house: { risk } })
    await first('/phase WBTC', { house: { risk }, queries: ONE })
    expect(asked).to.deep.equal(Array(3).fill({ market: 'local-aave', group: 'WBTC' }))
    const unknown = fakeRisk({ ladder: fails(wrong) })
    expect(await first('/ladder DOGE', { house: { risk: unknown }, queries: ONE }))
      .to.include('Nothing called “DOGE” is priced')
      .and.include('/ladder [market] [asset]')
  })

  it('a market that cannot be measured is not told as an asset that is not there', async () => {
    const rules = new UsageError({ code: 'RULES_UNKNOWN', what: 'market local-aave', why: 'planted', fix: 'none' })
    const blind = fakeRisk({ ladder: fails(rules) })
    const said = await first('/ladder WETH', { house: { risk: blind }, queries: ONE, fault: () => {} })
    expect(said).to.include('cannot be answered').and.to.not.include('Nothing called')
  })

  it('operators are told without small print, viewers with it', async () => {
    for (const text of COMMANDS) {
      expect(await first(text)).to.not.include('no advice')
      expect(await first(text, { role: 'viewer' })).to.include('no advice')
    }
  })

  it('of a storm everything is said', async () => {
    const risk = fakeRisk({ overview: (about) => stormy({ ...about }) })
    const told = await first('/risk local-aave', { house: { risk } })
    expect(told).to.include('🔴 cascade').and.include('pools cannot take it').and.include('62.0 %')
  })
})

describe('adapters/telegram: conversations about markets', () => {
  afterEach(endAll)

  it('operators and viewers ask, owners may not, groups in Chinese', async () => {
    const stage = await talking()
    await stage.start({ queries: ONE })
    expect(shown((await stage.ask(OPERATOR, '/risk')).text)).to.include('How local-aave stands')
    expect(shown((await stage.ask(VIEWER, '/phase')).text)).to.include('WETH market: calm')
    expect(shown((await stage.ask(OWNER, '/ladder')).text)).to.include('is not for this chat')
    expect(shown((await stage.ask(GROUP, '/brief')).text)).to.include('什么会改变判断')
  })

  it('a desk that never answers is given up, and the next question is heard', async () => {
    const stage = await talking()
    const never = new Promise<never>(() => {})
    await stage.start({ queries: ONE, houseOver: { risk: fakeRisk({ overview: () => never }) }, patienceMs: 1 })
    expect(shown((await stage.ask(OPERATOR, '/risk')).text)).to.include('That took too long')
    expect(shown((await stage.ask(OPERATOR, '/version')).text)).to.include('Plimsoll')
  })
})

/** Buttons under alerts: what they say is looked up in the store, so that a restart, or a month, does not matter. */
import { expect } from 'chai'
import { encodeAction } from '../../src/core/people/buttons.ts'
import { ALICE } from './http-support.ts'
import { endAll, OPERATOR, OWNER, plain, talking, until, VIEWER } from './telegram-talk.ts'

const action = (verb: 'mute1h' | 'mutepos' | 'details' | 'whatif', id = 42): string =>
  encodeAction({ verb, id, argument: '' })
const SCOPE = `position:${ALICE.toLowerCase()}`

describe('adapters/telegram: buttons under alerts', () => {
  afterEach(endAll)

  it('mute for an hour, mute the position, in a new process, and are heard', async () => {
    const t = await talking()
    await t.start()
    await t.restart()
    expect(await t.pressed(OWNER, 5, action('mute1h'))).to.include('everything: quiet until')
    expect(await t.pressed(OWNER, 5, action('mutepos'))).to.include('until /unmute')
    expect(t.control.mutes('telegram:11', t.clock.nowS)).to.deep.equal([
      { chat: 'telegram:11', scope: 'all', untilS: t.clock.nowS + 3_600 },
      { chat: 'telegram:11', scope: SCOPE, untilS: null },
    ])
    await t.restart()
    expect(plain((await t.ask(OWNER, '/alerts')).text)).to.include('0x0000…11cE, until /unmute')
  })

  it('details and what-if answer with what is so now', async () => {
    const t = await talking()
    await t.start()
    await t.pressed(VIEWER, 5, action('details'))
    await t.pressed(VIEWER, 5, action('whatif'))
    await t.quiet()
    const texts = t.api.messages.filter(({ chatId }) => chatId === VIEWER.chat).map(({ text }) => plain(text))
    expect(texts.filter((text) => text.includes('0x573ade81'))).to.have.length(1)
    expect(texts.filter((text) => text.includes('🔮') && text.includes('0.9388'))).to.have.length(1)
  })

  it('those who only read mute nothing', async () => {
    const t = await talking()
    await t.start()
    for (const verb of ['mute1h', 'mutepos'] as const)
      expect(await t.pressed(VIEWER, 5, action(verb))).to.equal('This is not for this chat.')
    expect(t.spoken).to.deep.equal([])
  })

  it('what was told to others, or was pruned, is nothing to ask about', async () => {
    const t = await talking()
    await t.start()
    for (const verb of ['mutepos', 'details', 'whatif'] as const)
      expect(await t.pressed(OWNER, 5, action(verb, 43))).to.include('too old for its buttons')
    expect(t.spoken).to.deep.equal([])
  })

  it('a node that does not answer: said, logged, and the position is shown all the same', async () => {
    const t = await talking()
    const advise = async (): Promise<never> => {
      throw new Error('node SECRET away')
    }
    await t.start({ houseOver: { advisor: { advise } } })
    const { text } = await t.ask(OWNER, `/position ${ALICE}`)
    expect(text).to.include('1.0432').and.include('could not be worked out')
    expect(t.logged.join()).to.include('node *** away')
  })

  it('a slow node: given up after a while, and orders do not wait for it', async () => {
    const t = await talking()
    const advise = (): Promise<never> => new Promise(() => {})
    await t.start({ houseOver: { advisor: { advise } }, patienceMs: 30 })
    t.say(OPERATOR, `/position ${ALICE}`)
    const asked = await t.ask(OPERATOR, '/pause')
    expect(asked.text).to.include('Pause')
    await t.quiet()
    while (!t.api.messages.some(({ text }) => text.includes('took too long')))
      await new Promise((resolve) => setTimeout(resolve, 5))
  })

  it('more slow questions at once than it can bear: said, not piled up', async () => {
    const t = await talking()
    let begun = 0
    const advise = (): Promise<never> => {
      begun++
      return new Promise(() => {})
    }
    await t.start({ houseOver: { advisor: { advise } }, patienceMs: 60_000, graceMs: 0 })
    await until(() => t.api.updates.menus.size === 5)
    await t.quiet()
    for (let i = 0; i < 40; i++) t.say(OPERATOR, `/position ${ALICE}`)
    await t.quiet()
    expect(begun).to.equal(16)
    expect(t.api.messages.filter(({ text }) => text.includes('Too many questions')).length).to.be.at.least(10)
  })
})

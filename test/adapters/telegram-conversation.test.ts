import { expect } from 'chai'
import { htmlError } from '../../scripts/doubles/telegram-html.ts'
import { ALICE } from './http-support.ts'
import { BOB } from './telegram-house.ts'
import { button, endAll, GROUP, NOW_S, OPERATOR, OWNER, plain, talking, VIEWER } from './telegram-talk.ts'

describe('adapters/telegram: an owner', () => {
  afterEach(endAll)

  it('begins, watches, sets lines, looks, mutes, and leaves', async () => {
    const t = await talking()
    await t.start()
    expect(plain((await t.ask(OWNER, '/start')).text))
      .to.include('/watch Warn me')
      .and.not.include('/pause')
    expect((await t.ask(OWNER, '/list')).text)
      .to.include('Nothing is watched')
      .and.include('/watch 0x…')
    const watched = plain((await t.ask(OWNER, `/watch ${ALICE} my <treasury>`)).text)
    expect(watched).to.include('Watching my <treasury>').and.include('1.0432').and.include(ALICE)
    expect(watched).to.include('below 1.1, 1.05, 1.0')
    expect(plain((await t.ask(OWNER, '/threshold MY <TREASURY> 1.3 1.2 5%')).text)).to.include('1.3, 1.2, 5 %')
    expect(plain((await t.ask(OWNER, '/list')).text)).to.match(/my <treasury> +1\.0432 {2}\$12,345\.67/)
    expect(t.control.watches(`telegram:${OWNER.chat}`)).to.deep.include({
      id: 1,
      chat: 'telegram:11',
      address: ALICE.toLowerCase(),
      name: 'my <treasury>',
      thresholdsWad: [13n * 10n ** 17n, 12n * 10n ** 17n],
      distancesBps: [500],
      createdS: NOW_S,
    })
    expect((await t.ask(OWNER, '/mute 2d my <treasury>')).text).to.include('my &lt;treasury&gt;: quiet until')
    expect(t.control.mutes('telegram:11', t.clock.nowS)[0]?.scope).to.equal(`position:${ALICE.toLowerCase()}`)
    expect((await t.ask(OWNER, '/alerts')).text)
      .to.include('🔕 Muted: my &lt;treasury&gt;')
      .and.include('22:00–07:00')
    expect((await t.ask(OWNER, '/unmute')).text).to.include('Loud again')
    expect((await t.ask(OWNER, '/unmute')).text).to.include('Nothing was muted')
    expect((await t.ask(OWNER, '/unwatch my <treasury>')).text).to.include('no longer watched')
    expect((await t.ask(OWNER, `/unwatch ${ALICE}`)).text).to.include('not on /list')
    expect(t.spoken).to.deep.equal(
      ['watch', 'threshold', 'mute', 'unmute', 'unwatch'].map((said) => ({ said, by: '11', via: 'telegram' })),
    )
    for (const { text } of t.api.messages) expect(htmlError(text), text).to.equal(undefined)
  })

  it('sees how a position stands, the ways out with what to sign, and what a fall would do', async () => {
    const t = await talking()
    await t.start()
    await t.ask(OWNER, `/watch ${ALICE} treasury`)
    const position = await t.ask(OWNER, '/position')
    expect(plain(position.text)).to.include('📍 treasury').and.include('2,345.678901 USDC').and.include('no advice')
    const before = t.api.messages.length
    await t.pressed(OWNER, position.messageId, button(position, 'Details'))
    await t.quiet()
    const details = t.api.messages
      .slice(before)
      .map(({ text }) => text)
      .join('\n')
    expect(details).to.include('0x573ade81')
    await t.pressed(OWNER, position.messageId, button(position, 'What if'))
    await t.quiet()
    const whatIf = t.api.messages.map(({ text }) => plain(text)).find((text) => text.includes('🔮'))
    expect(whatIf).to.include('treasury').and.include('10 %').and.include('0.9388')
  })

  it('with several asks which one, and takes names and addresses', async () => {
    const t = await talking()
    await t.start()
    await t.ask(OWNER, `/watch ${ALICE} treasury`)
    await t.ask(OWNER, `/watch ${BOB}`)
    expect(plain((await t.ask(OWNER, '/position')).text))
      .to.include('Watched for you: 2')
      .and.include('/position with')
    for (const text of ['/position treasury', `/position ${ALICE}`, `/position ${ALICE.toLowerCase()}`])
      expect((await t.ask(OWNER, text)).text).to.include('📍 treasury')
    expect((await t.ask(OWNER, `/position 0x${'1'.repeat(40)}`)).text).to.include('has no position')
  })

  it('bad arguments: what, why, how; nothing is lost', async () => {
    const t = await talking()
    await t.start()
    await t.ask(OWNER, `/watch ${ALICE} treasury`)
    const said = t.spoken.length
    for (const [text, what, fix] of [
      ['/watch', 'Which address', '/watch 0x… [name]'],
      ['/watch 0x12', 'is no address', '/watch 0x… [name]'],
      [`/watch 0x${'aB'.repeat(20)}`, 'wrong checksum', 'Copy it again'],
      [`/watch ${BOB} ${'long '.repeat(20)}`, 'longer than 24', 'shorter'],
      ['/watch nobody.eth', 'leads to no address', '0x and 40'],
      ['/threshold treasury 0.9', '“0.9” is no threshold', '/threshold'],
      ['/threshold treasury 110', '“110” is no threshold', '/threshold'],
      ['/threshold treasury 1.1 fast', '“fast” is no threshold', '/threshold'],
      ['/threshold treasury default 1.2', '“default” is no threshold', '/threshold'],
      [`/threshold ${BOB} 1.2`, 'Not done', 'not on /list'],
      ['/mute forever', '“forever” is neither', '/mute [1h or 2d]'],
      ['/mute 99d', '“99d” is neither', '/mute [1h or 2d]'],
      ['/unmute somebody', 'is no address', '/unmute'],
      ['/position nonsense', '“nonsense” is no address', '/position 0x'],
    ] as const)
      expect(plain((await t.ask(OWNER, text)).text), text)
        .to.include(what)
        .and.include(fix)
    expect(t.spoken).to.have.length(said)
    expect(t.control.watches()).to.have.length(1)
  })

  it('learns that a list is full, and gives lines back to the configuration', async () => {
    const t = await talking()
    await t.start()
    for (const n of [1, 2, 3]) await t.ask(OWNER, `/watch 0x${String(n).repeat(40)} w${n}`)
    expect((await t.ask(OWNER, `/watch ${ALICE}`)).text).to.include('as many addresses as it may')
    await t.ask(OWNER, '/threshold 1.5 10%')
    expect(t.control.watches().map(({ distancesBps }) => distancesBps)).to.deep.equal([[1_000], [1_000], [1_000]])
    expect((await t.ask(OWNER, '/threshold w2 default')).text).to.include('1.1, 1.05, 1.0')
    expect(t.control.watches()[1]?.thresholdsWad).to.equal(null)
    expect(plain((await t.ask(OWNER, '/threshold')).text))
      .to.include('w1')
      .and.include('1.5, 10 %')
    expect((await t.ask(OWNER, `/watch 0x${'1'.repeat(40)}`)).text).to.include('watched already')
  })

  it('a name of ENS is shown with its address in full and watched only when confirmed', async () => {
    const t = await talking()
    await t.start()
    const asked = await t.ask(OWNER, '/watch treasury.eth')
    expect(asked.text).to.include('Watch treasury.eth?').and.include(ALICE)
    expect(t.control.watches()).to.deep.equal([])
    await t.pressed(OWNER, asked.messageId, button(asked, 'Confirm'))
    await t.quiet()
    expect(t.control.watches().map(({ address, name }) => [address, name])).to.deep.equal([
      [ALICE.toLowerCase(), 'treasury.eth'],
    ])
  })
})

describe('adapters/telegram: a group, in Chinese', () => {
  afterEach(endAll)

  it('watches, looks, mutes a market, and pauses', async () => {
    const t = await talking()
    await t.start()
    const who = { chat: GROUP.chat, user: GROUP.user }
    expect((await t.ask(who, '/start@double_bot')).text).to.include('接受指令')
    expect((await t.ask(who, `/watch ${ALICE} 金库`)).text)
      .to.include('已关注 金库')
      .and.include('时会提醒您')
    const position = await t.ask(who, '/position 金库')
    expect(position.text).to.include('健康因子').and.include('偿还')
    await t.pressed(who, position.messageId, button(position, '详情'))
    await t.quiet()
    expect(t.api.messages.some(({ chatId, text }) => chatId === GROUP.chat && text.includes('0x573ade81'))).to.equal(
      true,
    )
    expect((await t.ask(who, '/mute 1h local-aave')).text).to.include('local-aave：静音到')
    expect(t.control.mutes(`telegram:${GROUP.chat}`, t.clock.nowS)[0]?.scope).to.equal('market:local-aave')
    expect((await t.ask(who, '/threshold 金库 快')).text).to.include('“快”不是阈值')
    const asked = await t.ask(who, '/pause')
    expect(await t.pressed(who, asked.messageId, button(asked, '确认'))).to.include('已暂停')
    await t.quiet()
    expect((await t.ask(who, '/status')).text).to.include('已暂停：不签名')
    expect(t.api.tooFast).to.equal(0)
  })
})

describe('adapters/telegram: each role has its commands', () => {
  afterEach(endAll)
  const OWNERS = ['watch', 'unwatch', 'list', 'threshold', 'position', 'mute', 'unmute', 'alerts', 'help', 'version']
  const VIEWERS = ['status', 'positions', 'position', 'liquidations', 'alerts', 'help', 'version']
  const OPERATORS = [
    ...['profit', 'balance', 'gas', 'rpc', 'logs', 'why', 'pause', 'resume', 'mode', 'reload'],
    ...OWNERS,
    ...VIEWERS,
  ]

  it('and the others are told to be for others', async () => {
    const t = await talking()
    await t.start()
    for (const [who, own] of [
      [OWNER, OWNERS],
      [VIEWER, VIEWERS],
      [OPERATOR, OPERATORS],
    ] as const)
      for (const command of new Set(OPERATORS)) {
        const { text } = await t.ask(who, `/${command}`)
        expect(text.includes('is not for this chat'), `${who.chat} /${command}: ${text}`).to.equal(
          !own.includes(command),
        )
      }
    expect(t.spoken.map(({ said, by }) => `${by} ${said}`)).to.deep.equal([
      ...['11 mute', '11 unmute', '22 reload', '22 mute', '22 unmute'],
    ])
  })

  it('an unknown command: a short hint', async () => {
    const t = await talking()
    await t.start()
    expect((await t.ask(VIEWER, '/nonsense@double_bot')).text)
      .to.include('/nonsense')
      .and.include('/help')
  })
})

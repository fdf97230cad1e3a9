import { expect } from 'chai'
import { load, minimal, problemsOf } from './support.ts'

const account = '0x00000000000000000000000000000000000000aa'
const WAD = 10n ** 18n

describe('configuration of alerts', () => {
  it('makes the thresholds a ladder of everybody, before the further rules', () => {
    const { alerts } = load(
      minimal(`alerts:
  thresholds: ["1.0", "1.2"]
  distances: ["2.5", 10]
  cooldownS: 60
  labels: { treasury: ["${account}"] }
  rules:
    - { name: whales, when: large, minDebtUsd: 1000000, healthBelow: "1.05" }
    - { name: ours, when: ladder, label: treasury, distances: ["20"], cooldownS: 5 }
    - { name: falling, when: fall, lost: "0.1", withinS: 3600, chain: local }
    - { name: interest, when: time, withinS: 86400, market: m }
    - { name: wave, when: wave, fallPct: 5, aboveUsd: 1000000 }`),
    ).config
    const [positions, whales, ours, falling, interest, wave] = alerts.rules
    expect(positions).to.deep.equal({
      name: 'positions',
      when: 'ladder',
      market: undefined,
      chain: undefined,
      accounts: undefined,
      minDebtUsd8: 100_00000000n,
      cooldownS: 60,
      thresholdsWad: [(WAD * 12n) / 10n, WAD],
      distancesBps: [1000, 250],
      hysteresisWad: WAD / 100n,
      hysteresisBps: 100,
    })
    expect(alerts.ladder).to.equal(positions)
    expect(whales).to.include({ when: 'large', minDebtUsd8: 1_000_000_00000000n, healthBelowWad: (WAD * 105n) / 100n })
    expect(ours).to.include({ when: 'ladder', cooldownS: 5 })
    expect([...(ours?.accounts ?? [])]).to.deep.equal([account])
    expect(falling).to.include({ when: 'fall', lostWad: WAD / 10n, withinS: 3600, chain: 'local', cooldownS: 60 })
    expect(interest).to.include({ when: 'time', withinS: 86400, market: 'm' })
    expect(wave).to.include({ when: 'wave', fallBps: 500, aboveUsd8: 1_000_000_00000000n })
    expect([...alerts.labels]).to.deep.equal([[account, 'treasury']])
  })

  it('reads hours, time of day and tastes', () => {
    const { alerts } = load(
      minimal(`alerts:
  timezone: Asia/Shanghai
  summaryAt: "08:30"
  telegram:
    token: "1:x"
    chats:
      - { chatId: 5, role: owner, language: zh, quiet: "22:00-07:15", topics: { trouble: 9 }, events: { recovered: off } }
  webhooks: [{ name: pager, url: "https://example.org/x", secret: "0123456789abcdef" }]
  heartbeat: { url: "https://example.org/beat" }`),
    ).config
    expect([alerts.timezone, alerts.summaryAtMinute, alerts.heartbeat?.everyS]).to.deep.equal([
      'Asia/Shanghai',
      510,
      60,
    ])
    expect(alerts.telegram?.chats).to.deep.equal([
      {
        chatId: 5,
        userIds: [],
        role: 'owner',
        language: 'zh',
        topics: { trouble: 9 },
        events: { recovered: 'off' },
        quiet: { fromMinute: 1320, toMinute: 435 },
      },
    ])
    expect(alerts.webhooks[0]).to.include({ name: 'pager', kind: 'json', role: 'operator', language: 'en' })
  })

  const rule = (text: string): string => minimal(`alerts: { rules: [${text}] }`)
  const refused: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a rule without what its kind needs',
      rule('{ name: a, when: wave }'),
      ['alerts.rules[0].aboveUsd', 'alerts.rules[0].fallPct'],
    ],
    ['a field of another kind', rule('{ name: a, when: time, withinS: 1, lost: "1" }'), ['alerts.rules[0].lost']],
    ['a ladder without steps', rule('{ name: a, when: ladder }'), ['alerts.rules[0].thresholds']],
    ['a name that is taken', rule('{ name: positions, when: time, withinS: 1 }'), ['alerts.rules[0].name']],
    [
      'a name twice',
      rule('{ name: a, when: time, withinS: 1 }, { name: a, when: time, withinS: 2 }'),
      ['alerts.rules[1].name'],
    ],
    [
      'a market, chain or label that is not there',
      rule('{ name: a, when: time, withinS: 1, market: x, chain: y, label: z }'),
      ['alerts.rules[0].chain', 'alerts.rules[0].label', 'alerts.rules[0].market'],
    ],
    ['a kind nobody knows', rule('{ name: a, when: sometimes }'), ['alerts.rules[0].when']],
    ['a distance twice', minimal('alerts: { distances: ["5", 5] }'), ['alerts.distances[1]']],
    ['a percentage with too many digits', minimal('alerts: { distances: ["5.001"] }'), ['alerts.distances[0]']],
    ['a time zone nobody knows', minimal('alerts: { timezone: Mars/Olympus }'), ['alerts.timezone']],
    ['a time of day that is none', minimal('alerts: { summaryAt: "25:00" }'), ['alerts.summaryAt']],
    [
      'a chat twice',
      minimal('alerts: { telegram: { token: x, chats: [{ chatId: 1 }, { chatId: 1 }] } }'),
      ['alerts.telegram.chats[1].chatId'],
    ],
    [
      'hours without an end',
      minimal('alerts: { telegram: { token: x, chats: [{ chatId: 1, quiet: "22:00" }] } }'),
      ['alerts.telegram.chats[0].quiet'],
    ],
    [
      'an event nobody knows',
      minimal('alerts: { telegram: { token: x, chats: [{ chatId: 1, events: { recoverd: off } }] } }'),
      ['alerts.telegram.chats[0].events.recoverd'],
    ],
  ]
  for (const [name, text, paths] of refused)
    it(`refuses ${name}`, () => {
      expect(problemsOf(text)).to.deep.equal(paths)
    })
})

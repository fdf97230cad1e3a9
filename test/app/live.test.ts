import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { stringify } from 'yaml'
import type { Reading } from '../../src/app/control.ts'
import { limitsOf } from '../../src/app/executors.ts'
import { Live } from '../../src/app/live.ts'
import type { Config } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load.ts'

const A = `0x${'aa'.repeat(20)}`
const B = `0x${'bb'.repeat(20)}`
const base = {
  chains: { local: { id: 31337, rpc: ['http://127.0.0.1:8545'] } },
  markets: [{ name: 'm', protocol: 'aave-v3', chain: 'local', addressesProvider: A }],
  executor: { mode: 'dry-run', markets: { m: { minProfitUsd: 5, contract: A } } },
  alerts: { thresholds: ['1.1'], telegram: { token: 'first-token', chats: [{ chatId: 1, userIds: [1] }] } },
  http: { port: 9464 },
  log: { level: 'info' },
}

describe('a configuration read anew', () => {
  let folder: string
  let file: string
  let secrets: string[]
  let live: Live

  const write = (content: object | string): void =>
    writeFileSync(file, typeof content === 'string' ? content : stringify(content))

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-live-'))
    file = join(folder, 'plimsoll.yaml')
    write(base)
    secrets = []
    const load = () => loadConfig({ file, env: { TOKEN: 'second-token' } })
    live = new Live(load(), load, (found) => void secrets.push(...found))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function reload(content: object | string): Reading['reloaded'] {
    write(content)
    const reading = live.read()
    if (typeof reading === 'string') throw new Error(reading)
    reading.apply()
    return reading.reloaded
  }

  it('changes nothing when nothing has changed, whatever the order of the keys', () => {
    const { log, http, alerts, executor, markets, chains } = base
    expect(reload({ log, http, alerts, executor, markets, chains })).to.deep.equal({ applied: [], needRestart: [] })
  })

  const atRunTime: readonly [string, object, (config: Config) => unknown, unknown][] = [
    ['risk.briefAt', { risk: { briefAt: '07:30' } }, ({ risk }) => risk.briefAtMinute, 450],
    [
      'risk.warnings.coverageBelow',
      { risk: { warnings: { coverageBelow: 2 } } },
      ({ risk }) => risk.warnings.coverage.enter,
      2,
    ],
    [
      'executor.markets.m.minProfitUsd',
      { executor: { ...base.executor, markets: { m: { minProfitUsd: 7, contract: A } } } },
      (config) => limitsOf(config, 'm').minProfitUsd8,
      700_000_000n,
    ],
    [
      'executor.markets.m.denyBorrowers',
      { executor: { ...base.executor, markets: { m: { minProfitUsd: 5, contract: A, denyBorrowers: [B] } } } },
      (config) => [...limitsOf(config, 'm').denyBorrowers],
      [B],
    ],
    [
      'executor.lowBalance',
      { executor: { ...base.executor, lowBalance: 1 } },
      (c) => c.executor.lowBalanceWei,
      10n ** 18n,
    ],
    [
      'alerts.thresholds',
      { alerts: { ...base.alerts, thresholds: ['1.2', '1.5'] } },
      ({ alerts }) => alerts.ladder.thresholdsWad,
      [15n * 10n ** 17n, 12n * 10n ** 17n],
    ],
    [
      'alerts.rules',
      { alerts: { ...base.alerts, rules: [{ name: 'big', when: 'large', healthBelow: '1.1' }] } },
      ({ alerts }) => alerts.rules.map(({ name }) => name),
      ['positions', 'big'],
    ],
    [
      'alerts.labels.dao',
      { alerts: { ...base.alerts, labels: { dao: [B] } } },
      (c) => [...c.alerts.labels],
      [[B, 'dao']],
    ],
    [
      'alerts.telegram.chats',
      { alerts: { ...base.alerts, telegram: { token: 'first-token', chats: [{ chatId: 2, userIds: [2] }] } } },
      ({ alerts }) => alerts.telegram?.chats.map(({ chatId }) => chatId),
      [2],
    ],
    [
      'alerts.webhooks',
      { alerts: { ...base.alerts, webhooks: [{ name: 'w', url: 'https://example.org/hook' }] } },
      ({ alerts }) => alerts.webhooks.map(({ url }) => url),
      ['https://example.org/hook'],
    ],
    ['alerts.summaryAt', { alerts: { ...base.alerts, summaryAt: '08:00' } }, (c) => c.alerts.summaryAtMinute, 480],
    ['log.level', { log: { level: 'debug' } }, ({ log }) => log.level, 'debug'],
  ]
  for (const [path, change, of, value] of atRunTime)
    it(`takes over ${path}, and back`, () => {
      const before = of(live.config)
      const heard: Config[] = []
      live.onReload((config) => void heard.push(config))
      expect(reload({ ...base, ...change })).to.deep.equal({ applied: [path], needRestart: [] })
      expect(of(live.config)).to.deep.equal(value)
      expect(heard).to.deep.equal([live.config])
      expect(reload(base)).to.deep.equal({ applied: [path], needRestart: [] })
      expect(of(live.config)).to.deep.equal(before)
    })

  const atStart: readonly [string, object][] = [
    ['chains.local.rpc', { chains: { local: { id: 31337, rpc: ['http://127.0.0.1:1'] } } }],
    ['chains.other', { chains: { ...base.chains, other: { id: 2, rpc: ['http://127.0.0.1:1'] } } }],
    ['markets', { markets: [{ ...base.markets[0], addressesProvider: B }] }],
    ['executor.mode', { executor: { ...base.executor, mode: 'watch' } }],
    ['executor.proveAccounts', { executor: { ...base.executor, proveAccounts: 5 } }],
    [
      'executor.markets.m.contract',
      { executor: { ...base.executor, markets: { m: { minProfitUsd: 5, contract: B } } } },
    ],
    ['http.port', { http: { port: 9465 } }],
    ['store.path', { store: { path: './other.db' } }],
    ['recording', { recording: { folder: './here' } }],
    ['alerts.telegram', { alerts: { thresholds: ['1.1'] } }],
    ['alerts.telegram.token', { alerts: { ...base.alerts, telegram: { ...base.alerts.telegram, token: '${TOKEN}' } } }],
  ]
  for (const [path, change] of atStart)
    it(`leaves ${path} to the next start`, () => {
      const before = live.config
      const heard: Config[] = []
      live.onReload((config) => void heard.push(config))
      expect(reload({ ...base, ...change })).to.deep.equal({ applied: [], needRestart: [path] })
      expect([live.config, heard]).to.deep.equal([before, []])
      // It is still to come at the next reading.
      expect(reload({ ...base, ...change }).needRestart).to.deep.equal([path])
    })

  it('takes limits of a market that was not named before, but not its contract', () => {
    write({ ...base, executor: { mode: 'dry-run' } })
    const load = () => loadConfig({ file, env: {} })
    live = new Live(load(), load, () => {})
    const { applied, needRestart } = reload(base)
    expect([applied, needRestart]).to.deep.equal([['executor.markets.m.minProfitUsd'], ['executor.markets.m.contract']])
    const { contract, limits } = live.config.executor.markets.get('m')!
    expect([contract, limits.minProfitUsd8, limits.deadlineS]).to.deep.equal([undefined, 500_000_000n, 60n])
    expect(reload({ ...base, executor: { mode: 'dry-run' } }).applied).to.deep.equal([
      'executor.markets.m.minProfitUsd',
    ])
    expect(limitsOf(live.config, 'm').minProfitUsd8).to.equal(0n)
  })

  it('takes what it can and names the rest', () => {
    const changed = { ...base, http: { port: 1 }, log: { level: 'warn' } }
    expect(reload(changed)).to.deep.equal({ applied: ['log.level'], needRestart: ['http.port'] })
    expect([live.config.log.level, live.config.http.port]).to.deep.equal(['warn', 9464])
  })

  it('of a bad file is all its problems, and nothing has changed', () => {
    const before = live.config
    write({ ...base, http: { port: 99999 }, log: { level: 'loud' } })
    const said = live.read()
    expect(said).to.be.a('string').that.includes('http.port').and.includes('log.level')
    rmSync(file)
    expect(live.read()).to.be.a('string').that.includes('cannot read')
    expect(live.config).to.equal(before)
  })

  it('hides what is secret in the new file before anybody hears of it', () => {
    let known: string[] = []
    live.onReload(() => {
      known = [...secrets]
    })
    reload({ ...base, alerts: { ...base.alerts, webhooks: [{ name: 'w', url: 'https://h.example/${TOKEN}/x' }] } })
    expect(known).to.include('second-token')
    expect(known).to.include('first-token')
  })

  it('stops telling whoever stops listening', () => {
    let heard = 0
    live.onReload(() => void heard++)()
    reload({ ...base, log: { level: 'debug' } })
    expect(heard).to.equal(0)
  })
})

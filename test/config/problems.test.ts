import { expect } from 'chai'
import { loadConfig } from '../../src/config/load.ts'
import { load, minimal, problemsOf, provider, refusal, writeConfig } from './support.ts'

const wrongChecksum = provider.replace('9e', '9E')

describe('what loadConfig refuses', () => {
  it('names everything at once, with path, why and fix', () => {
    const text = minimal('htp: {}\nhttp: { port: 70000 }\nexecutor: { mode: liv, minProfitUsd: 1, markets: { n: {} } }')
    const error = refusal(text)
    expect(error.code).to.equal('CONFIG_INVALID')
    expect(error.exitCode).to.equal(1)
    expect(error.problems.map(({ path }) => path.join('.'))).to.have.members([
      'htp',
      'http.port',
      'executor.mode',
      'executor.minProfitUsd',
      'executor.markets.n',
    ])
    for (const { path, what, why, fix } of error.problems) {
      expect([what, why, fix]).not.to.include('')
      expect(error.message).to.include(path.join('.'))
    }
    expect(error.message).to.include('Did you mean "http"?').and.include('Did you mean "live"?')
    expect(error.message).to.include('`minProfitUsd` belongs to `executor.markets.*.minProfitUsd`')
  })

  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['a chain that is not known and has no id', minimal().replace('id: 31337, ', ''), ['chains.local.id']],
    ['a known chain with another id', minimal().replaceAll('local', 'ethereum'), ['chains.ethereum.id']],
    ['a chain without an endpoint', minimal().replace('"http://127.0.0.1:8545"', ''), ['chains.local.rpc']],
    ['an endpoint that is no URL', minimal().replace('http://', ''), ['chains.local.rpc[0]']],
    ['a WebSocket where HTTP is due', minimal().replace('http://', 'ws://'), ['chains.local.rpc[0]']],
    [
      'receipts, which nobody implements',
      minimal().replace('id: 31337', 'id: 31337, integrity: receipts'),
      ['chains.local.integrity'],
    ],
    [
      'a finality that is neither tag nor depth',
      minimal().replace('id: 31337', 'id: 31337, finality: safe'),
      ['chains.local.finality'],
    ],
    [
      'pools to be found without a factory',
      minimal().replace('id: 31337', 'id: 31337, pools: auto'),
      ['chains.local.pools'],
    ],
    ['no pools in words', minimal().replace('id: 31337', 'id: 31337, pools: none'), ['chains.local.pools']],
    ['an empty list of pools', minimal().replace('id: 31337', 'id: 31337, pools: []'), ['chains.local.pools']],
    [
      'a pool that is no address',
      minimal().replace('id: 31337', 'id: 31337, pools: ["0x12"]'),
      ['chains.local.pools[0]'],
    ],
    ['a market on an unknown chain', minimal().replace('chain: local', 'chain: locl'), ['markets[0].chain']],
    ['a market that is not known by its name', minimal().replace('markets:', 'markets:\n  - aave-v4'), ['markets[0]']],
    ['a known market without its chain', minimal().replace('markets:', 'markets:\n  - aave-v3-base'), ['markets[0]']],
    [
      'a market without an address',
      minimal().replace(`, addressesProvider: "${provider}"`, ''),
      ['markets[0].addressesProvider'],
    ],
    ['a wrong checksum', minimal().replace(provider, wrongChecksum), ['markets[0].addressesProvider']],
    ['a short address', minimal().replace(provider, '0x12'), ['markets[0].addressesProvider']],
    [
      'a market twice',
      minimal(`  - { name: m, protocol: p, chain: local, addressesProvider: "${provider}" }`),
      ['markets[1]'],
    ],
    ['no market at all', 'chains: { local: { id: 5, rpc: ["http://x"] } }\nmarkets: []', ['markets']],
    ['a port out of range', minimal('http: { port: 65536 }'), ['http.port']],
    ['an open port without a token', minimal('http: { host: 0.0.0.0 }'), ['http.token']],
    ['live without a signer', minimal('executor: { mode: live }'), ['executor.signer']],
    [
      'a negative profit',
      minimal('executor: { markets: { m: { minProfitUsd: "-1" } } }'),
      ['executor.markets.m.minProfitUsd'],
    ],
    [
      'an amount with an exponent',
      minimal('executor: { markets: { m: { maxDebtUsd: "1e6" } } }'),
      ['executor.markets.m.maxDebtUsd'],
    ],
    ['a threshold twice', minimal('alerts: { thresholds: ["1.1", "1.10"] }'), ['alerts.thresholds[1]']],
    ['a threshold that is no number', minimal('alerts: { thresholds: [low] }'), ['alerts.thresholds[0]']],
    ['an unset variable', minimal('store: { path: "${NOWHERE}/p.db" }'), ['store.path']],
    ['an unset variable in a list', minimal().replace('rpc: [', 'ws: ["${NOWHERE}"], rpc: ['), ['chains.local.ws[0]']],
    ['a variable without its end', minimal('store: { path: "${HOME" }'), ['store.path']],
    ['a list where an object is due', minimal('http: []'), ['http']],
    ['nothing but a word', 'hello', ['']],
  ]
  for (const [title, text, paths] of cases) it(title, () => expect(problemsOf(text)).to.deep.equal(paths))

  it('a protocol without a plug, when it is told which there are', () => {
    const file = writeConfig(minimal().replace('aave-v3', 'aave-v2'))
    const attempt = () => loadConfig({ file, env: {}, known: { protocols: ['aave-v3'] } })
    expect(attempt).to.throw(/Did you mean "aave-v3"\?/)
    expect(() => loadConfig({ file, env: {} })).not.to.throw()
  })

  it('never repeats a URL, which may hold a key', () => {
    expect(refusal(minimal().replace('http://127.0.0.1:8545', 'htp://secret-key')).message).not.to.include('secret-key')
  })

  it('takes an address in lower case, or without quotes', () => {
    for (const address of [provider.toLowerCase(), provider])
      expect(load(minimal().replace(`"${provider}"`, address)).config.markets[0]?.addressesProvider).to.equal(
        provider.toLowerCase(),
      )
  })
})

import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { loadConfig } from '../../src/config/load.ts'
import { ConfigError } from '../../src/core/errors.ts'
import { load, minimal, problemsOf, provider, refusal, writeConfig } from './support.ts'

const env = {
  ETHEREUM_RPC_URL: 'https://eth.example.org/v2/0123456789abcdef',
  ETHEREUM_WS_URL: 'wss://eth.example.org/v2/0123456789abcdef',
  TELEGRAM_BOT_TOKEN: '12345:token-of-the-bot',
  PLIMSOLL_TOKEN: 'token-of-the-api',
}

/** As the documentation shows it. */
const documented = `
chains:
  ethereum: { rpc: ["\${ETHEREUM_RPC_URL}"], ws: ["\${ETHEREUM_WS_URL}"] }
  local:    { id: 31337, rpc: ["http://127.0.0.1:8545"], ws: ["ws://127.0.0.1:8545"], finality: 64, blockTimeS: 2 }
markets:
  - aave-v3-ethereum
  - { name: local-aave, protocol: aave-v3, chain: local, addressesProvider: "${provider}", fromBlock: 7, rules: auto, priceReads: { seconds: 2 } }
executor:
  mode: simulate
  signer: { keystore: ./keeper.json }
  markets: { local-aave: { contract: "${provider}", minProfitUsd: 5, maxGasGwei: 0.000000001, denyBorrowers: ["${provider}"], maxDebtUsd: "1000000.5" } }
alerts:
  thresholds: ["1.0", "1.1", 1.05]
  telegram: { token: "\${TELEGRAM_BOT_TOKEN}", chats: [{ chatId: -100123, userIds: [1], role: operator }] }
http: { host: 127.0.0.1, port: 0, token: "\${PLIMSOLL_TOKEN}" }
`

describe('loadConfig', () => {
  it('reads the documented file', () => {
    const { config } = load(documented, env)
    const [ethereum, local] = config.chains
    expect(ethereum).to.include({ name: 'ethereum', id: 1, finality: 'tag', blockTimeS: 12, l1Fee: 'none' })
    expect(local).to.include({ name: 'local', id: 31337, finality: 64, blockTimeS: 2 })
    expect(local?.uniswapV3).to.equal(undefined)
    expect([ethereum?.pools, local?.pools]).to.deep.equal(['off', 'off'])
    expect(config.markets.map(({ chain, fromBlock }) => [chain, fromBlock])).to.deep.equal([
      ['ethereum', 16291127n],
      ['local', 7n],
    ])
    expect(config.markets[1]?.priceReads).to.deep.equal({ seconds: 2 })
    expect(config.http).to.deep.equal({ host: '127.0.0.1', port: 0, token: 'token-of-the-api' })
    expect(config.alerts.telegram?.chats).to.deep.equal([
      {
        chatId: -100123,
        userIds: [1],
        role: 'operator',
        language: 'en',
        topics: {},
        events: {},
        quiet: undefined,
      },
    ])
  })

  it('takes pools by name, or by address, each once', () => {
    const of = (pools: string) =>
      load(documented.replace(/local: +{/, `local: { pools: ${pools},`), env).config.chains[1]?.pools
    expect(of('off')).to.equal('off')
    const lower = provider.toLowerCase()
    expect(of(`["${provider}", "${lower}"]`)).to.deep.equal([lower])
  })

  it('lets a chain find its pools whose factory is known, by its name or its id, or given', () => {
    const factory = `{ quoter: "${provider}", router: "${provider}", factory: "${provider}" }`
    for (const chain of ['id: 1', `id: 31337, uniswapV3: ${factory}`])
      expect(load(minimal().replace('id: 31337', `${chain}, pools: auto`)).config.chains[0]?.pools).to.equal('auto')
  })

  it('turns money, gas and health into integers, exactly', () => {
    const { executor, alerts } = load(documented, env).config
    const limits = executor.markets.get('local-aave')?.limits
    expect(limits).to.include({
      minProfitUsd8: 500000000n,
      maxGasWei: 1n,
      maxDebtUsd8: 100000050000000n,
      deadlineS: 60n,
    })
    expect(limits?.denyBorrowers.has('0x2f39d218133afab8f2b819b1066c7e434ad94e9e')).to.equal(true)
    expect(alerts.ladder.thresholdsWad).to.deep.equal([11n * 10n ** 17n, 105n * 10n ** 16n, 10n ** 18n])
    expect(alerts.ladder.hysteresisWad).to.equal(10n ** 16n)
    expect(alerts.ladder.minDebtUsd8).to.equal(100_00000000n)
  })

  it('has a default for all that may be left out, and limits for every market', () => {
    const { config } = load(minimal())
    expect(config.executor.mode).to.equal('dry-run')
    expect(config.executor.markets.get('m')).to.deep.include({ contract: undefined })
    expect(config.executor.markets.get('m')?.limits.minProfitUsd8).to.equal(0n)
    expect(config.http).to.deep.equal({ host: '127.0.0.1', port: 9464, token: undefined })
    expect(config.markets[0]).to.deep.include({ rules: 'auto', priceReads: 'every-block', fromBlock: 0n })
    expect(config.alerts.ladder.cooldownS).to.equal(900)
  })

  it('takes paths relative to the file', () => {
    const file = writeConfig(minimal('store: { path: data/p.db }'))
    const { store } = loadConfig({ file, env: {} }).config
    expect(store.path).to.equal(join(dirname(file), 'data/p.db'))
  })

  it('fills what the file leaves out from the environment; the file wins', () => {
    const set = {
      PLIMSOLL_HTTP_PORT: '1234',
      PLIMSOLL_LOG_LEVEL: 'debug',
      PLIMSOLL_STORE_PATH: '/x/y.db',
      TELEGRAM_BOT_TOKEN: 'unused',
    }
    const { http, log, store, alerts } = load(minimal('log: { level: warn }'), set).config
    expect([http.port, log.level, store.path, alerts.telegram]).to.deep.equal([1234, 'warn', '/x/y.db', undefined])
    expect(problemsOf(minimal(), { PLIMSOLL_HTTP_PORT: 'many' })).to.deep.equal(['http.port'])
  })

  it('completes a known market that is given as an object', () => {
    const text =
      'chains: { mainnet: { id: 1, rpc: ["http://x"] } }\nmarkets: [{ name: aave-v3-ethereum, priceReads: { seconds: 60 } }]'
    const { chains, markets } = load(text).config
    expect(markets[0]).to.deep.include({ chain: 'mainnet', protocol: 'aave-v3', priceReads: { seconds: 60 } })
    expect(chains[0]?.blockTimeS).to.equal(12)
  })

  it('says what to do when there is no file', () => {
    expect(() => loadConfig({ file: '/nowhere/plimsoll.yaml', env: {} }))
      .to.throw(ConfigError, /plimsoll\.example\.yaml/)
      .with.property('exitCode', 1)
  })

  it('names the line of a syntax error, of a doubled key, and an empty file', () => {
    expect(refusal('chains: [\n').message).to.match(/line \d/)
    expect(refusal('store: {}\nstore: {}\n').message).to.match(/line 2/)
    expect(refusal('').message).to.match(/empty/)
  })
})

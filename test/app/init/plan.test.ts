import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { readSettings } from '../../../src/app/cli/session.ts'
import { type Plan, renderConfig, renderEnv, variablesOf } from '../../../src/app/init/plan.ts'

const plan: Plan = {
  chains: [
    { name: 'ethereum', rpc: 'https://node.example/v2/CANARY-key?a=1#x', ws: 'wss://node.example/CANARY' },
    { name: 'arbitrum', rpc: 'http://127.0.0.1:8545', ws: undefined },
  ],
  markets: ['aave-v3-ethereum', 'aave-v3-arbitrum'],
  telegram: {
    token: '1:CANARY-token',
    apiRoot: undefined,
    chats: [{ chatId: -5, userIds: [7], role: 'owner', language: 'zh' }],
  },
}

describe('the files of init', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-init-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  function read(of: Plan, before = '') {
    const file = join(folder, 'plimsoll.yaml')
    writeFileSync(file, renderConfig(of))
    writeFileSync(join(folder, '.env'), renderEnv(before, variablesOf(of)))
    return readSettings(file)
  }

  it('are read by the program as they were meant', () => {
    const { config } = read(plan)
    expect(config.chains.map(({ name, rpc, ws }) => [name, rpc, ws])).to.deep.equal([
      ['ethereum', ['https://node.example/v2/CANARY-key?a=1#x'], ['wss://node.example/CANARY']],
      ['arbitrum', ['http://127.0.0.1:8545'], []],
    ])
    expect(config.markets.map(({ name }) => name)).to.deep.equal(plan.markets)
    expect(config.executor.mode).to.equal('dry-run')
    expect(config.alerts.telegram?.token).to.equal('1:CANARY-token')
    expect(config.alerts.telegram?.chats[0]).to.deep.include({
      chatId: -5,
      userIds: [7],
      role: 'owner',
      language: 'zh',
    })
    expect(read({ ...plan, telegram: undefined }).config.alerts.telegram).to.equal(undefined)
  })

  it('hold no secret but in .env', () => {
    expect(renderConfig(plan)).not.to.include('CANARY')
  })

  it('leave what else an .env holds as it was', () => {
    const before = '# mine\nKEEPER_PASSWORD=secret # not a comment\nexport ETHEREUM_RPC_URL=old\n\nOTHER="x"\n'
    expect(renderEnv(before, new Map([['ETHEREUM_RPC_URL', 'new']]))).to.equal(
      '# mine\nKEEPER_PASSWORD=secret # not a comment\nETHEREUM_RPC_URL=\'new\'\n\nOTHER="x"\n',
    )
    expect(renderEnv('', new Map())).to.equal('\n')
  })

  it('come back whatever a value is made of', () =>
    fc.assert(
      fc.property(
        fc.stringMatching(/^[!-~]{1,40}$/).filter((s) => !(s.includes("'") && /["\\]/.test(s))),
        (key) => {
          const { env } = read({ ...plan, telegram: { ...plan.telegram!, token: `1:${key}` } })
          expect(env['TELEGRAM_BOT_TOKEN']).to.equal(`1:${key}`)
        },
      ),
    ))
})

import { expect } from 'chai'
import { openStore } from '../../../src/adapters/store/sqlite.ts'
import { ChainState } from '../../../src/app/chain-state.ts'
import { Journal } from '../../../src/app/journal.ts'
import { lookAtBalances } from '../../../src/app/people/low-balance.ts'
import { RpcFault } from '../../../src/core/errors.ts'

const SIGNER = `0x${'5e'.repeat(20)}` as const
const ETHER = 10n ** 18n

function open() {
  const store = openStore(':memory:')
  const chain = new ChainState('ethereum', 1, 12)
  const other = new ChainState('optimism', 10, 2)
  let wei: bigint | Error = ETHER
  let low = ETHER / 20n
  chain.node = {
    request: async (method, params) => {
      expect([method, params]).to.deep.equal(['eth_getBalance', [SIGNER, 'latest']])
      if (wei instanceof Error) throw wei
      return `0x${wei.toString(16)}`
    },
  }
  const look = () => {
    // Each time as after a restart.
    const journal = new Journal(store, (error) => {
      throw error
    })
    const settings = () => ({ lowBalanceWei: low, symbolOf: () => 'ETH' })
    return lookAtBalances({ chains: [other, chain], address: SIGNER, settings, store, journal })
  }
  const told = () =>
    store
      .journal({ after: 0, limit: 10 })
      .map(({ chainId, kind, data }) => [chainId, kind, data['reason'], data['detail']])
  const set = (next: bigint | Error): void => {
    wei = next
  }
  const lower = (next: bigint): void => {
    low = next
  }
  return { look, told, set, lower }
}

describe('the balance of the signer', () => {
  it('is told once when it runs low, and once when it has enough again, over restarts', async () => {
    const { look, told, set } = open()
    await look()
    expect(told()).to.deep.equal([])
    set(ETHER / 20n - 1n)
    for (let i = 0; i < 3; i++) await look()
    set(ETHER / 20n)
    for (let i = 0; i < 3; i++) await look()
    expect(told()).to.deep.equal([
      [1, 'breaker', 'low-balance', `${SIGNER} has 0.049999 ETH on ethereum, less than 0.05`],
      [1, 'breaker', 'balance-is-back', `${SIGNER} has 0.05 ETH on ethereum, again at least 0.05`],
    ])
  })

  it('says nothing when the node does not answer', async () => {
    const { look, told, set } = open()
    set(new RpcFault('eth_getBalance', -32000, 'busy', undefined))
    await look()
    expect(told()).to.deep.equal([])
  })

  it('is held against the limit of the moment', async () => {
    const { look, told, lower } = open()
    lower(2n * ETHER)
    await look()
    lower(ETHER)
    await look()
    expect(told().map(([, , reason]) => reason)).to.deep.equal(['low-balance', 'balance-is-back'])
  })
})

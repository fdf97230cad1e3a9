import { expect } from 'chai'
import { zeroHash } from 'viem'
import { type Work, workOf } from '../../../src/app/rehearse/run.ts'
import { address, header } from '../../core/fake-protocol.ts'

const venue = { quoter: address(3), router: address(4), factory: address(5) }
const chain: Work['chain'] = {
  name: 'ethereum',
  id: 1,
  rpc: ['http://127.0.0.1:8545'],
  ws: [],
  finality: 64,
  blockTimeS: 12,
  requestsPerDay: undefined,
  integrity: 'bloom',
  logRange: 10_000,
  multicall: address(1),
  wrappedNative: address(2),
  nativeSymbol: 'ETH',
  explorer: undefined,
  l1Fee: 'none',
  ensResolver: undefined,
  pools: 'off',
  uniswapV3: venue,
}
const market: Work['market'] = {
  name: 'aave',
  protocol: 'aave-v3',
  chain: 'ethereum',
  addressesProvider: address(6),
  uiPoolDataProvider: undefined,
  fromBlock: 0n,
  rules: 'auto',
  priceReads: 'every-block',
}
const limits: Work['limits'] = {
  minProfitUsd8: 1n,
  maxDebtUsd8: undefined,
  maxGasWei: undefined,
  denyBorrowers: new Set([address(7), address(8)]),
  denyAssets: new Set(),
  deadlineS: 60n,
}
const work: Work = { chain, market, limits, block: header(9), version: '1.0.0' }

describe('what results of a rehearsal depend on', () => {
  const same: readonly (readonly [string, Work])[] = [
    ['another node', { ...work, chain: { ...chain, rpc: ['https://elsewhere.example/key'] } }],
    [
      'another order of the denied',
      { ...work, limits: { ...limits, denyBorrowers: new Set([address(8), address(7)]) } },
    ],
  ]
  for (const [what, other] of same)
    it(`not on ${what}`, () => {
      expect(workOf(other)).to.equal(workOf(work))
    })

  const others: readonly (readonly [string, Work])[] = [
    ['the block', { ...work, block: { ...header(9), hash: zeroHash } }],
    ['the version', { ...work, version: '1.0.1' }],
    ['the chain', { ...work, chain: { ...chain, id: 10 } }],
    ['the quoter', { ...work, chain: { ...chain, uniswapV3: { ...venue, quoter: address(99) } } }],
    ['the market', { ...work, market: { ...market, addressesProvider: address(99) } }],
    ['its rules', { ...work, market: { ...market, rules: 'aave-v3.6' } }],
    ['the least profit', { ...work, limits: { ...limits, minProfitUsd8: 2n } }],
    ['who is denied', { ...work, limits: { ...limits, denyBorrowers: new Set([address(7)]) } }],
  ]
  for (const [what, other] of others)
    it(`on ${what}`, () => {
      expect(workOf(other)).not.to.equal(workOf(work))
    })

  it('shows no address of a node', () => {
    expect(workOf(work)).not.to.contain('127.0.0.1')
  })
})

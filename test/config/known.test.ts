import { expect } from 'chai'
import { getAddress } from 'viem'
import { arbitrum, base, mainnet, optimism } from 'viem/chains'
import { CHAINS, MULTICALL3 } from '../../src/config/chains.ts'
import { MARKETS } from '../../src/config/markets.ts'

const witnesses = { ethereum: mainnet, optimism, arbitrum, base }

describe('known chains and markets', () => {
  for (const [name, witness] of Object.entries(witnesses))
    it(`${name} agrees with viem`, () => {
      const chain = CHAINS[name]
      expect(chain?.id).to.equal(witness.id)
      expect(chain?.nativeSymbol).to.equal(witness.nativeCurrency.symbol)
      expect(chain?.explorer).to.equal(witness.blockExplorers.default.url)
      expect(chain && chain.blockTimeS * 1000).to.equal(witness.blockTime)
      expect(witness.contracts.multicall3.address.toLowerCase()).to.equal(MULTICALL3.toLowerCase())
    })

  it('every address is checksummed', () => {
    const used = [
      MULTICALL3,
      ...Object.values(CHAINS).flatMap(({ wrappedNative, uniswapV3 }) => [wrappedNative, ...Object.values(uniswapV3)]),
      ...Object.values(MARKETS).map(({ addressesProvider }) => addressesProvider),
    ].filter((address) => address !== undefined)
    for (const address of used) expect(address).to.equal(getAddress(address))
  })

  it('every market lives on a known chain', () => {
    const ids = Object.values(CHAINS).map(({ id }) => id)
    for (const { chainId } of Object.values(MARKETS)) expect(ids).to.include(chainId)
  })
})

import { expect } from 'chai'
import { createWalletClient, defineChain, type Hash, http, maxUint256, numberToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { poolAbi } from '../../scripts/devnet/abis.ts'
import { encodeApprove, encodeMint } from '../../scripts/devnet/actions.ts'
import { type Devnet, startDevnet } from '../../scripts/devnet/index.ts'
import { accountData } from '../../scripts/devnet/seeding.ts'

const key = `0x${'5a'.repeat(32)}` as const

function local(name: string, { http, chain }: Devnet) {
  const nativeCurrency = { name: 'Ether', symbol: 'ETH', decimals: 18 }
  return defineChain({ id: chain.spec.chainId, name, nativeCurrency, rpcUrls: { default: { http: [http] } } })
}

for (const name of ['ethereum', 'optimism'] as const) {
  describe(`devnet ${name}, seen by somebody with a key of their own`, function () {
    this.timeout(60_000)
    let devnet: Devnet
    let hash: Hash
    const account = privateKeyToAccount(key)

    before(async () => {
      devnet = await startDevnet({ chain: name, accounts: 40, seed: 5 })
      await devnet.chain.rpc('hardhat_setBalance', account.address, numberToHex(10n ** 20n))
    })

    after(() => devnet?.close())

    it('liquidates somebody who went under', async () => {
      const { market, chain, control, accounts } = devnet
      const { WETH, USDC } = market.reserves
      const victim = accounts.find(
        ({ kind, supplies, borrows }) =>
          kind === 'edge' && supplies[0]?.symbol === 'WETH' && borrows[0]?.symbol === 'USDC',
      )
      if (victim === undefined) throw new Error('This seed has no account on the edge with WETH against USDC')
      await control.setPrice('WETH', (BigInt(market.risk.reserves.WETH.priceUsd8) * 94n) / 100n)
      expect((await accountData(market, victim.address)).healthFactor < 10n ** 18n).to.equal(true)

      await control.as(market.addresses.governance).execute(USDC.asset, encodeMint(account.address, 10n ** 13n))
      const wallet = createWalletClient({ account, transport: http(devnet.http), chain: local(name, devnet) })
      await wallet.sendTransaction({ to: USDC.asset, data: encodeApprove(market.addresses.pool, maxUint256) })
      hash = await wallet.writeContract({
        address: market.addresses.pool,
        abi: poolAbi,
        functionName: 'liquidationCall',
        args: [WETH.asset, USDC.asset, victim.address, maxUint256, false],
        gas: 1_500_000n,
      })
      await chain.mineBlock()
      const { status } = await chain.client.getTransactionReceipt({ hash })
      expect(status).to.equal('success')
    })

    it('has its transactions back after a reorg', async () => {
      const { number } = devnet.chain.head
      await devnet.history.reorg(2)
      const receipt = await devnet.chain.client.getTransactionReceipt({ hash })
      expect(receipt.status).to.equal('success')
      expect(receipt.blockNumber).to.equal(number)
    })

    it('loses them in a reorg that drops them', async () => {
      await devnet.history.reorg(3, false)
      const receipt = await devnet.chain.client.getTransactionReceipt({ hash }).catch((error: unknown) => error)
      expect(receipt).to.be.an('error').with.property('name', 'TransactionReceiptNotFoundError')
    })
  })
}

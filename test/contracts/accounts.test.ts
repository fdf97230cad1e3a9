import { expect } from 'chai'
import { type Address, type Hex, parseEther, parseGwei, zeroAddress } from 'viem'
import { Bench, type Contract, call, keeper, key, owner, refusal, stranger, treasury, user } from './support/bench.ts'
import { contract, twin } from './support/compile.ts'
import { fullProfit, liquidate, nothing, order, remains, type Stage, stage } from './support/stage.ts'

describe('Liquidator: odd accounts and ether by force', function () {
  this.timeout(30_000)
  let bench: Bench
  let s: Stage
  before(async () => {
    bench = await Bench.open()
  })
  beforeEach(async () => {
    s = await stage(bench)
  })

  describe('threat 16: delegated keys (EIP-7702)', () => {
    /** From here on the account with this index runs the code of `to`. */
    const delegate = async (index: number, to: Contract): Promise<Contract> => {
      const account = key(index)
      const nonce = Number(await count(account.address))
      const authorization = await account.signAuthorization({ address: to.address, chainId: 31337, nonce: nonce + 1 })
      const fees = { maxFeePerGas: parseGwei('20'), maxPriorityFeePerGas: 0n, gas: 200_000n, chainId: 31337 }
      const transaction = {
        type: 'eip7702',
        to: zeroAddress,
        nonce,
        authorizationList: [authorization],
        ...fees,
      } as const
      await bench.rpc.request({
        method: 'eth_sendRawTransaction',
        params: [await account.signTransaction(transaction)],
      })
      const code = await bench.rpc.request({ method: 'eth_getCode', params: [account.address, 'latest'] })
      expect(code).to.equal(`0xef0100${to.address.slice(2).toLowerCase()}`)
      return { address: account.address, abi: to.abi }
    }
    const count = (account: Address) =>
      bench.rpc
        .request({ method: 'eth_getTransactionCount', params: [account, 'latest'] })
        .then((n) => BigInt(n as Hex))

    it('a stranger gains nothing from having code', async () => {
      const delegated = await delegate(10, s.puppet)
      const calls = [call(s.liquidator, 'liquidate', order(s))]
      const outcome = await refusal(bench.send(user, delegated, 'run', [calls]))
      expect(outcome).to.equal(`NotKeeper(${delegated.address})`)
    })

    it('a keeper whose key delegated works as before, alone or in a batch', async () => {
      const delegated = await delegate(11, s.puppet)
      await bench.send(owner, s.liquidator, 'setKeeper', [delegated.address, true])
      expect(await refusal(liquidate(s, order(s), delegated.address))).to.equal('accepted')
      const batch = [call(s.liquidator, 'liquidate', order(s)), call(s.liquidator, 'liquidate', order(s))]
      expect(await refusal(bench.send(delegated.address, delegated, 'run', [batch]))).to.equal('accepted')
      expect(await bench.balance(s.debt, treasury)).to.equal(3n * fullProfit)
    })

    it('a borrower and a treasury whose keys delegated are liquidated and paid', async () => {
      const delegated = await delegate(12, s.puppet)
      const on = await stage(bench, { proceeds: delegated.address })
      await liquidate(on, order(on, { user: delegated.address }))
      expect(await bench.balance(on.debt, delegated.address)).to.equal(fullProfit)
    })

    const ledByTheNose = (on: Stage) => {
      const calls = [call(on.liquidator, 'liquidate', order(on))]
      return refusal(bench.send(keeper, on.puppet, 'run', [calls]))
    }

    it("somebody else's code called by the keeper is not the keeper", async () => {
      expect(await ledByTheNose(s)).to.equal(`NotKeeper(${s.puppet.address})`)
    })

    it('twin: with tx.origin it is', async () => {
      expect(await ledByTheNose(await stage(bench, { code: twin('keeperByOrigin') }))).to.equal('accepted')
    })

    it('a delegated key is no pool and no router, though it has code', async () => {
      const { address } = await delegate(13, s.puppet)
      for (const [pool, router] of [
        [address, s.router.address],
        [s.pool.address, address],
      ]) {
        const args = [pool, router, treasury, owner, keeper]
        expect(await refusal(bench.deploy(contract('Liquidator'), args))).to.equal(`NotContract(${address})`)
        expect(await refusal(bench.deploy(twin('delegatedPool'), args))).to.equal('accepted')
      }
    })
  })

  describe('threat 19: ether by force', () => {
    const force = (on: Stage) => bench.forceEther(on.liquidator.address, parseEther('1'))

    it('changes nothing about a liquidation', async () => {
      await force(s)
      await liquidate(s)
      expect(await bench.balance(s.debt, treasury)).to.equal(fullProfit)
      expect(await remains(s)).to.deep.equal(nothing)
      expect(await bench.ether(s.liquidator.address)).to.equal(parseEther('1'))
    })

    it('goes to the treasury, at the word of the owner only', async () => {
      await force(s)
      const before = await bench.ether(treasury)
      const everything = [parseEther('1')]
      expect(await refusal(bench.send(stranger, s.liquidator, 'rescueEther', everything))).to.equal(
        `NotOwner(${stranger})`,
      )
      await bench.send(owner, s.liquidator, 'rescueEther', everything)
      expect((await bench.ether(treasury)) - before).to.equal(parseEther('1'))
      expect(await bench.ether(s.liquidator.address)).to.equal(0n)
    })

    it('twin: paid to the caller, the treasury sees none of it', async () => {
      const t = await stage(bench, { code: twin('etherToCaller') })
      await force(t)
      const before = await bench.ether(treasury)
      await bench.send(owner, t.liquidator, 'rescueEther', [parseEther('1')])
      expect(await bench.ether(treasury)).to.equal(before)
    })

    it('a treasury that refuses it, or more than there is, fails aloud', async () => {
      const on = await stage(bench, { proceeds: s.puppet.address })
      await force(on)
      const rescue = (amount: bigint) => refusal(bench.send(owner, on.liquidator, 'rescueEther', [amount]))
      expect(await rescue(parseEther('1'))).to.equal('EtherTransferFailed()')
      expect(await rescue(parseEther('2'))).to.equal('EtherTransferFailed()')
    })
  })
})

import { expect } from 'chai'
import type { Abi, AbiFunction, Address } from 'viem'
import { zeroAddress } from 'viem'
import { Bench, deployer, keeper, owner, refusal, stranger, treasury, user } from './support/bench.ts'
import { contract, twin } from './support/compile.ts'
import { liquidate, order, type Stage, stage } from './support/stage.ts'

const someone: Address = '0x00000000000000000000000000000000000000AA'
const inert = {
  collateralAsset: someone,
  debtAsset: someone,
  user,
  debtToCover: 1n,
  firstCover: 0n,
  path: '0x',
  minProfit: 0n,
  deadline: 0n,
}

/** Every function that changes state, with arguments that get past decoding. A new one fails the first test. */
const doors: Record<string, { args: unknown[]; refusal: string }> = {
  acceptOwnership: { args: [], refusal: `NotPendingOwner(${stranger})` },
  executeOperation: { args: [someone, 1n, 0n, someone, '0x'], refusal: `NotPool(${stranger})` },
  liquidate: { args: [inert], refusal: `NotKeeper(${stranger})` },
  rescueEther: { args: [0n], refusal: `NotOwner(${stranger})` },
  rescueToken: { args: [someone, 0n], refusal: `NotOwner(${stranger})` },
  setKeeper: { args: [someone, true], refusal: `NotOwner(${stranger})` },
  transferOwnership: { args: [someone], refusal: `NotOwner(${stranger})` },
}

function writers(abi: Abi): AbiFunction[] {
  const functions = abi.filter((item): item is AbiFunction => item.type === 'function')
  return functions.filter(({ stateMutability }) => stateMutability !== 'view' && stateMutability !== 'pure')
}

describe('Liquidator: who may do what', function () {
  this.timeout(30_000)
  let bench: Bench
  let s: Stage
  before(async () => {
    bench = await Bench.open()
  })
  beforeEach(async () => {
    s = await stage(bench)
  })

  describe('threat 1: a stranger calls any selector', () => {
    it('finds seven doors and no way to send ether', () => {
      const { abi } = contract('Liquidator')
      expect(writers(abi).map(({ name }) => name)).to.have.members(Object.keys(doors))
      expect(abi.filter((item) => item.type === 'receive' || item.type === 'fallback')).to.deep.equal([])
      expect(abi.filter((item) => 'stateMutability' in item && item.stateMutability === 'payable')).to.deep.equal([])
    })

    for (const [name, door] of Object.entries(doors)) {
      it(`is turned away from ${name}`, async () => {
        expect(await refusal(bench.send(stranger, s.liquidator, name, door.args))).to.equal(door.refusal)
      })
    }

    it('and from a selector that does not exist, and when bringing ether', async () => {
      expect(await refusal(bench.transact(stranger, s.liquidator.address, '0x12345678'))).to.equal('0x')
      expect(await refusal(bench.transact(stranger, s.liquidator.address, '0x', { value: 1n }))).to.equal('0x')
    })

    it('twins: without its check, each door opens', async () => {
      const anyKeeper = await stage(bench, { code: twin('anyKeeper') })
      expect(await refusal(liquidate(anyKeeper, order(anyKeeper), stranger))).to.equal('accepted')
      const anyOwner = await stage(bench, { code: twin('anyOwner') })
      for (const [name, args] of Object.entries({
        rescueEther: [0n],
        rescueToken: [anyOwner.debt.address, 0n],
        setKeeper: [stranger, true],
        transferOwnership: [stranger],
      })) {
        expect(await refusal(bench.send(stranger, anyOwner.liquidator, name, args))).to.equal('accepted')
      }
      const anyHeir = await stage(bench, { code: twin('anyHeir') })
      await bench.send(stranger, anyHeir.liquidator, 'acceptOwnership')
      expect(await bench.read(anyHeir.liquidator, 'owner')).to.equal(stranger)
    })
  })

  describe('threat 15: the hot key is stolen', () => {
    const thief = keeper

    it('opens nothing but liquidate', async () => {
      for (const name of ['rescueEther', 'rescueToken', 'setKeeper', 'transferOwnership']) {
        const attempt = bench.send(thief, s.liquidator, name, doors[name]?.args)
        expect(await refusal(attempt)).to.equal(`NotOwner(${thief})`)
      }
    })

    it('and that pays the treasury, whoever calls, and never touches what was there', async () => {
      await bench.send(user, s.debt, 'mint', [s.liquidator.address, 5_000n])
      await bench.send(user, s.collateral, 'mint', [s.liquidator.address, 7_000n])
      await liquidate(s, order(s, { minProfit: 0n }), thief)
      expect(await bench.balance(s.debt, thief)).to.equal(0n)
      expect(await bench.balance(s.collateral, thief)).to.equal(0n)
      expect(await bench.balance(s.debt, s.liquidator.address)).to.equal(5_000n)
      expect(await bench.balance(s.collateral, s.liquidator.address)).to.equal(7_000n)
    })

    it('twin: paying the caller pays the thief', async () => {
      const t = await stage(bench, { code: twin('profitToCaller') })
      await liquidate(t, order(t), thief)
      expect(await bench.balance(t.debt, thief)).to.equal(99_500n)
    })
  })

  describe('the owner', () => {
    it('appoints and dismisses keepers', async () => {
      await bench.send(owner, s.liquidator, 'setKeeper', [stranger, true])
      expect(await refusal(liquidate(s, order(s), stranger))).to.equal('accepted')
      await bench.send(owner, s.liquidator, 'setKeeper', [stranger, false])
      expect(await refusal(liquidate(s, order(s), stranger))).to.equal(`NotKeeper(${stranger})`)
      expect(await refusal(bench.send(owner, s.liquidator, 'setKeeper', [zeroAddress, true]))).to.equal('ZeroAddress()')
    })

    it('is no keeper by itself', async () => {
      expect(await refusal(liquidate(s, order(s), owner))).to.equal(`NotKeeper(${owner})`)
    })

    it('hands over in two steps, and may change its mind between them', async () => {
      await bench.send(owner, s.liquidator, 'transferOwnership', [user])
      expect(await bench.read(s.liquidator, 'owner')).to.equal(owner)
      await bench.send(owner, s.liquidator, 'transferOwnership', [zeroAddress])
      expect(await refusal(bench.send(user, s.liquidator, 'acceptOwnership'))).to.equal(`NotPendingOwner(${user})`)
      await bench.send(owner, s.liquidator, 'transferOwnership', [user])
      await bench.send(user, s.liquidator, 'acceptOwnership')
      expect(await bench.read(s.liquidator, 'owner')).to.equal(user)
      expect(await bench.read(s.liquidator, 'pendingOwner')).to.equal(zeroAddress)
      expect(await refusal(bench.send(owner, s.liquidator, 'transferOwnership', [owner]))).to.equal(
        `NotOwner(${owner})`,
      )
    })

    it('rescues tokens to the treasury and nowhere else', async () => {
      await bench.send(user, s.debt, 'mint', [s.liquidator.address, 5_000n])
      await bench.send(owner, s.liquidator, 'rescueToken', [s.debt.address, 5_000n])
      expect(await bench.balance(s.debt, treasury)).to.equal(5_000n)
      expect(await bench.balance(s.debt, owner)).to.equal(0n)
    })
  })

  describe('construction', () => {
    const build = (pool: Address, router: Address, to: Address, heir: Address, key: Address) =>
      refusal(bench.deploy(contract('Liquidator'), [pool, router, to, heir, key]))

    it('refuses zero addresses, and a pool or a router without code', async () => {
      const { pool, router } = s
      expect(await build(zeroAddress, router.address, treasury, owner, keeper)).to.equal('ZeroAddress()')
      expect(await build(pool.address, zeroAddress, treasury, owner, keeper)).to.equal('ZeroAddress()')
      expect(await build(pool.address, router.address, zeroAddress, owner, keeper)).to.equal('ZeroAddress()')
      expect(await build(pool.address, router.address, treasury, zeroAddress, keeper)).to.equal('ZeroAddress()')
      expect(await build(pool.address, router.address, treasury, owner, zeroAddress)).to.equal('ZeroAddress()')
      expect(await build(deployer, router.address, treasury, owner, keeper)).to.equal(`NotContract(${deployer})`)
      expect(await build(pool.address, deployer, treasury, owner, keeper)).to.equal(`NotContract(${deployer})`)
    })

    it('twin: without the check it is deployed against an empty address', async () => {
      const args = [deployer, s.router.address, treasury, owner, keeper]
      expect(await refusal(bench.deploy(twin('emptyPool'), args))).to.equal('accepted')
    })
  })
})

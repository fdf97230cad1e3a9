import { expect } from 'chai'
import { parseEther } from 'viem'
import { Bench, call, deployer, keeper, owner, refusal, treasury, user } from './support/bench.ts'
import { contract, twin } from './support/compile.ts'
import {
  arm,
  fate,
  fullProfit,
  hookPool,
  hookRouter,
  letPuppetKeep,
  liquidate,
  nothing,
  order,
  remains,
  type Stage,
  setPool,
  stage,
} from './support/stage.ts'

describe('Liquidator, threat 13: re-entrancy', function () {
  this.timeout(30_000)
  let bench: Bench
  before(async () => {
    bench = await Bench.open()
  })

  /** The puppet holds a keeper's key, the strongest position from which to come back in. */
  const again = async (on: Stage, place: (on: Stage) => Promise<unknown>) => {
    await letPuppetKeep(on)
    await place(on)
    await arm(on, call(on.liquidator, 'liquidate', order(on, { user: keeper })))
    return [await refusal(liquidate(on)), await fate(on)]
  }
  const places = {
    'from the pool, before the callback': hookPool,
    'from the router, while the collateral is being sold': hookRouter,
    'from the debt token, as the loan arrives': (on: Stage) =>
      bench.send(user, on.debt, 'setHook', [on.puppet.address]),
    'from the collateral, as it is seized': (on: Stage) =>
      bench.send(user, on.collateral, 'setHook', [on.puppet.address]),
  }

  for (const [name, place] of Object.entries(places)) {
    it(`a second liquidation ${name}`, async () => {
      const s = await stage(bench)
      expect(await again(s, place)).to.deep.equal(['accepted', 'Reentered()'])
      expect(await bench.balance(s.debt, treasury)).to.equal(fullProfit)
      expect(await remains(s)).to.deep.equal(nothing)
    })
  }

  it('twin: without the lock it runs inside the first', async () => {
    const t = await stage(bench, { code: twin('unlocked') })
    expect(await again(t, hookRouter)).to.deep.equal(['accepted', 'succeeded'])
  })

  it('twin: or it takes the place of the first, which fails', async () => {
    const t = await stage(bench, { code: twin('unlocked') })
    expect(await again(t, hookPool)).to.deep.equal(['UnexpectedLoan()', 'idle'])
  })

  /** The owner's powers in the wrong moment: what lies in the contract is borrowed. */
  const rescue = async (on: Stage) => {
    await bench.send(owner, on.liquidator, 'transferOwnership', [on.puppet.address])
    await bench.send(user, on.puppet, 'run', [[call(on.liquidator, 'acceptOwnership')]])
    await setPool(on, 110n, 400_000n, on.puppet.address)
    await arm(on, call(on.liquidator, 'rescueToken', on.debt.address, 1n))
    return [await refusal(liquidate(on)), await fate(on)]
  }

  it('a rescue while the loan is here', async () => {
    expect(await rescue(await stage(bench))).to.deep.equal(['accepted', 'Reentered()'])
  })

  it('twin: without the lock it takes from the loan', async () => {
    const t = await stage(bench, { code: twin('unlocked') })
    expect(await rescue(t)).to.deep.equal(['accepted', 'succeeded'])
  })

  /** The treasury owns the contract, and asks for more as ether reaches it. */
  const throughEther = async (code = contract('Liquidator')) => {
    const greedy = await bench.deploy(contract('EtherPuppet'))
    const on = { ...(await stage(bench, { code, proceeds: greedy.address })), puppet: greedy }
    await bench.send(owner, on.liquidator, 'transferOwnership', [greedy.address])
    await bench.send(user, greedy, 'run', [[call(on.liquidator, 'acceptOwnership')]])
    await bench.forceEther(on.liquidator.address, parseEther('2'))
    const rescueHalf = call(on.liquidator, 'rescueEther', parseEther('1'))
    await arm(on, rescueHalf)
    await bench.send(deployer, greedy, 'run', [[rescueHalf]])
    return [await fate(on), await bench.ether(greedy.address)]
  }

  it('through ether', async () => {
    expect(await throughEther()).to.deep.equal(['Reentered()', parseEther('1')])
  })

  it('twin: without the lock it is paid twice', async () => {
    expect(await throughEther(twin('unlocked'))).to.deep.equal(['succeeded', parseEther('2')])
  })
})

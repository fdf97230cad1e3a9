import { expect } from 'chai'
import { type Address, getAddress } from 'viem'
import { encodeApprove, encodeTransfer } from '../../../scripts/devnet/actions.ts'
import type { Advice, RescueOption } from '../../../src/core/answers.ts'
import { RpcFault, UnreachableError } from '../../../src/core/errors.ts'
import { WAD } from '../../../src/core/math.ts'
import type { Batch } from '../../../src/core/ports.ts'
import {
  type AdvisorStage,
  balanceOf,
  give,
  healthOf,
  hex,
  MARKET,
  openAdvisorStage,
  take,
  tentatively,
} from './advisor-stage.ts'

describe('advice to owners, on a devnet with a real exchange', function () {
  this.timeout(120_000)
  let stage: AdvisorStage
  before(async () => {
    stage = await openAdvisorStage({ accounts: 80, seed: 7 })
  })
  after(() => stage?.close())

  const head = () => stage.book.head?.timestamp ?? 0n
  /** Addresses with debt, and their health. */
  const owners = (): { address: Address; health: bigint }[] =>
    [...Array(stage.book.ledger.size).keys()].flatMap((account) => {
      const view = stage.book.account(account, head())
      return view && view.totalDebtBase > 10n ** 8n ? [{ address: view.address, health: view.healthFactor }] : []
    })
  const advise = async (address: Address, targetWad: bigint): Promise<Advice> => {
    const advice = await stage.advisor({ targetWad }).advise(MARKET, address)
    if (advice === undefined) throw new Error(`no advice for ${address}`)
    return advice
  }
  const steps = ({ calls }: RescueOption) => calls.map(({ what }) => what).join(' ')
  const isSwap = ({ repays, asset }: RescueOption) => repays !== null && repays.asset !== asset

  it('sells on the exchange: the promised health to the wei, the rest of the proceeds in the wallet', async () => {
    let sold = 0
    for (const { address, health } of owners()) {
      const advice = await advise(address, health + WAD / 50n)
      for (const option of advice.options.filter((one) => isSwap(one) && one.obstacle === null)) {
        const { repays } = option
        expect(steps(option)).to.equal('withdraw approve swap approve repay')
        const debtAsset = hex(repays?.asset ?? '0x')
        await tentatively(stage.devnet, async () => {
          const before = await balanceOf(stage.devnet, debtAsset, address)
          await take(stage.devnet, advice, option)
          expect((await healthOf(stage.devnet, address)).toString(), address).to.equal(option.healthFactor)
          const left = (await balanceOf(stage.devnet, debtAsset, address)) - before
          // Half a per cent more is sold than the quote says is needed.
          expect(Number(left) / Number(repays?.amount)).to.be.within(0, 0.02)
        })
        sold++
      }
    }
    expect(sold).to.be.above(30)
  })

  it('tells the expected loss of a sale: what is sold less what it brings, at oracle prices', async () => {
    for (const { address, health } of owners().slice(0, 12)) {
      const advice = await advise(address, health + WAD / 50n)
      for (const option of advice.options.filter((one) => isSwap(one) && one.obstacle === null)) {
        // Fees are 0.01 % to 0.6 %; the pools stand at the oracle's prices, give or take those.
        const share = Number(option.costBase) / Number(option.valueBase)
        expect(share, `${option.symbol} for ${option.repays?.symbol}`).to.be.within(0, 0.03)
      }
    }
  })

  /** A repayment that its owner can nearly afford. */
  const debtor = async () => {
    const [one] = owners().toSorted((a, b) => (a.health < b.health ? -1 : 1))
    if (one === undefined) throw new Error('nobody has debt')
    const targetWad = one.health + WAD / 10n
    const { options } = await advise(one.address, targetWad)
    const repay = options.find(({ kind }) => kind === 'repay')
    if (repay === undefined) throw new Error('nothing to repay')
    return { address: one.address, targetWad, asset: hex(repay.asset), amount: BigInt(repay.amount) }
  }
  const repayOf = async ({ address, targetWad, asset }: Awaited<ReturnType<typeof debtor>>) => {
    await stage.catchUp()
    const advice = await advise(address, targetWad)
    const option = advice.options.find((one) => one.kind === 'repay' && one.asset === getAddress(asset))
    if (option === undefined) throw new Error('the repayment is gone')
    return { advice, option }
  }

  it('sees what the wallet holds and what is allowed already, and is right about both', async () => {
    const one = await debtor()
    const { chain, market } = stage.devnet
    const allow = (amount: bigint) =>
      chain.send({ from: one.address, to: one.asset, data: encodeApprove(market.addresses.pool, amount) })
    const held = await balanceOf(stage.devnet, one.asset, one.address)
    if (held > 0n)
      await chain.send({ from: one.address, to: one.asset, data: encodeTransfer(market.addresses.governance, held) })
    await allow(0n)
    await chain.settle()
    const poor = await repayOf(one)
    expect(poor.option).to.include({ obstacle: 'wallet-short', inWallet: '0' })
    expect(poor.option.calls).to.deep.equal([])

    await give(stage.devnet, one.asset, one.address, 2n * one.amount)
    await chain.settle()
    expect(steps((await repayOf(one)).option)).to.equal('approve repay')

    await allow(1n)
    await chain.settle()
    expect(steps((await repayOf(one)).option), 'USDT wants an allowance taken back first').to.equal(
      'approve approve repay',
    )

    await allow(3n * one.amount)
    await chain.settle()
    const { advice, option } = await repayOf(one)
    expect(steps(option)).to.equal('repay')
    expect(option.inWallet).to.equal((2n * one.amount).toString())
    expect(advice.options[0]).to.equal(option)
    await take(stage.devnet, advice, option)
    expect((await healthOf(stage.devnet, one.address)).toString()).to.equal(option.healthFactor)
    await stage.catchUp()
  })

  it('speaks of the block, the next block’s time, the explorer, and of a mirror that is not trusted', async () => {
    const one = await debtor()
    const advice = await advise(one.address, one.targetWad)
    expect(advice.block.hash).to.equal(stage.book.head?.hash)
    expect(advice.timestamp).to.equal(Number(head()) + 12)
    expect(advice.explorerUrl).to.equal(`https://explorer.example/address/${getAddress(one.address)}`)
    expect(advice).to.not.have.property('quarantined')
    stage.state.quarantined.set(MARKET, 'for a test')
    expect(await advise(one.address, one.targetWad)).to.include({ quarantined: true })
    stage.state.quarantined.delete(MARKET)
  })

  it('has nothing for strangers and unknown markets, and no ways out for the healthy', async () => {
    const advisor = stage.advisor({ targetWad: WAD })
    const stranger = '0x00000000000000000000000000000000000a11ce'
    expect(await advisor.advise(MARKET, stranger)).to.equal(undefined)
    expect(await advisor.advise('nowhere', stranger)).to.equal(undefined)
    const { address } = await debtor()
    expect((await advisor.advise(MARKET, address))?.options).to.deep.equal([])
  })

  describe('when the node', () => {
    const failing = async (batch: Batch, deadlineMs?: number): Promise<unknown> => {
      const { address, targetWad } = await debtor()
      const options = { targetWad, batch, ...(deadlineMs !== undefined && { deadlineMs }) }
      return stage
        .advisor(options)
        .advise(MARKET, address)
        .catch((error: unknown) => error)
    }
    const codeOf = (error: unknown): string | undefined => (error instanceof UnreachableError ? error.code : undefined)

    it('refuses, or does not answer in time, that is an error of its own for whoever asked', async () => {
      const refuses: Batch = {
        read: () => Promise.reject(new RpcFault('eth_call', -32000, 'header not found', undefined)),
      }
      expect(codeOf(await failing(refuses))).to.equal('ADVICE_REFUSED')
      expect(codeOf(await failing({ read: () => new Promise(() => {}) }, 1))).to.equal('ADVICE_LATE')
    })

    it('is not there yet, neither is the advice', async () => {
      const { address, targetWad } = await debtor()
      const advisor = stage.advisor({ targetWad })
      stage.state.batch = undefined
      const error = await advisor.advise(MARKET, address).catch((one: unknown) => one)
      expect(codeOf(error)).to.equal('NOT_READY')
    })

    it('answers while the next block arrives, everything is asked again of that block', async () => {
      const { address, targetWad } = await debtor()
      const asked: string[] = []
      const batch: Batch = {
        async read(calls, at, options) {
          const hash = typeof at === 'string' ? at : at.blockHash
          if (!asked.includes(hash)) asked.push(hash)
          const reads = await stage.batch.read(calls, at, options)
          if (asked.length === 1) {
            await stage.devnet.control.mine()
            await stage.catchUp()
          }
          return reads
        },
      }
      const advice = await stage.advisor({ targetWad, batch }).advise(MARKET, address)
      expect(asked.length).to.equal(2)
      expect(advice?.block.hash).to.equal(asked[1])
      expect(advice?.timestamp).to.equal(Number(head()) + 12)
    })
  })
})

import { expect } from 'chai'
import {
  decodeFunctionData,
  getAddress,
  type Hex,
  keccak256,
  parseTransaction,
  recoverTransactionAddress,
  toHex,
} from 'viem'
import { liquidatorAbi } from '../../src/adapters/contracts/liquidator.ts'
import { RpcFault, UnreachableError } from '../../src/core/errors.ts'
import type { JournalEntry } from '../../src/core/journal.ts'
import type { Intent, Node, Outcome } from '../../src/core/ports.ts'
import {
  ACCOUNT,
  BORROWER,
  belowMinimum,
  CHAIN,
  CONTRACT,
  candidate,
  type Desk,
  facts,
  GWEI,
  goodNode,
  MARKET,
  marketplace,
  openDesk,
  planOf,
  reverted,
  TIME,
  word,
} from './executor-support.ts'

const execute = (desk: Desk, node: Node, over: Parameters<Desk['start']>[1] = {}, plan = planOf()) =>
  desk.start(node, over).execute(MARKET, candidate, plan, facts(), desk.record)

const reasonOf = (outcome: Outcome | undefined): string =>
  outcome?.kind === 'refusal' ? `${outcome.reason}: ${outcome.detail}` : `not refused: ${outcome?.kind}`

const signed = (desk: Desk): readonly Intent[] => desk.store.intents(CHAIN, 'signed')

describe('live executor, sending', () => {
  let desk: Desk

  beforeEach(() => {
    desk = openDesk()
  })

  afterEach(() => desk.store.close())

  it('signs nothing once it may not, however far it got', async () => {
    await execute(desk, goodNode(), { maySign: () => false })
    expect(reasonOf(desk.outcomes[0])).to.match(/^control-paused/)
    expect(signed(desk)).to.have.length(0)
  })

  const asked = ['eth_call', 'eth_estimateGas', 'eth_getBalance', 'eth_getTransactionCount']
  for (const method of asked)
    it(`signs nothing when it is paused while ${method} is under way`, async () => {
      const answering = Promise.withResolvers<void>()
      const goOn = Promise.withResolvers<void>()
      const node = goodNode()
      const slow: Node = {
        async request(name, params) {
          if (name === method) {
            answering.resolve()
            await goOn.promise
          }
          return node.request(name, params)
        },
      }
      let paused = false
      const work = execute(desk, slow, { maySign: () => !paused })
      await answering.promise
      paused = true
      goOn.resolve()
      await work
      expect(desk.outcomes.map(reasonOf)).to.deep.equal(['control-paused: while the node was being asked'])
      expect([node.broadcast, signed(desk)]).to.deep.equal([[], []])
    })

  it('writes nothing down and sends nothing when it is paused while the key is at work', async () => {
    let paused = false
    const account = {
      ...ACCOUNT,
      signTransaction: async (...work: Parameters<typeof ACCOUNT.signTransaction>) => {
        paused = true
        return ACCOUNT.signTransaction(...work)
      },
    } as typeof ACCOUNT
    const node = goodNode()
    await execute(desk, node, { account, maySign: () => !paused })
    expect(desk.outcomes.map(reasonOf)).to.deep.equal(['control-paused: while it was being signed'])
    expect([node.broadcast, signed(desk)]).to.deep.equal([[], []])
  })

  it('has nonce, hash, bytes and the "sent" entry in the store before the bytes leave', async () => {
    const seen: { intents: readonly Intent[]; journal: readonly JournalEntry[]; raw: unknown }[] = []
    const look = ([raw]: readonly unknown[]): Hex => {
      seen.push({ intents: signed(desk), journal: desk.store.journal({ after: 0, limit: 10 }), raw })
      return word(1)
    }
    await execute(desk, goodNode().on('eth_sendRawTransaction', look))
    expect(seen).to.have.length(1)
    const [{ intents, journal, raw }] = seen as [(typeof seen)[0]]
    expect(intents).to.have.length(1)
    expect(intents[0]).to.include({
      nonce: 7,
      raw,
      hash: keccak256(raw as Hex),
      status: 'signed',
      from: ACCOUNT.address,
    })
    expect(intents[0]).to.include({ market: MARKET, borrower: BORROWER, deadline: TIME + 60n, block: 100n })
    expect(journal.map(({ kind, data }) => [kind, data.hash, data.nonce])).to.deep.equal([
      ['sent', intents[0]?.hash, 7],
    ])
  })

  it('signs exactly the plan', async () => {
    const node = goodNode()
    const plan = planOf()
    await execute(desk, node, {}, plan)
    const [raw] = node.broadcast as [`0x02${string}`]
    const transaction = parseTransaction(raw)
    const { seizure } = plan.quote
    expect(await recoverTransactionAddress({ serializedTransaction: raw })).to.equal(ACCOUNT.address)
    expect(transaction).to.include({ chainId: CHAIN, nonce: 7, to: CONTRACT, gas: 600_000n, type: 'eip1559' })
    expect(transaction).to.include({ maxFeePerGas: 2n * GWEI + GWEI / 10n, maxPriorityFeePerGas: GWEI / 10n })
    expect(transaction.value ?? 0n).to.equal(0n)
    const { functionName, args } = decodeFunctionData({ abi: liquidatorAbi, data: transaction.data ?? '0x' })
    expect(functionName).to.equal('liquidate')
    expect(args?.[0]).to.deep.equal({
      collateralAsset: getAddress(seizure.collateralAsset),
      debtAsset: getAddress(seizure.debtAsset),
      user: getAddress(BORROWER),
      debtToCover: seizure.debtToCover,
      firstCover: 0n,
      path: plan.quote.path,
      minProfit: plan.minProfit,
      deadline: plan.deadline,
    })
  })

  it('journals the profit that the node simulated, not the one hoped for', async () => {
    await execute(desk, goodNode(49_000_000n))
    expect(desk.outcomes).to.have.length(1)
    expect(desk.outcomes[0]).to.include({ kind: 'sent', predictedProfit: 49_000_000n, nonce: 7 })
  })

  for (const [what, fault] of [
    ['a lost reply', new UnreachableError({ code: 'X', what: 'node', why: 'timed out', fix: 'wait' })],
    ['"already known"', new RpcFault('eth_sendRawTransaction', -32000, 'already known', undefined)],
    ['"nonce too low"', new RpcFault('eth_sendRawTransaction', -32000, 'nonce too low', undefined)],
    ['"underpriced"', new RpcFault('eth_sendRawTransaction', -32000, 'replacement transaction underpriced', undefined)],
    ['HTML', new SyntaxError('Unexpected token < in JSON')],
  ] as const)
    it(`${what} as answer to a send is told, and never makes a second signature`, async () => {
      const node = goodNode().on('eth_sendRawTransaction', fault)
      const executor = desk.start(node)
      await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
      expect(desk.problems).to.have.length(1)
      expect(desk.problems[0]).to.include(fault.message)
      expect(executor.inFlight(MARKET, BORROWER, TIME)).to.equal(true)
      await executor.settle(facts(1), desk.record)
      await executor.settle(facts(2), desk.record)
      expect(new Set(node.broadcast).size).to.equal(1)
      expect(signed(desk)).to.have.length(1)
      expect(desk.outcomes.map(({ kind }) => kind)).to.deep.equal(['sent'])
    })

  it('is in flight for that borrower of that market until the deadline', async () => {
    const executor = desk.start(goodNode())
    await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
    const asked = [
      executor.inFlight(MARKET, BORROWER, TIME + 60n),
      executor.inFlight(MARKET, BORROWER, TIME + 61n),
      executor.inFlight('elsewhere', BORROWER, TIME),
      executor.inFlight(MARKET, CONTRACT, TIME),
    ]
    expect(asked).to.deep.equal([true, false, false, false])
  })

  it('sends nothing that it could not write down', async () => {
    const node = goodNode()
    const full = new Error('disk full')
    const record = (): never => {
      throw full
    }
    const attempt = desk.start(node).execute(MARKET, candidate, planOf(), facts(), record)
    expect(await attempt.catch((error: unknown) => error)).to.equal(full)
    expect(node.broadcast).to.deep.equal([])
  })

  it('fills gaps of nonces, the lowest first', async () => {
    const node = goodNode()
    const executor = desk.start(node)
    await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
    await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
    await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
    const [first, middle] = signed(desk) as [Intent, Intent]
    desk.store.saveIntent({ ...middle, status: 'lost', settledBlock: 101n })
    desk.store.saveIntent({ ...first, status: 'confirmed', settledBlock: 101n })
    node.on('eth_getTransactionCount', '0x8')
    for (let i = 0; i < 2; i++) await executor.execute(MARKET, candidate, planOf({ gas: 1n }), facts(1), desk.record)
    const nonces = desk.outcomes.map((outcome) => outcome.kind === 'sent' && outcome.nonce)
    expect(nonces).to.deep.equal([7, 8, 9, 8, 10])
  })

  it('asks for the nonces of mined transactions only', async () => {
    const node = goodNode()
    await execute(desk, node)
    const asked = node.asked.filter(({ method }) => method === 'eth_getTransactionCount')
    expect(asked.map(({ params }) => params)).to.deep.equal([[ACCOUNT.address, 'latest']])
  })

  it('bids no more than maxGasGwei', async () => {
    const node = goodNode()
    await execute(desk, node, { limits: () => ({ minProfitUsd8: 0n, maxGasWei: (3n * GWEI) / 2n }) })
    expect(parseTransaction(node.broadcast[0] as `0x02${string}`).maxFeePerGas).to.equal((3n * GWEI) / 2n)
  })

  it('never tips more than it bids', async () => {
    const node = goodNode()
    const limits = () => ({ minProfitUsd8: 0n, maxGasWei: GWEI / 20n })
    await execute(desk, node, { limits })
    const { maxFeePerGas, maxPriorityFeePerGas } = parseTransaction(node.broadcast[0] as `0x02${string}`)
    expect([maxFeePerGas, maxPriorityFeePerGas]).to.deep.equal([GWEI / 20n, GWEI / 20n])
  })

  it('holds the gas of EIP-7825: the cap is fine, one more is not', async () => {
    const most = (16_777_216n * 10_000n) / 12_000n
    await execute(desk, goodNode().on('eth_estimateGas', toHex(most)))
    await execute(desk, goodNode().on('eth_estimateGas', toHex(most + 2n)))
    expect(desk.outcomes[0]?.kind).to.equal('sent')
    expect(reasonOf(desk.outcomes[1])).to.match(/^simulation-reverted: needs 167772\d\d gas.* 16777216$/)
  })

  it('refuses what the signer cannot pay, to the wei, L1 fee included', async () => {
    const needed = 600_000n * (2n * GWEI + GWEI / 10n)
    const plan = planOf({ l1FeeWei: 5n })
    await execute(desk, goodNode().on('eth_getBalance', toHex(needed + 5n)), {}, plan)
    await execute(desk, goodNode().on('eth_getBalance', toHex(needed + 4n)), {}, plan)
    expect(desk.outcomes[0]?.kind).to.equal('sent')
    expect(reasonOf(desk.outcomes[1])).to.equal(`signer-balance: ${ACCOUNT.address} holds ${needed + 4n} wei`)
  })

  it('refuses what no longer pays as simulated, to the smallest unit', async () => {
    // 500,000 gas at 1 gwei and 3000 dollars cost 1.5 dollars; 1 dollar must be left.
    await execute(desk, goodNode(2_500_000n))
    await execute(desk, goodNode(2_499_999n))
    expect(desk.outcomes[0]?.kind).to.equal('sent')
    expect(reasonOf(desk.outcomes[1])).to.match(/^unprofitable: net 99999900 /)
  })

  for (const [what, node, expected] of [
    ['the call reverts', goodNode().on('eth_call', reverted(belowMinimum)), 'ProfitBelowMinimum(1, 2)'],
    ['only the estimate reverts', goodNode().on('eth_estimateGas', reverted(belowMinimum)), 'ProfitBelowMinimum(1, 2)'],
  ] as const)
    it(`refuses when ${what}, naming the error, and signs nothing`, async () => {
      await execute(desk, node)
      expect(reasonOf(desk.outcomes[0])).to.equal(`simulation-reverted: ${expected}`)
      expect(node.broadcast).to.deep.equal([])
      expect(signed(desk)).to.deep.equal([])
    })

  it('refuses without a contract, and for a market that nobody knows', async () => {
    await execute(desk, goodNode(), { marketplace: () => ({ ...marketplace(), contract: undefined }) })
    await execute(desk, goodNode(), { marketplace: () => undefined })
    expect(desk.outcomes.map(reasonOf)).to.deep.equal(Array(2).fill('no-contract: deploy one: plimsoll deploy'))
  })

  it('throws when no node answers, with nothing signed or written', async () => {
    const away = new UnreachableError({ code: 'X', what: 'node', why: 'away', fix: 'wait' })
    for (const method of ['eth_call', 'eth_estimateGas', 'eth_getBalance', 'eth_getTransactionCount']) {
      const node = goodNode().on(method, away)
      expect(await execute(desk, node).catch((error: unknown) => error)).to.equal(away)
      expect(node.broadcast).to.deep.equal([])
    }
    expect([desk.outcomes, signed(desk)]).to.deep.equal([[], []])
  })
})

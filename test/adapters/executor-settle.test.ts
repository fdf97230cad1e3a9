import { expect } from 'chai'
import { type Address, concatHex, type Hex, pad, toEventSelector, toHex } from 'viem'
import { UnreachableError } from '../../src/core/errors.ts'
import type { Executor, Intent, Outcome } from '../../src/core/ports.ts'
import type { Log } from '../../src/core/types.ts'
import {
  address,
  BORROWER,
  CHAIN,
  candidate,
  type Desk,
  facts,
  GWEI,
  goodNode,
  MARKET,
  openDesk,
  POOL,
  planOf,
  receipt,
  type ScriptedNode,
  TIME,
  word,
} from './executor-support.ts'

const WINNER = address(0xfaa)

/** Somebody's liquidation of the borrower, as the pool tells it. */
const liquidationOf = (borrower: Address, liquidator: Address): Log => ({
  address: POOL,
  topics: [
    toEventSelector('LiquidationCall(address,address,address,uint256,uint256,address,bool)'),
    pad(address(0xe0)),
    pad(address(0xd0)),
    pad(borrower),
  ],
  data: concatHex([word(1), word(2), pad(liquidator), word(0)]),
  logIndex: 0,
  transactionHash: word(5),
})

const newest = (timestamp: bigint) => ({ timestamp: toHex(timestamp) })
const lostBecause = (outcome: Outcome | undefined): string =>
  outcome?.kind === 'lost' ? outcome.reason : `not lost: ${outcome?.kind}`

describe('live executor, what came of it', () => {
  let desk: Desk
  let node: ScriptedNode
  let executor: Executor
  let sent: Intent

  /** One transaction of ours is on its way. */
  beforeEach(async () => {
    desk = openDesk()
    node = goodNode()
    executor = desk.start(node)
    await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
    sent = desk.store.intents(CHAIN, 'signed')[0] as Intent
    desk.outcomes.length = 0
  })

  afterEach(() => desk.store.close())

  const settle = (blocks: number, logs: readonly Log[] = []) => executor.settle(facts(blocks, logs), desk.record)
  const statusOf = (hash: Hex): string =>
    (['signed', 'confirmed', 'lost'] as const)
      .filter((status) => desk.store.intents(CHAIN, status).some((intent) => intent.hash === hash))
      .join()

  describe('by receipt', () => {
    it('confirmed: the profit that our own contract told, its worth and its fee', async () => {
      node.on('eth_getTransactionReceipt', receipt({ l1Fee: toHex(77) }))
      await settle(1)
      expect(desk.outcomes).to.deep.equal([
        {
          kind: 'confirmed',
          borrower: BORROWER,
          hash: sent.hash,
          nonce: 7,
          predictedProfit: 50_000_000n,
          debtAsset: sent.debtAsset,
          block: 101n,
          profit: 42_000_000n,
          profitUsd8: 42n * 10n ** 8n,
          gasUsed: 400_000n,
          feeWei: 400_000n * 2n * GWEI + 77n,
          winner: undefined,
        },
      ])
      expect(statusOf(sent.hash)).to.equal('confirmed')
    })

    it('is told once: a settled one is not asked for again', async () => {
      node.on('eth_getTransactionReceipt', receipt())
      await settle(1)
      await settle(2)
      expect([desk.outcomes.length, node.count('eth_getTransactionReceipt')]).to.deep.equal([1, 1])
    })

    it('reverted: lost, with the gas it cost and the winner that the page names', async () => {
      node.on('eth_getTransactionReceipt', receipt({ status: '0x0', logs: [] }))
      const other = liquidationOf(address(0xbad), address(0xbee))
      await settle(1, [other, liquidationOf(BORROWER, WINNER)])
      expect(lostBecause(desk.outcomes[0])).to.equal('reverted')
      expect(desk.outcomes[0]).to.include({ winner: WINNER, profit: 0n, profitUsd8: 0n, gasUsed: 400_000n })
      expect(desk.outcomes[0]).to.include({ feeWei: 800_000n * GWEI })
      expect(statusOf(sent.hash)).to.equal('lost')
    })

    for (const [what, over] of [
      ['of a block above the page', { blockNumber: toHex(102), blockHash: word(102) }],
      ['of an orphan beside the page', { blockNumber: toHex(101), blockHash: word(999) }],
    ] as const)
      it(`${what}: still pending`, async () => {
        node.on('eth_getTransactionReceipt', receipt(over))
        await settle(1)
        expect([desk.outcomes, node.broadcast.length, statusOf(sent.hash)]).to.deep.equal([[], 1, 'signed'])
      })
  })

  describe('without a receipt', () => {
    it('another transaction has its nonce: lost, with the winner', async () => {
      node.on('eth_getTransactionCount', '0x8')
      await settle(1, [liquidationOf(BORROWER, WINNER)])
      expect(lostBecause(desk.outcomes[0])).to.equal('nonce-used')
      expect(desk.outcomes[0]).to.include({ winner: WINNER, feeWei: 0n, gasUsed: 0n })
      expect(node.broadcast).to.have.length(1)
    })

    it('mined between the questions: ours after all', async () => {
      node.on('eth_getTransactionReceipt', null, receipt()).on('eth_getTransactionCount', '0x8')
      await settle(1)
      expect(desk.outcomes).to.deep.equal([])
      await settle(2)
      expect(desk.outcomes[0]).to.include({ kind: 'confirmed', block: 101n })
    })

    it('expired and unknown: lost, one second after the deadline and not before', async () => {
      node.on('eth_getBlockByNumber', newest(TIME + 60n))
      await settle(60)
      expect([desk.outcomes, node.broadcast.length]).to.deep.equal([[], 2])
      await settle(61)
      expect(lostBecause(desk.outcomes[0])).to.equal('expired')
      expect(desk.outcomes[0]).to.include({ winner: undefined, block: 161n })
    })

    it('the node has it: it waits, also past the deadline', async () => {
      node.on('eth_getTransactionByHash', { hash: sent.hash })
      await settle(1)
      await settle(61)
      expect([desk.outcomes, node.broadcast.length]).to.deep.equal([[], 1])
    })

    it('dropped by the node: the very same bytes again', async () => {
      await settle(1)
      expect(node.broadcast).to.deep.equal([sent.raw, sent.raw])
    })

    it('dropped by the node while it is paused: nothing leaves, and it is settled all the same', async () => {
      executor = desk.start(node, { maySign: () => false })
      await settle(1)
      expect([node.broadcast, statusOf(sent.hash)]).to.deep.equal([[sent.raw], 'signed'])
      node.on('eth_getTransactionReceipt', receipt())
      await settle(2)
      expect([node.broadcast.length, statusOf(sent.hash)]).to.deep.equal([1, 'confirmed'])
    })

    it('paused while the node is asked for the newest block: nothing leaves', async () => {
      let paused = false
      executor = desk.start(node, { maySign: () => !paused })
      node.on('eth_getBlockByNumber', () => {
        paused = true
        return newest(TIME)
      })
      await settle(1)
      expect(node.broadcast).to.deep.equal([sent.raw])
    })

    it('a node that fails leaves everything open', async () => {
      const away = new UnreachableError({ code: 'X', what: 'node', why: 'away', fix: 'wait' })
      node.on('eth_getTransactionReceipt', away)
      expect(await settle(1).catch((error: unknown) => error)).to.equal(away)
      expect([desk.outcomes, statusOf(sent.hash)]).to.deep.equal([[], 'signed'])
    })
  })

  describe('after a restart', () => {
    /** A process that knows nothing but the store, and a node that holds the transaction. */
    const restart = (): ScriptedNode => {
      const fresh = goodNode().on('eth_getTransactionByHash', { hash: sent.hash })
      executor = desk.start(fresh)
      return fresh
    }

    it('sends the very same bytes once, although the node has them', async () => {
      const fresh = restart()
      for (const block of [1, 2, 3]) await settle(block)
      expect(fresh.broadcast).to.deep.equal([sent.raw])
      expect(fresh.count('eth_call')).to.equal(0)
    })

    it('is still in flight', () => {
      restart()
      expect(executor.inFlight(MARKET, BORROWER, TIME)).to.equal(true)
    })

    for (const [what, known] of [
      ['the node has them', true],
      ['nobody has them', false],
    ] as const)
      it(`sends nothing past the deadline, judged by the newest block and not by the old pages: ${what}`, async () => {
        const fresh = restart().on('eth_getBlockByNumber', newest(TIME + 3600n))
        if (!known) fresh.on('eth_getTransactionByHash', null)
        await settle(1)
        expect([fresh.broadcast, desk.outcomes]).to.deep.equal([[], []])
      })

    it('does not take the nonce of what is open', async () => {
      const fresh = restart()
      await executor.execute(MARKET, candidate, planOf(), facts(1), desk.record)
      expect(desk.outcomes[0]).to.include({ kind: 'sent', nonce: 8 })
      expect(fresh.broadcast).to.have.length(1)
    })

    it('reads what happened meanwhile', async () => {
      const fresh = restart().on('eth_getTransactionReceipt', receipt())
      await settle(500)
      expect(desk.outcomes[0]).to.include({ kind: 'confirmed', block: 101n, profit: 42_000_000n })
      expect(fresh.broadcast).to.deep.equal([])
    })
  })

  describe('rolled back', () => {
    it('what was settled above the block is open again; what was settled in it stays', async () => {
      node.on('eth_getTransactionReceipt', receipt())
      await settle(1)
      await executor.rollback(facts(1).block, desk.record)
      expect(desk.outcomes.map(({ kind }) => kind)).to.deep.equal(['confirmed'])
      await executor.rollback(facts(0).block, desk.record)
      expect(desk.outcomes.map(({ kind }) => kind)).to.deep.equal(['confirmed', 'reorged'])
      expect(desk.outcomes[1]).to.include({ hash: sent.hash, block: 101n, profit: 0n, nonce: 7 })
      expect(statusOf(sent.hash)).to.equal('signed')
      await executor.rollback(facts(0).block, desk.record)
      expect(desk.outcomes).to.have.length(2)
    })

    it('a reopened one is sent again and can be confirmed in another block', async () => {
      node.on('eth_getTransactionReceipt', receipt())
      await settle(1)
      await executor.rollback(facts(0).block, desk.record)
      node.on('eth_getTransactionReceipt', null)
      await settle(1)
      expect(node.broadcast).to.deep.equal([sent.raw, sent.raw])
      node.on('eth_getTransactionReceipt', receipt({ blockNumber: toHex(102), blockHash: word(102) }))
      await settle(2)
      expect(desk.outcomes.at(-1)).to.include({ kind: 'confirmed', block: 102n })
    })

    it('a lost one may win on the other branch', async () => {
      node.on('eth_getTransactionReceipt', receipt({ status: '0x0' }))
      await settle(1)
      await executor.rollback(facts(0).block, desk.record)
      node.on('eth_getTransactionReceipt', receipt({ blockHash: facts(1).block.hash }))
      await settle(1)
      expect(desk.outcomes.map(({ kind }) => kind)).to.deep.equal(['lost', 'reorged', 'confirmed'])
    })
  })
})

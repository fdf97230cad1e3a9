import { expect } from 'chai'
import { dryRun, watch } from '../../src/adapters/executor/dry-run.ts'
import { simulateExecutor } from '../../src/adapters/executor/simulate.ts'
import { UnreachableError } from '../../src/core/errors.ts'
import {
  BORROWER,
  belowMinimum,
  CONTRACT,
  candidate,
  type Desk,
  facts,
  goodNode,
  MARKET,
  marketplace,
  openDesk,
  planOf,
  reverted,
  ScriptedNode,
  TIME,
} from './executor-support.ts'

const KEEPER = CONTRACT

describe('simulate mode', () => {
  let desk: Desk

  beforeEach(() => {
    desk = openDesk()
  })

  afterEach(() => desk.store.close())

  const run = (node: ScriptedNode, place = marketplace) =>
    simulateExecutor(node, KEEPER, place).execute(MARKET, candidate, planOf(), facts(), desk.record)

  it('asks as the keeper, at the block being built, and plans with the profit that the node answers', async () => {
    const node = goodNode(47_000_000n)
    await run(node)
    expect(node.asked).to.have.length(1)
    const [{ method, params }] = node.asked as [(typeof node.asked)[0]]
    const [call, at] = params as [{ from: string; to: string; data: string }, string]
    expect([method, call.from, call.to, at]).to.deep.equal(['eth_call', KEEPER, CONTRACT, 'pending'])
    const [outcome] = desk.outcomes
    expect(outcome?.kind === 'planned' && outcome.plan).to.deep.equal({ ...planOf(), profit: 47_000_000n })
  })

  it('refuses with the name of the error', async () => {
    await run(goodNode().on('eth_call', reverted(belowMinimum)))
    expect(desk.outcomes).to.deep.include.members([
      {
        kind: 'refusal',
        borrower: BORROWER,
        reason: 'simulation-reverted',
        detail: 'ProfitBelowMinimum(1, 2)',
        healthFactor: candidate.healthFactor,
      },
    ])
  })

  it('refuses without a contract, and asks nothing', async () => {
    const node = new ScriptedNode()
    await run(node, () => ({ ...marketplace(), contract: undefined }))
    expect(desk.outcomes[0]).to.include({ kind: 'refusal', reason: 'no-contract' })
    expect(node.asked).to.deep.equal([])
  })

  it('throws when no node answers, and says nothing of the plan', async () => {
    const away = new UnreachableError({ code: 'X', what: 'node', why: 'away', fix: 'wait' })
    const error = await run(goodNode().on('eth_call', away)).catch((thrown: unknown) => thrown)
    expect([error, desk.outcomes]).to.deep.equal([away, []])
  })

  it('signs nothing, whatever happens, and has nothing in flight', async () => {
    const node = goodNode()
    const executor = simulateExecutor(node, KEEPER, marketplace)
    await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
    await executor.settle(facts(1), desk.record)
    await executor.rollback(facts(0).block, desk.record)
    expect(executor.inFlight(MARKET, BORROWER, TIME)).to.equal(false)
    expect(executor.mode).to.equal('simulate')
    expect([...new Set(node.asked.map(({ method }) => method))]).to.deep.equal(['eth_call'])
    for (const status of ['signed', 'confirmed', 'lost'] as const)
      expect(desk.store.intents(10, status)).to.deep.equal([])
  })
})

describe('dry-run and watch', () => {
  it('tell the plan as it is, ask nobody and have nothing in flight', async () => {
    const desk = openDesk()
    for (const executor of [dryRun, watch]) {
      await executor.execute(MARKET, candidate, planOf(), facts(), desk.record)
      await executor.settle(facts(1), desk.record)
      await executor.rollback(facts(0).block, desk.record)
      expect(executor.inFlight(MARKET, BORROWER, TIME)).to.equal(false)
    }
    expect([dryRun.mode, watch.mode]).to.deep.equal(['dry-run', 'watch'])
    expect(desk.outcomes).to.deep.equal(Array(2).fill({ kind: 'planned', plan: planOf() }))
    desk.store.close()
  })
})

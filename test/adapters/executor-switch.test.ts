import { expect } from 'chai'
import fc from 'fast-check'
import { switchExecutor, type Ways } from '../../src/adapters/executor/switch.ts'
import { MODES, type Mode } from '../../src/core/people/control.ts'
import type { Executor } from '../../src/core/ports.ts'
import { candidate, facts, MARKET, planOf } from './executor-support.ts'

function openSwitch(first: Mode) {
  const did: string[] = []
  let mode: Mode = first
  const ways = Object.fromEntries(
    MODES.map((name): [Mode, Executor['execute']] => [name, async () => void did.push(`execute ${name}`)]),
  ) as Ways
  const executor = switchExecutor(() => mode, ways, {
    inFlight: () => true,
    settle: async () => void did.push('settle'),
    rollback: async () => void did.push('rollback'),
  })
  const record = (): void => {}
  return {
    executor,
    did,
    set: (next: Mode) => {
      mode = next
    },
    execute: () => executor.execute(MARKET, candidate, planOf(), facts(), record),
    settle: () => executor.settle(facts(), record),
    rollback: () => executor.rollback(facts().block, record),
  }
}

describe('executor switch', () => {
  it('decides in the mode of the moment, and settles and goes back in every mode', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...MODES, 'settle', 'rollback', 'execute'), { maxLength: 20 }),
        async (steps) => {
          const desk = openSwitch('live')
          const expected: string[] = []
          let mode = 'live'
          for (const step of steps)
            if (step === 'settle' || step === 'rollback' || step === 'execute') {
              await desk[step]()
              expected.push(step === 'execute' ? `execute ${mode}` : step)
            } else {
              desk.set(step)
              mode = step
              expect(desk.executor.mode).to.equal(step)
              expect(desk.executor.inFlight(MARKET, candidate.borrower, 0n)).to.equal(true)
            }
          expect(desk.did).to.deep.equal(expected)
        },
      ),
    ))

  it('has no way above the configured mode', () => {
    const settling = { inFlight: () => false, settle: async () => {}, rollback: async () => {} }
    const executor = switchExecutor(() => 'live', {}, settling)
    expect(() => executor.execute(MARKET, candidate, planOf(), facts(), () => {})).to.throw(RangeError)
  })
})

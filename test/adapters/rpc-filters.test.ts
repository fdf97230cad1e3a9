import { expect } from 'chai'
import fc from 'fast-check'
import { bloomMayContain, mergeFilters, ours } from '../../src/adapters/rpc/filters.ts'
import type { LogFilter } from '../../src/core/types.ts'
import { bloomOf, type Said, someAddress, someTopic } from '../doubles/fake-chain.ts'

const address = fc.nat(6).map(someAddress)
const topic = fc.nat(6).map(someTopic)
const log: fc.Arbitrary<Said> = fc.record({ address, topics: fc.array(topic, { minLength: 1, maxLength: 4 }) })
const filter: fc.Arbitrary<LogFilter> = fc.record({ address, topics: fc.array(topic, { minLength: 1, maxLength: 5 }) })
const wanted = (filters: readonly LogFilter[], { address, topics }: Said): boolean =>
  filters.some((one) => one.address === address && one.topics.includes(topics[0] ?? '0x'))
const asLog = (said: Said) => ({ ...said, data: '0x' as const, logIndex: 0, transactionHash: '0x' as const })

describe('log filters', () => {
  it('never call a block empty that holds a log of ours', () => {
    let held = 0
    fc.assert(
      fc.property(fc.array(log, { maxLength: 20 }), fc.array(filter, { maxLength: 6 }), (logs, filters) => {
        if (!logs.some((one) => wanted(filters, one))) return
        held++
        expect(bloomMayContain(bloomOf(logs), filters)).to.equal(true)
      }),
      { numRuns: 2000 },
    )
    expect(held).to.be.above(200)
  })

  it('call nearly every block empty that does not', () => {
    const filters = [{ address: someAddress(99), topics: [1, 2, 3].map(someTopic) }]
    const others = Array.from({ length: 300 }, (_, n) =>
      bloomOf([{ address: someAddress(n + 100), topics: [someTopic(n)] }]),
    )
    expect(others.filter((bloom) => bloomMayContain(bloom, filters)).length).to.be.below(3)
    expect(bloomMayContain(bloomOf([]), filters)).to.equal(false)
    expect(bloomMayContain(bloomOf([{ address: someAddress(99), topics: [] }]), filters)).to.equal(false)
  })

  it('merged ask for a little more, and keep exactly what was asked for', () => {
    fc.assert(
      fc.property(fc.array(log, { maxLength: 20 }), fc.array(filter, { maxLength: 6 }), (logs, filters) => {
        const merged = mergeFilters(filters)
        const kept = ours(filters)
        for (const one of logs) {
          expect(kept(asLog(one))).to.equal(wanted(filters, one))
          if (!wanted(filters, one)) continue
          expect(merged.addresses.includes(one.address) && merged.topics.includes(one.topics[0] ?? '0x')).to.equal(true)
        }
        expect(new Set(merged.addresses).size).to.equal(merged.addresses.length)
        expect(new Set(merged.topics).size).to.equal(merged.topics.length)
      }),
    )
  })
})

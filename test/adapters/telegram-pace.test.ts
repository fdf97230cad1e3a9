import { expect } from 'chai'
import fc from 'fast-check'
import { newLimits } from '../../scripts/doubles/bot-limits.ts'
import { newPace } from '../../src/adapters/telegram/pace.ts'

const GROUP = -7
const SUPERGROUP = -1_000_000_000_007

/** A clock, and a pace that has begun a while ago. */
function begun() {
  const clock = { ms: 0 }
  const pace = newPace(() => clock.ms)
  clock.ms = 10_000
  const call = (chatId: number, ms = 0): void => {
    const end = pace.begin(chatId)
    clock.ms += ms
    end()
  }
  return { clock, pace, call }
}

describe('adapters/telegram: pace', () => {
  it('the first second is an earlier life’s', () => {
    const pace = newPace(() => 500)
    expect(pace.waitMs(1)).to.equal(1_000)
  })

  it('a second between two messages to a chat, counted from the answer', () => {
    const { clock, pace, call } = begun()
    expect(pace.waitMs(1)).to.equal(0)
    call(1, 300)
    expect([pace.waitMs(1), pace.waitMs(2)]).to.deep.equal([1_000, 0])
    clock.ms += 999
    expect(pace.waitMs(1)).to.equal(1)
  })

  for (const group of [GROUP, SUPERGROUP])
    it(`twenty a minute to a group: ${group}`, () => {
      const { clock, pace, call } = begun()
      for (let i = 0; i < 20; i++) {
        expect(pace.waitMs(group)).to.equal(0)
        call(group)
        clock.ms += 1_000
      }
      expect(pace.waitMs(group)).to.equal(40_000)
      expect(pace.waitMs(1)).to.equal(0)
    })

  it('what an earlier life sent counts', () => {
    const { pace } = begun()
    for (let i = 0; i < 20; i++) pace.count(GROUP)
    expect(pace.waitMs(GROUP)).to.equal(60_000)
  })

  it('thirty a second to all, those under way too', () => {
    const { clock, pace, call } = begun()
    for (let chat = 1; chat <= 29; chat++) call(chat)
    const end = pace.begin(30)
    expect(pace.waitMs(31)).to.equal(1_000)
    clock.ms += 1_000
    expect(pace.waitMs(31)).to.equal(0)
    end()
  })

  it('a flood holds its chat; floods in two chats hold all', () => {
    const { clock, pace } = begun()
    pace.hold(1, 30)
    expect([pace.waitMs(1), pace.waitMs(2)]).to.deep.equal([30_000, 0])
    pace.hold(2, 10)
    expect([pace.waitMs(1), pace.waitMs(2), pace.waitMs(3)]).to.deep.equal([30_000, 10_000, 10_000])
    clock.ms += 30_000
    expect([1, 2, 3].map((chat) => pace.waitMs(chat))).to.deep.equal([0, 0, 0])
  })

  it('whoever waits as long as it says is never too fast for Telegram, however long answers take', () => {
    const call = fc.record({ chat: fc.constantFrom(1, 2, GROUP, SUPERGROUP), tookMs: fc.nat(3_000), after: fc.nat(1) })
    const run = fc.property(
      fc.array(call, { maxLength: 200 }),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (calls, shares) => {
        const { clock, pace } = begun()
        const limits = newLimits(() => clock.ms)
        for (const { chat, tookMs } of calls) {
          clock.ms += pace.waitMs(chat)
          const end = pace.begin(chat)
          // It arrives at some time before it is answered.
          const arrives = tookMs * (shares.next().value ?? 0)
          clock.ms += arrives
          expect(limits.take(chat)).to.equal(undefined)
          clock.ms += tookMs - arrives
          end()
        }
      },
    )
    fc.assert(run, { numRuns: 100 })
  })
})

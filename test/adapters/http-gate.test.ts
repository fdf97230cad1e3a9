import { expect } from 'chai'
import { createGate } from '../../src/adapters/http/gate.ts'

/** Work that ends when it is told to, and keeps the order in which it began. */
function work() {
  const begun: string[] = []
  const ends = new Map<string, PromiseWithResolvers<string>>()
  const begin = (name: string) => () => {
    begun.push(name)
    const end = Promise.withResolvers<string>()
    ends.set(name, end)
    return end.promise
  }
  return {
    begun,
    begin,
    end: (name: string) => ends.get(name)?.resolve(name),
    fail: (name: string) => ends.get(name)?.reject(new Error(name)),
  }
}
const here = new AbortController().signal

describe('adapters/http/gate', () => {
  it('lets so many in, the next in order, and no more wait than may', async () => {
    const { begun, begin, end } = work()
    const gate = createGate({ atOnce: 1, waiting: 2 })
    const passed = ['a', 'b', 'c', 'd'].map((name) => gate.pass(begin(name), here))
    expect(passed[3]).to.equal(undefined)
    expect(begun).to.deep.equal(['a'])
    end('a')
    expect(await passed[0]).to.equal('a')
    expect(begun).to.deep.equal(['a', 'b'])
    end('b')
    await passed[1]
    end('c')
    expect(await passed[2]).to.equal('c')
  })

  it('work that fails leaves its place to the next', async () => {
    const { begun, begin, fail } = work()
    const gate = createGate({ atOnce: 1, waiting: 1 })
    const [first, second] = [gate.pass(begin('a'), here), gate.pass(begin('b'), here)]
    fail('a')
    expect(await first?.catch((error: Error) => error.message)).to.equal('a')
    expect(begun).to.deep.equal(['a', 'b'])
    fail('b')
    expect(await second?.catch((error: Error) => error.message)).to.equal('b')
  })

  it('who leaves while waiting is not let in, and makes room', async () => {
    const { begun, begin, end } = work()
    const gate = createGate({ atOnce: 1, waiting: 1 })
    const first = gate.pass(begin('a'), here)
    const leaving = new AbortController()
    const second = gate.pass(begin('b'), leaving.signal)
    leaving.abort(new Error('left'))
    expect(await second?.catch((error: Error) => error.message)).to.equal('left')
    const third = gate.pass(begin('c'), here)
    end('a')
    await first
    expect(begun).to.deep.equal(['a', 'c'])
    end('c')
    expect(await third).to.equal('c')
  })
})

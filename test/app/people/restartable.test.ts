import { expect } from 'chai'
import { restartable } from '../../../src/app/people/restartable.ts'

function open() {
  const did: string[] = []
  const ends: (() => void)[] = []
  let count = 0
  const one = restartable(() => {
    const name = ++count
    did.push(`begin ${name}`)
    const ended = Promise.withResolvers<void>()
    ends.push(ended.resolve)
    return {
      name,
      stop: async () => {
        did.push(`stop ${name}`)
        await ended.promise
        did.push(`ended ${name}`)
      },
    }
  })
  return { one, did, ends }
}
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('restartable', () => {
  it('begins the next once the present one has ended', async () => {
    const { one, did, ends } = open()
    one.restart()
    one.restart()
    await turns()
    expect([did, one.now.name]).to.deep.equal([['begin 1', 'stop 1'], 1])
    ends[0]?.()
    await turns()
    expect([did.slice(2), one.now.name]).to.deep.equal([['ended 1', 'begin 2', 'stop 2'], 2])
    ends[1]?.()
    await turns()
    expect(did.slice(5)).to.deep.equal(['ended 2', 'begin 3'])
  })

  it('begins none once it was stopped, although one was due', async () => {
    const { one, did, ends } = open()
    one.restart()
    await turns()
    const stopped = one.stop()
    ends[0]?.()
    await stopped
    one.restart()
    await turns()
    expect(did.filter((what) => what.startsWith('begin'))).to.deep.equal(['begin 1'])
  })
})

import { expect } from 'chai'
import fc from 'fast-check'
import { getAddress } from 'viem'
import {
  countOf,
  durationOf,
  leadingWatch,
  linesOf,
  targetOf,
  watchCalled,
} from '../../src/adapters/telegram/arguments.ts'
import type { Watch } from '../../src/core/people/watch.ts'

const address = `0x${'ab'.repeat(20)}` as const
const watch = (name: string, n: number): Watch => ({
  id: n,
  chat: 'telegram:1',
  address: `0x${String(n).repeat(40)}`,
  name,
  thresholdsWad: null,
  distancesBps: null,
  createdS: 0,
})
const wad = (text: string): bigint => BigInt(Math.round(Number(text) * 1_000)) * 10n ** 15n

describe('adapters/telegram: what is written behind a command', () => {
  it('times', () => {
    const table: readonly (readonly [string, number | undefined])[] = [
      ['1m', 60],
      ['90m', 5_400],
      ['1h', 3_600],
      ['2D', 172_800],
      ['30d', 2_592_000],
      ['31d', undefined],
      ['0h', undefined],
      ['1', undefined],
      ['h', undefined],
      ['-1h', undefined],
      ['1.5h', undefined],
      ['99999h', undefined],
      ['1h1m', undefined],
    ]
    for (const [text, seconds] of table) expect(durationOf(text), text).to.equal(seconds)
  })

  it('counts', () => {
    for (const [text, count] of [
      ['', 5],
      ['3', 3],
      ['20', 20],
      ['999', 20],
      ['0', undefined],
      ['-1', undefined],
      ['1.5', undefined],
      ['1e3', undefined],
      ['9999999', undefined],
    ] as const)
      expect(countOf(text, 5, 20), text).to.equal(count)
  })

  it('addresses: any of one case, of mixed case only with the right checksum', () => {
    expect(targetOf(address)).to.deep.equal({ kind: 'address', address })
    expect(targetOf(getAddress(address))).to.deep.equal({ kind: 'address', address })
    expect(targetOf(getAddress(address).replace('aB', 'Ab').replace('Ab', 'AB'))).to.deep.equal({ kind: 'checksum' })
    for (const text of ['', '0x', address.slice(0, -1), `${address}0`, 'treasury', address.replace('0x', '0X')])
      expect(targetOf(text), text).to.deep.equal({ kind: 'other' })
  })

  it('lines', () => {
    const lines = (thresholds: readonly string[] | null, distancesBps: readonly number[] | null) => ({
      kind: 'lines',
      lines: { thresholdsWad: thresholds?.map(wad) ?? null, distancesBps },
    })
    for (const [text, read] of [
      ['1.2 1.1', lines(['1.2', '1.1'], null)],
      ['1.1, 1.2,1.1', lines(['1.2', '1.1'], null)],
      ['5% 10%', lines(null, [1_000, 500])],
      ['1 5.25% 10', lines(['10', '1'], [525])],
      ['default', lines(null, null)],
      ['Default', lines(null, null)],
      ['', { kind: 'bad', given: '' }],
      ['1.2 default', { kind: 'bad', given: 'default' }],
      ['0.99', { kind: 'bad', given: '0.99' }],
      ['10.01', { kind: 'bad', given: '10.01' }],
      ['0%', { kind: 'bad', given: '0%' }],
      ['100%', { kind: 'bad', given: '100%' }],
      ['5.125%', { kind: 'bad', given: '5.125%' }],
      ['1,2', { kind: 'lines', lines: { thresholdsWad: [wad('2'), wad('1')], distancesBps: null } }],
      ['1e0', { kind: 'bad', given: '1e0' }],
      ['-1.2', { kind: 'bad', given: '-1.2' }],
      ['0x12', { kind: 'bad', given: '0x12' }],
    ] as const)
      expect(linesOf(text), text).to.deep.equal(read)
  })

  it('whatever is written, lines are within bounds, each once, the first to be crossed first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('1', '1.05', '9.9', '10', '0.5', '5%', '12.5%', '99.99%', 'x', '%')),
        (given) => {
          const read = linesOf(given.join(' '))
          if (read.kind === 'bad') return
          const { thresholdsWad, distancesBps } = read.lines
          for (const [i, one] of (thresholdsWad ?? []).entries())
            expect(one >= 10n ** 18n && one <= 10n ** 19n && one < (thresholdsWad?.[i - 1] ?? 10n ** 20n)).to.equal(
              true,
            )
          for (const [i, one] of (distancesBps ?? []).entries())
            expect(one > 0 && one < 10_000 && one < (distancesBps?.[i - 1] ?? 10_000)).to.equal(true)
        },
      ),
    )
  })

  it('names: whole, whatever their case, the longest that fits; addresses first', () => {
    const watches = [watch('my', 1), watch('my wallet', 2), watch('', 3), watch('2nd', 4)]
    expect(watchCalled(watches, 'MY Wallet')?.id).to.equal(2)
    expect(watchCalled(watches, watches[2]?.address ?? '')?.id).to.equal(3)
    expect(watchCalled(watches, 'wallet')).to.equal(undefined)
    const led = (text: string) => leadingWatch(watches, text)
    expect(led('my wallet 1.2 1.1')).to.deep.equal([watches[1], '1.2 1.1'])
    expect(led('MY 1.2')).to.deep.equal([watches[0], '1.2'])
    expect(led('2nd 1.2')).to.deep.equal([watches[3], '1.2'])
    expect(led('mywallet 1.2')).to.equal(undefined)
    expect(led('1.2 1.1')).to.equal(undefined)
  })
})

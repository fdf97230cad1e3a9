import { expect } from 'chai'
import { NOTHING } from '../../../src/app/risk/chronicle.ts'
import { HourWriter } from '../../../src/app/risk/hour-writer.ts'
import { StoreError } from '../../../src/core/errors.ts'
import type { OpenBin } from '../../../src/core/ports.ts'
import type { HourRow } from '../../../src/core/risk/hour-row.ts'

const rowAt = (hour: number, body = '{}'): HourRow => ({ market: 'm', root: '', hour, body })
const openAt = (at: number, market = 'm'): OpenBin => ({ market, body: JSON.stringify(at) })

describe('the writer of hours', () => {
  let saved: (readonly [rows: readonly HourRow[], open: readonly OpenBin[]])[]
  let isFull: boolean
  let writer: HourWriter

  beforeEach(() => {
    saved = []
    isFull = false
    writer = new HourWriter({
      binS: 3600,
      keepDays: 400,
      onProblem: () => {},
      store: {
        atomically: (work) => work(),
        dropHoursBefore: () => {},
        saveHours: (rows, open) => {
          if (isFull) throw new StoreError({ code: 'STORE_FULL', what: 'disk', why: 'planted', fix: 'none' })
          saved.push([rows, open])
        },
      },
    })
  })

  it('keeps of what waits what is still of use: each row, and how the open bins stand now', () => {
    // No page comes for hours, but the thread is looked at every minute.
    for (let look = 0; look < 600; look++) {
      const rows = look % 300 === 0 ? [rowAt(look)] : []
      writer.take({ kind: 'hours', chainId: 1, rows, open: [openAt(look)], upTo: BigInt(look) })
    }
    writer.flush()
    expect(saved).to.deep.equal([[[rowAt(0), rowAt(300)], [openAt(599)]]])
    expect(writer.countedUpTo(1)).to.equal(599n)
  })

  it('one chain beside the other, a market that has failed since with them', () => {
    writer.take({ kind: 'hours', chainId: 1, rows: [], open: [openAt(1), openAt(1, 'failed')], upTo: 1n })
    writer.take({ kind: 'hours', chainId: 2, rows: [], open: [openAt(5, 'other')], upTo: 5n })
    writer.take({ kind: 'hours', chainId: 1, rows: [rowAt(1, 'again')], open: [openAt(2)], upTo: 2n })
    writer.flush()
    expect(saved.flatMap(([, open]) => open)).to.have.deep.members([openAt(2), openAt(1, 'failed'), openAt(5, 'other')])
    expect([writer.countedUpTo(1), writer.countedUpTo(2)]).to.deep.equal([2n, 5n])
  })

  it('counts nothing as written that the disk did not take, and tries it again', () => {
    isFull = true
    writer.take({ kind: 'hours', chainId: 1, rows: [rowAt(1)], open: [openAt(1)], upTo: 1n })
    writer.flush()
    expect(writer.countedUpTo(1)).to.equal(NOTHING)
    isFull = false
    writer.take({ kind: 'hours', chainId: 1, rows: [rowAt(2)], open: [openAt(2)], upTo: 2n })
    writer.flush()
    expect(saved).to.deep.equal([[[rowAt(1), rowAt(2)], [openAt(2)]]])
    expect(writer.countedUpTo(1)).to.equal(2n)
  })
})

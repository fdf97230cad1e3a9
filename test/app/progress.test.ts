import { expect } from 'chai'
import { createProgress } from '../../src/app/cli/progress.ts'

/** A back-fill of a million blocks, told of at these moments. */
function tell(moments: readonly { atMs: number; next: bigint; requests: number; requestsLeft: number }[]): string[] {
  const lines: string[] = []
  let nowMs = 0
  const progress = createProgress(
    false,
    (line) => lines.push(line),
    () => nowMs,
  )
  for (const { atMs, ...state } of moments) {
    nowMs = atMs
    progress.backfill('market', { from: 0n, to: 999_999n, found: 7, ...state })
  }
  progress.stop()
  return lines
}

describe('progress of a back-fill, without a terminal', () => {
  it('estimates the requests beforehand', () => {
    const lines = tell([{ atMs: 0, next: 0n, requests: 0, requestsLeft: 500 }])
    expect(lines).to.deep.equal(['market: looking for borrowers in 1000000 blocks, about 500 requests'])
  })

  it('says nothing of what takes a few requests', () => {
    expect(tell([{ atMs: 0, next: 0n, requests: 0, requestsLeft: 3 }])).to.deep.equal([])
  })

  it('says one line every ten seconds, with an ETA from what this run did', () => {
    const start = { atMs: 0, next: 500_000n, requests: 0, requestsLeft: 250 }
    const lines = tell([
      start,
      { atMs: 5_000, next: 550_000n, requests: 25, requestsLeft: 225 },
      { atMs: 10_000, next: 600_000n, requests: 50, requestsLeft: 200 },
      { atMs: 15_000, next: 650_000n, requests: 75, requestsLeft: 175 },
    ])
    expect(lines.slice(1)).to.deep.equal(['market: 60 %, 7 borrowers, about 200 requests left, ETA 40 s'])
  })
})

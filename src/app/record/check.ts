import { RecordingError } from '../../adapters/recording/format.ts'
import { openRecording, type Recording } from '../../adapters/recording/reader.ts'

export interface RecordingCheck {
  readonly chain: string
  readonly chainId: number
  readonly source: string
  readonly markets: readonly string[]
  readonly from: bigint
  readonly to: bigint
  readonly pages: number
  readonly pagesDerived: number
  readonly readsDerived: number
  readonly readsAsked: number
  readonly gapBlocks: number
  readonly proofs: number
  readonly compared: number
  readonly mismatched: number
  readonly sizeBytes: number
  readonly unpackedBytes: number
  readonly digest: string
  /** The recorder said that it was done. False after an interruption, or where the end was cut off between two frames. */
}

/** Throws RecordingError unless the recorder said that it was done where the reader stands. */
export function requireEnd(path: string, { isEnd, block }: Pick<Recording['place'], 'isEnd' | 'block'>): void {
  if (isEnd) return
  throw new RecordingError({
    code: 'RECORDING_UNFINISHED',
    what: `${path} ends after block ${block ?? '?'} without the mark of its end`,
    why: 'its recording was interrupted, or what follows was cut off',
    fix: 'Give the command again with which it was begun: it goes on from there. A daemon goes on by itself.',
  })
}

/** Reads a recording whole. Throws RecordingError naming the first page that is damaged or missing. */
export function checkRecording(path: string): RecordingCheck {
  const recording = openRecording(path)
  try {
    const { meta, sizeBytes, place } = recording
    const counts = { pages: 0, pagesDerived: 0, readsDerived: 0, readsAsked: 0, gapBlocks: 0 }
    const proofs = { proofs: 0, compared: 0, mismatched: 0 }
    let from: bigint | undefined
    for (const entry of recording.entries())
      if (entry.kind === 'state') from ??= entry.state.block.number + 1n
      else if (entry.kind === 'gap') counts.gapBlocks += Number(entry.to - entry.from) + 1
      else if (entry.kind === 'page') {
        const { length } = entry.facts.reads
        counts.pages++
        counts.pagesDerived += entry.derived === length ? 1 : 0
        counts.readsDerived += entry.derived
        counts.readsAsked += length - entry.derived
      } else {
        proofs.proofs++
        proofs.compared += entry.checked
        proofs.mismatched += entry.mismatched
      }
    requireEnd(path, place)
    return {
      chain: meta.chain,
      chainId: meta.chainId,
      source: meta.source,
      markets: meta.markets.map(({ name }) => name),
      from: from ?? 0n,
      to: place.block ?? 0n,
      ...counts,
      ...proofs,
      sizeBytes,
      unpackedBytes: place.unpacked,
      digest: place.link.toString('hex'),
    }
  } finally {
    recording.close()
  }
}

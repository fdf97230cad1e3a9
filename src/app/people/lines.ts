import { WAD } from '../../core/math.ts'
import type { Lines } from '../../core/people/control.ts'

const MOST_LINES = 8
const HIGHEST_WAD = 10n * WAD
/** 100 %: a distance beyond it would be below a price of zero. */
const WIDEST_BPS = 10_000
const LONGEST_NAME = 32

/** A name as people gave it, on one line: nothing that is not seen, no run of blanks, not too long. */
export const cleanName = (name: string): string =>
  [...name.normalize('NFC').replaceAll(/\p{C}/gu, '').replaceAll(/\s+/gu, ' ').trim()]
    .slice(0, LONGEST_NAME)
    .join('')
    .trim()

/** Thresholds in the order in which they are passed on the way down, none twice; a string says what is wrong with them. */
export function readLines({ thresholdsWad, distancesBps }: Lines): { lines: Lines; words: string } | string {
  if (thresholdsWad?.some((wad) => wad <= 0n || wad > HIGHEST_WAD)) return 'a health is above 0 and at most 10'
  if (distancesBps?.some((bps) => !Number.isInteger(bps) || bps <= 0 || bps > WIDEST_BPS))
    return 'a distance is above 0 and at most 100 %'
  const lines = {
    thresholdsWad: thresholdsWad && descending(thresholdsWad),
    distancesBps: distancesBps && descending(distancesBps),
  }
  const count = (lines.thresholdsWad?.length ?? 0) + (lines.distancesBps?.length ?? 0)
  if (count > MOST_LINES) return `at most ${MOST_LINES} thresholds`
  if (count === 0 && thresholdsWad !== null && distancesBps !== null) return 'at least one threshold'
  return { lines, words: wordsOf(lines) }
}

function wordsOf({ thresholdsWad, distancesBps }: Lines): string {
  const healths = thresholdsWad?.map((wad) => decimal(wad, 18)) ?? []
  const distances = distancesBps?.map((bps) => `${decimal(BigInt(bps), 2)} %`) ?? []
  return [...healths, ...distances].join(', ') || 'as configured'
}

const decimal = (value: bigint, scale: number): string => {
  const digits = value.toString().padStart(scale + 1, '0')
  return `${digits.slice(0, -scale)}.${digits.slice(-scale)}`.replace(/\.?0+$/, '')
}

const descending = <T extends number | bigint>(values: readonly T[]): readonly T[] =>
  [...new Set(values)].sort((a, b) => (a === b ? 0 : a > b ? -1 : 1))

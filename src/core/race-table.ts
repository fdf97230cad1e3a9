// Generated from test/fixtures/race-lateness.json by `npm run generate`: do not edit. See docs/race.md.
import type { RaceModel } from './race.ts'

/** Aave V3 on Arbitrum, 2023-01 to 2023-08. Data: Rolling in the Shadows (ACM CCS 2024), MIT, Copyright (c) 2024 Christof Ferreira Torres. */
export const RACE_ARBITRUM_2023: RaceModel = {
  blockTimeS: 0.25,
  buckets: [
    { fromBlocks: 0, toBlocks: 0, count: 10 },
    { fromBlocks: 1, toBlocks: 1, count: 476 },
    { fromBlocks: 2, toBlocks: 2, count: 64 },
    { fromBlocks: 3, toBlocks: 3, count: 33 },
    { fromBlocks: 4, toBlocks: 5, count: 39 },
    { fromBlocks: 6, toBlocks: 10, count: 30 },
    { fromBlocks: 11, toBlocks: 20, count: 11 },
    { fromBlocks: 21, toBlocks: 50, count: 13 },
    { fromBlocks: 51, toBlocks: 99, count: 10 },
  ],
  designEffect: 12.62,
  tieSharePpm: 500_000n,
}

import type { FallRule, LadderRule, LargeRule, TimeRule, WaveRule } from '../../../src/core/people/alert-rule.ts'
import type { Watch } from '../../../src/core/people/watch.ts'

/** `1.05` as a wad. */
export const wad = (text: string): bigint => BigInt(Math.round(Number(text) * 1e6)) * 10n ** 12n

const scope = (name: string) => ({
  name,
  market: undefined,
  chain: undefined,
  accounts: undefined,
  minDebtUsd8: 0n,
  cooldownS: 0,
})

export const ladderOf = (over: Partial<LadderRule> = {}): LadderRule => ({
  ...scope('positions'),
  when: 'ladder',
  thresholdsWad: [wad('1.1'), wad('1')],
  distancesBps: [],
  hysteresisWad: wad('0.01'),
  hysteresisBps: 100,
  ...over,
})
export const fallOf = (over: Partial<FallRule> = {}): FallRule => ({
  ...scope('fall'),
  when: 'fall',
  lostWad: wad('0.1'),
  withinS: 3_600,
  healthBelowWad: wad('2'),
  ...over,
})
export const timeOf = (over: Partial<TimeRule> = {}): TimeRule => ({
  ...scope('time'),
  when: 'time',
  withinS: 86_400,
  ...over,
})
export const largeOf = (over: Partial<LargeRule> = {}): LargeRule => ({
  ...scope('whales'),
  when: 'large',
  healthBelowWad: wad('1.2'),
  hysteresisWad: wad('0.01'),
  ...over,
})
export const waveOf = (over: Partial<WaveRule> = {}): WaveRule => ({
  ...scope('wave'),
  when: 'wave',
  fallBps: 500,
  aboveUsd8: 0n,
  ...over,
})
export const watchOf = (over: Partial<Watch> & Pick<Watch, 'address'>): Watch => ({
  id: 1,
  chat: 'telegram:7',
  name: '',
  thresholdsWad: null,
  distancesBps: null,
  createdS: 0,
  ...over,
})

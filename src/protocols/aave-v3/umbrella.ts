import type { Address } from 'viem'
import type { UmbrellaCover } from '../../core/risk/extras.ts'
import type { Call } from '../../core/types.ts'
import { call, selector, toAddress, word } from './abi.ts'
import type { Answers } from './answers.ts'

/** Umbrella (aave-umbrella 1.0): per reserve stake tokens that are slashed for its deficit. */
const UMBRELLA = {
  getDeficitOffset: selector('getDeficitOffset(address)'),
  getPendingDeficit: selector('getPendingDeficit(address)'),
  /** Answers an array of (stake token, oracle of what is staked, liquidation fee). */
  getReserveSlashingConfigs: selector('getReserveSlashingConfigs(address)'),
  /** Of a stake token, in units of what is staked. */
  getMaxSlashableAssets: selector('getMaxSlashableAssets()'),
  decimals: selector('decimals()'),
  /** Of the oracle: 8 decimals. */
  latestAnswer: selector('latestAnswer()'),
} as const

interface Stake {
  readonly token: Address
  readonly oracle: Address
}

const stakeCalls = ({ token, oracle }: Stake): readonly [Call, Call, Call] => [
  call(token, UMBRELLA.getMaxSlashableAssets),
  call(token, UMBRELLA.decimals),
  call(oracle, UMBRELLA.latestAnswer),
]

export function umbrellaCalls(umbrella: Address, asset: Address, answers: Answers): readonly Call[] {
  return [
    call(umbrella, UMBRELLA.getDeficitOffset, asset),
    call(umbrella, UMBRELLA.getPendingDeficit, asset),
    call(umbrella, UMBRELLA.getReserveSlashingConfigs, asset),
    ...(stakesOf(umbrella, asset, answers) ?? []).flatMap(stakeCalls),
  ]
}

/** Undefined: not told. */
function stakesOf(umbrella: Address, asset: Address, answers: Answers): readonly Stake[] | undefined {
  const answer = answers.hex(call(umbrella, UMBRELLA.getReserveSlashingConfigs, asset))
  if (answer === undefined) return undefined
  const count = Number(word(answer, 1))
  if (answer.length < 2 + 64 * (2 + 3 * count)) return undefined
  return Array.from({ length: count }, (_, i) => ({
    token: toAddress(word(answer, 2 + 3 * i)),
    oracle: toAddress(word(answer, 3 + 3 * i)),
  }))
}

/** A stake token has the decimals of what is staked (ERC-4626 without an offset). Null where one answer is missing. */
export function umbrellaOf(umbrella: Address, asset: Address, answers: Answers): UmbrellaCover | null {
  const offset = answers.word(call(umbrella, UMBRELLA.getDeficitOffset, asset))
  const pending = answers.word(call(umbrella, UMBRELLA.getPendingDeficit, asset))
  const stakes = stakesOf(umbrella, asset, answers)
  if (offset === null || pending === null || stakes === undefined) return null
  let slashableBase = 0n
  for (const stake of stakes) {
    const [slashable, decimals, price] = stakeCalls(stake).map((one) => answers.word(one))
    if (typeof slashable !== 'bigint' || typeof decimals !== 'bigint' || typeof price !== 'bigint') return null
    slashableBase += (slashable * price) / 10n ** decimals
  }
  return { offset, pending, slashableBase }
}

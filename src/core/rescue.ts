export const RESCUE_STEPS = ['approve', 'repay', 'supply', 'repayWithATokens', 'withdraw', 'swap'] as const
export type RescueStep = (typeof RESCUE_STEPS)[number]

/** Why a way out cannot be taken as it stands: a closed list (published in `docs/rescue.md`). */
export const RESCUE_OBSTACLES = {
  inactive: 'The reserve is not active.',
  paused: 'The reserve is paused.',
  frozen: 'The reserve is frozen: nothing can be added to it.',
  'supply-cap': 'The reserve is too full to take the amount.',
  'not-liquid': 'The pool does not hold enough of the collateral to pay it out.',
  'health-on-the-way': 'The collateral cannot be taken out first: health would be below 1 until the debt is repaid.',
  'ltv-zero-first': 'The pool wants collateral whose loan-to-value was set to 0 to be taken out before any other.',
  'no-route': 'No venue that is known here buys the collateral for the debt at a bearable price.',
  'wallet-short': 'The wallet does not hold the amount.',
} as const
export type RescueObstacle = keyof typeof RESCUE_OBSTACLES

interface Ranked {
  readonly obstacle: RescueObstacle | undefined
  readonly costBase: bigint
  readonly valueBase: bigint
}

/** What can be taken as it stands first; then the smaller cost; then the smaller value that is moved. */
export function cheapestFirst(a: Ranked, b: Ranked): number {
  const blocked = Number(a.obstacle !== undefined) - Number(b.obstacle !== undefined)
  return blocked || compare(a.costBase, b.costBase) || compare(a.valueBase, b.valueBase)
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

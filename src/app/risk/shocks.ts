import { UsageError } from '../../core/errors.ts'
import { findGroup, type Group } from '../../core/risk/groups.ts'
import { parseShock } from '../shock.ts'

/** A supposed move of one group. */
export interface GroupShock {
  /** As it was asked for. */
  readonly asset: string
  readonly group: Group
  /** 18 decimals, above 0. */
  readonly factorWad: bigint
}

/** `ETH=-15%`: at least one, each group once. Throws UsageError. */
export function groupShocks(
  groups: readonly Group[],
  texts: readonly string[],
): readonly [GroupShock, ...GroupShock[]] {
  const [first, ...rest] = texts.map((text): GroupShock => {
    const { asset, factorWad } = parseShock(text)
    return { asset, group: findGroup(groups, asset), factorWad }
  })
  if (first === undefined) throw badShocks('none', 'nothing moves')
  const roots = new Set([first, ...rest].map(({ group }) => group.root))
  if (roots.size !== texts.length)
    throw badShocks(texts.join(' '), 'two of them move the same feed, and with it everything priced from it')
  return [first, ...rest]
}

const badShocks = (what: string, why: string): UsageError =>
  new UsageError({
    code: 'BAD_SHOCK',
    what: `shocks ${what}`,
    why,
    fix: 'Name each feed once, by an asset and a change in per cent, such as WETH=-15%.',
  })

export const factorsOf = (shocks: readonly GroupShock[]): ReadonlyMap<Group['root'], bigint> =>
  new Map(shocks.map(({ group, factorWad }) => [group.root, factorWad]))

export const toShocks = (shocks: readonly GroupShock[]): { readonly asset: string; readonly factorWad: string }[] =>
  shocks.map(({ asset, factorWad }) => ({ asset, factorWad: factorWad.toString() }))

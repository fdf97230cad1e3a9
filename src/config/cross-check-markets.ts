import { CHAINS } from './chains.ts'
import { MARKETS } from './markets.ts'
import { type Path, type Problem, when } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { isTree, list, type Tree, text, tree } from './tree.ts'

/** What the program knows beyond the file. */
export interface Known {
  /** Protocol plugs; not checked when left out. */
  readonly protocols?: readonly string[] | undefined
  /** By protocol, what is wrong with a market's `rules`. */
  readonly rulesProblems?: Readonly<Record<string, (rules: string) => string | undefined>> | undefined
}

const nameOf = (market: unknown): string | undefined => text(market) ?? text(tree(market)['name'])

export const marketNames = (markets: unknown): readonly string[] =>
  list(markets).flatMap((market) => nameOf(market) ?? [])

export function marketProblems(markets: readonly unknown[], chains: Tree, known: Known): readonly Problem[] {
  const names = markets.map(nameOf)
  return markets.flatMap((market, i) => {
    const name = names[i]
    if (name === undefined) return []
    const path = ['markets', i]
    const twice = when(names.indexOf(name) < i, {
      path,
      what: `the market "${name}" is there twice`,
      why: 'names tell markets apart',
      fix: 'Take one out, or rename it.',
    })
    return [...twice, ...(isTree(market) ? described(market, name, path, chains, known) : byName(name, path, chains))]
  })
}

/** A market of which only the name is given. */
function byName(name: string, path: Path, chains: Tree): readonly Problem[] {
  const id = MARKETS[name]?.chainId
  const chain = Object.entries(CHAINS).find(([, known]) => known.id === id)?.[0]
  const configured = Object.entries(chains).map(([key, value]) => tree(value)['id'] ?? CHAINS[key]?.id)
  return [
    ...when(id === undefined, {
      path,
      what: `"${name}" is no market that is known by name`,
      why: 'only a name was given',
      fix: `${didYouMean(name, Object.keys(MARKETS))} Any other market needs an object: name, protocol, chain, addressesProvider.`,
    }),
    ...when(id !== undefined && !configured.includes(id), {
      path,
      what: `"${name}" lives on chain ${id}, which is not under \`chains\``,
      why: 'a market needs a node of its chain',
      fix: `Add \`chains.${chain}\` with its rpc.`,
    }),
  ]
}

function described(
  market: Tree,
  name: string,
  path: Path,
  chains: Tree,
  { protocols, rulesProblems }: Known,
): readonly Problem[] {
  const isKnown = Object.hasOwn(MARKETS, name)
  const needed = isKnown ? [] : ['protocol', 'chain', 'addressesProvider'].filter((key) => market[key] === undefined)
  const chain = text(market['chain'])
  const protocol = text(market['protocol'])
  const plug = protocol ?? MARKETS[name]?.protocol
  const rules = text(market['rules'])
  const strange = plug !== undefined && rules !== undefined ? rulesProblems?.[plug]?.(rules) : undefined
  return [
    ...needed.map((key) => ({
      path: [...path, key],
      what: 'is missing',
      why: `"${name}" is no market that is known by name`,
      fix: `Add \`${key}\`. ${didYouMean(name, Object.keys(MARKETS))}`,
    })),
    ...when(chain !== undefined && !Object.hasOwn(chains, chain), {
      path: [...path, 'chain'],
      what: `there is no chain "${chain}"`,
      why: 'a market names a chain of this file',
      fix: didYouMean(chain ?? '', Object.keys(chains)),
    }),
    ...(chain === undefined && isKnown ? byName(name, path, chains) : []),
    ...when(strange !== undefined, {
      path: [...path, 'rules'],
      what: `"${rules}" names no rules`,
      why: strange ?? '',
      fix: 'Leave it out (`auto`), or write such as "aave-v3.6" or "auto, 12 = aave-v3.6".',
    }),
    ...when(protocol !== undefined && protocols?.includes(protocol) === false, {
      path: [...path, 'protocol'],
      what: `"${protocol}" is no known protocol`,
      why: 'there is no plug of that name',
      fix: didYouMean(protocol ?? '', protocols ?? []),
    }),
  ]
}

import { CHAINS } from './chains.ts'
import { alertProblems } from './cross-check-alerts.ts'
import { type Known, marketNames, marketProblems } from './cross-check-markets.ts'
import { type Problem, when } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { list, type Tree, text, tree } from './tree.ts'

/** What no single option can know: names that refer to each other. Works on unchecked data, so that all problems come at once. */
export function crossCheck(root: unknown, known: Known): readonly Problem[] {
  const file = tree(root)
  const chains = tree(file['chains'])
  return [
    ...chainProblems(chains),
    ...marketProblems(list(file['markets']), chains, known),
    ...executorProblems(tree(file['executor']), marketNames(file['markets'])),
    ...alertProblems(tree(file['alerts']), marketNames(file['markets']), Object.keys(chains)),
    ...httpProblems(tree(file['http'])),
  ]
}

function chainProblems(chains: Tree): readonly Problem[] {
  const seen = new Map<unknown, string>()
  return Object.entries(chains).flatMap(([name, chain]) => {
    const expected = CHAINS[name]?.id
    const id = tree(chain)['id'] ?? expected
    const path = ['chains', name]
    const twin = id === undefined ? undefined : seen.get(id)
    seen.set(id, name)
    return [
      ...when(id === undefined, {
        path: [...path, 'id'],
        what: 'is missing',
        why: `"${name}" is no chain that is known by name`,
        fix: `Add its chain id. ${didYouMean(name, Object.keys(CHAINS))}`,
      }),
      ...when(expected !== undefined && id !== expected, {
        path: [...path, 'id'],
        what: `${name} is chain ${expected}, not ${id}`,
        why: 'a known name stands for its chain',
        fix: 'Take the id out, or give a fork another name.',
      }),
      ...when(twin !== undefined, {
        path,
        what: `chain ${id} is there twice, as ${twin} and ${name}`,
        why: 'each chain has one loop',
        fix: 'Put all endpoints under one name.',
      }),
      ...when(tree(chain)['pools'] === 'auto' && tree(chain)['uniswapV3'] === undefined && !isKnown(name, id), {
        path: [...path, 'pools'],
        what: '`auto` needs `uniswapV3.factory`',
        why: `pools are found through their factory, and that of chain "${name}" is not known`,
        fix: 'Add `uniswapV3: { quoter, router, factory }`, or list the pools by their addresses.',
      }),
      ...when(tree(chain)['integrity'] === 'receipts', {
        path: [...path, 'integrity'],
        what: '`receipts` is not implemented yet',
        why: 'it would be taken for a check that nobody makes',
        fix: 'Use "bloom", the default.',
      }),
    ]
  })
}

const isKnown = (name: string, id: unknown): boolean =>
  CHAINS[name] !== undefined || Object.values(CHAINS).some((known) => known.id === id)

function executorProblems(executor: Tree, markets: readonly string[]): readonly Problem[] {
  const strangers = Object.keys(tree(executor['markets'])).filter((name) => !markets.includes(name))
  return [
    ...strangers.map((name) => ({
      path: ['executor', 'markets', name],
      what: `there is no market "${name}"`,
      why: 'limits are for a market of this file',
      fix: didYouMean(name, markets),
    })),
    ...when(executor['mode'] === 'live' && executor['signer'] === undefined, {
      path: ['executor', 'signer'],
      what: 'is missing',
      why: 'mode live signs transactions',
      fix: 'Add `signer: { keystore: ./keeper.json }`, or use mode simulate.',
    }),
  ]
}

function httpProblems(http: Tree): readonly Problem[] {
  const host = text(http['host']) ?? '127.0.0.1'
  const open = !['127.0.0.1', '::1', 'localhost'].includes(host) && !http['token']
  return when(open, {
    path: ['http', 'token'],
    what: 'is missing',
    why: `others can reach ${host}, and would be taken for operators`,
    fix: 'Add `token: "${PLIMSOLL_TOKEN}"`, or listen on 127.0.0.1.',
  })
}

import { type Problem, when } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { list, type Tree, text, tree } from './tree.ts'

/** What each kind of rule cannot do without, and what else it knows beside whom it speaks of. */
const RULES: Readonly<Record<string, { readonly needs: readonly string[]; readonly knows: readonly string[] }>> = {
  ladder: { needs: [], knows: ['thresholds', 'distances', 'hysteresis'] },
  fall: { needs: ['lost', 'withinS'], knows: ['healthBelow'] },
  time: { needs: ['withinS'], knows: [] },
  large: { needs: ['healthBelow'], knows: ['hysteresis'] },
  wave: { needs: ['fallPct', 'aboveUsd'], knows: [] },
}
const COMMON = ['name', 'when', 'market', 'chain', 'label', 'accounts', 'minDebtUsd', 'cooldownS']
/** The ladder that `alerts.thresholds` are. */
const TAKEN = 'positions'

export function alertProblems(alerts: Tree, markets: readonly string[], chains: readonly string[]): readonly Problem[] {
  const rules = list(alerts['rules']).map(tree)
  const labels = Object.keys(tree(alerts['labels']))
  return [
    ...twinProblems(alerts, 'thresholds'),
    ...twinProblems(alerts, 'distances'),
    ...nameProblems(rules, ['alerts', 'rules'], [TAKEN]),
    ...nameProblems(list(alerts['webhooks']).map(tree), ['alerts', 'webhooks'], []),
    ...chatProblems(tree(alerts['telegram'])),
    ...rules.flatMap((rule, i) => [
      ...fieldProblems(rule, i),
      ...reference(rule, i, 'market', markets),
      ...reference(rule, i, 'chain', chains),
      ...reference(rule, i, 'label', labels),
    ]),
  ]
}

function twinProblems(alerts: Tree, key: 'thresholds' | 'distances'): readonly Problem[] {
  const values = list(alerts[key]).map(Number)
  const twins = values.flatMap((value, i) => (values.indexOf(value) < i && value >= 0 ? [i] : []))
  return twins.map((i) => ({
    path: ['alerts', key, i],
    what: `${values[i]} is there twice`,
    why: 'each is one alert',
    fix: 'Take one out.',
  }))
}

function nameProblems(items: readonly Tree[], path: readonly string[], taken: readonly string[]): readonly Problem[] {
  const names = items.map((item) => text(item['name']))
  return names.flatMap((name, i) =>
    when(name !== undefined && (names.indexOf(name) < i || taken.includes(name)), {
      path: [...path, i, 'name'],
      what: `the name ${JSON.stringify(name)} is taken`,
      why: 'what was told is remembered by it',
      fix: 'Choose another.',
    }),
  )
}

function chatProblems(telegram: Tree): readonly Problem[] {
  const ids = list(telegram['chats']).map((chat) => tree(chat)['chatId'])
  return ids.flatMap((id, i) =>
    when(id !== undefined && ids.indexOf(id) < i, {
      path: ['alerts', 'telegram', 'chats', i, 'chatId'],
      what: `chat ${String(id)} is there twice`,
      why: 'a chat has one role, and would get every message twice',
      fix: 'Put both into one.',
    }),
  )
}

function fieldProblems(rule: Tree, i: number): readonly Problem[] {
  const kind = text(rule['when'])
  const shape = kind === undefined ? undefined : RULES[kind]
  if (shape === undefined) return []
  const path = ['alerts', 'rules', i]
  const allowed = [...COMMON, ...shape.needs, ...shape.knows]
  const idle = kind === 'ladder' && list(rule['thresholds']).length + list(rule['distances']).length === 0
  return [
    ...shape.needs
      .filter((key) => rule[key] === undefined)
      .map((key) => ({
        path: [...path, key],
        what: 'is missing',
        why: `a rule of kind ${kind} needs it`,
        fix: `Add \`${key}\`.`,
      })),
    ...Object.keys(rule)
      .filter(
        (key) =>
          !allowed.includes(key) && Object.values(RULES).some(({ needs, knows }) => [...needs, ...knows].includes(key)),
      )
      .map((key) => ({
        path: [...path, key],
        what: `means nothing to a rule of kind ${kind}`,
        why: `it knows ${[...shape.needs, ...shape.knows].join(', ')}`,
        fix: 'Take it out.',
      })),
    ...when(idle, {
      path: [...path, 'thresholds'],
      what: 'a ladder without thresholds or distances',
      why: 'it would never say anything',
      fix: 'Add `thresholds: ["1.2"]` or `distances: ["5"]`.',
    }),
  ]
}

function reference(rule: Tree, i: number, key: string, known: readonly string[]): readonly Problem[] {
  const name = text(rule[key])
  return when(name !== undefined && !known.includes(name), {
    path: ['alerts', 'rules', i, key],
    what: `there is no ${key} "${name}"`,
    why: 'a rule speaks of what this file has',
    fix: didYouMean(name ?? '', known),
  })
}

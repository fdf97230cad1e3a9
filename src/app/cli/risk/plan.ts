import { RESCUE_OBSTACLES, type RescueObstacle } from '../../../core/rescue.ts'
import type { PlanAnswer, PlanOption } from '../../../core/risk/move-answers.ts'
import { amountUp, health } from '../format.ts'
import { type Look, tableOf, wrap } from './look.ts'
import { parts, type Screen } from './screen.ts'
import { lackingTable } from './sources.ts'
import { answer, briefly, heading, moneyBase, price, share, symbol } from './words.ts'

type Stop = NonNullable<PlanAnswer['stop']>

/** `plimsoll risk plan`: what an owner does now so that a stop price leaves the position healthy. */
export const planScreen: Screen<'plan'> = {
  text: (plan, look) =>
    parts(
      `${heading(plan, look)}\n${answer(sentence(plan), look)}`,
      plan.stop === null ? '' : stopTable(plan.stop, look),
      chances(plan, look),
      plan.healthFactor === null ? '' : 'Amounts are of this block and its prices. This is no advice.',
      lackingTable(plan, look),
    ),
}

function sentence({ address, healthFactor, stop, probability24h }: PlanAnswer): string {
  const who = briefly(address)
  if (healthFactor === null) return `${who} owes nothing here: no price liquidates it.`
  const now = `${who} has health ${health(healthFactor)}`
  if (stop !== null) {
    const there = stop.healthFactor === null ? 'no debt' : `health ${health(stop.healthFactor)}`
    const below = stop.healthFactor !== null && BigInt(stop.healthFactor) < 10n ** 18n ? ': liquidatable' : ''
    return `${now} now, and ${there} with ${stopSymbol(stop)} at ${price(stop.price)}${below}.`
  }
  const chance =
    probability24h.value === null
      ? ''
      : `; health falls below 1 within 24 h with a chance of ${share(probability24h.value)}`
  return `${now}${chance}. With --stop ASSET=PRICE: what it takes to stand that price.`
}

/** Its symbol is only known where it is among the ways out. */
const stopSymbol = ({ asset, options }: Stop): string => {
  const named = options.find((one) => one.asset === asset)
  return named === undefined ? briefly(asset) : symbol(named.symbol)
}

function stopTable(stop: Stop, look: Look): string {
  const { options, targetHealth } = stop
  const at = `${stopSymbol(stop)} at ${price(stop.price)}`
  if (options.length === 0)
    return `No way out is needed or possible: with ${at} health is ${health(stop.healthFactor)}, the target ${health(targetHealth)}.`
  const table = tableOf(
    options,
    [
      { head: 'one of', cell: ({ kind }) => kind, left: true },
      { head: 'amount', cell: portionText, left: true },
      { head: 'worth', cell: ({ valueBase }) => moneyBase(valueBase) },
      { head: 'health now', cell: ({ healthNow }) => health(healthNow) },
      { head: '', cell: noteOf, left: true },
    ],
    look,
  )
  const blocked = options.flatMap(({ kind, obstacle }) =>
    obstacle === null ? [] : [`${kind}: ${obstacleText(obstacle)}`],
  )
  const head = `Now, so that with ${at} health is ${health(targetHealth)}:\n${table}`
  return [head, ...blocked.map((line) => wrap(line, look.width))].join('\n')
}

/** Rounded up: what must suffice. */
const portionText = (one: Pick<PlanOption, 'amount' | 'decimals' | 'symbol'>): string =>
  `${amountUp(BigInt(one.amount), one.decimals, Math.min(6, one.decimals))} ${symbol(one.symbol)}`

const noteOf = ({ repays, obstacle }: PlanOption): string => {
  const sold = repays === null ? '' : `repays ${moneyBase(repays.valueBase)} of ${symbol(repays.symbol)}`
  return obstacle === null ? sold : `${sold === '' ? '' : `${sold}, `}not as it stands`
}

const isObstacle = (name: string): name is RescueObstacle => Object.hasOwn(RESCUE_OBSTACLES, name)
const obstacleText = (name: string): string => (isObstacle(name) ? RESCUE_OBSTACLES[name] : symbol(name, 40))

function chances({ probability24h, contributions, additions, returns }: PlanAnswer, look: Look): string {
  if (probability24h.value === null) return ''
  const parts = contributions.map((one) => `${symbol(one.symbol)} ${share(one.share)}`)
  const by = parts.length === 0 ? '' : `, of its variance ${parts.join(', ')}`
  const [best] = additions
  const add =
    best === undefined
      ? ''
      : ` With ${moneyBase(best.valueBase)} of ${symbol(best.symbol)} added as collateral: ${share(best.probability24h)}.`
  return wrap(
    `Chance of health below 1 within 24 h: ${share(probability24h.value)} (from ${returns} hours)${by}.${add}`,
    look.width,
  )
}

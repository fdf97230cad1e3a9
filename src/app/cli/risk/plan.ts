import type { PlanAnswer } from '../../../core/risk/answers.ts'
import { amountUp, health } from '../format.ts'
import { type Look, tableOf } from './look.ts'
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
      chances(plan),
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
      { head: 'amount', cell: (one) => amountUp(BigInt(one.amount), one.decimals, Math.min(6, one.decimals)) },
      { head: '', cell: (one) => symbol(one.symbol), left: true },
      { head: 'worth', cell: ({ valueBase }) => moneyBase(valueBase) },
    ],
    look,
  )
  return `Now, so that with ${at} health is ${health(targetHealth)}:\n${table}`
}

function chances({ probability24h, contributions }: PlanAnswer): string {
  if (probability24h.value === null) return ''
  const by = contributions.map((one) => `${symbol(one.symbol)} ${share(one.share)}`).join(', ')
  return `Chance of health below 1 within 24 h: ${share(probability24h.value)}${by === '' ? '' : `, by ${by}`}.`
}

/** What can be said in a query about the wave. Whether the market lists it, its desk says. */
import { z } from 'zod'
import { oneOf, whole } from './parameters.ts'

const MOST_SHOCKS = 10

const market = z.string().optional().meta({ description: 'Name of a market; the first one when left out' })
const group = z
  .string()
  .max(64)
  .optional()
  .meta({ description: 'A symbol of any asset of the group, or its feed; the heaviest when left out' })

/** A plus that nobody escaped has come as a space: `ETH=+2.5` as `ETH= 2.5`. */
const withPlus = (text: string): string => text.replaceAll('= ', '=+')

/** `ETH=-15%,WBTC=+2.5%`; the per-cent sign may be left out, since a URL has to escape it. */
const shock = z
  .string({ error: 'something must move, such as ETH=-15' })
  .max(1_000)
  .transform((text) =>
    withPlus(text)
      .split(',')
      .map((one) => (one.endsWith('%') ? one : `${one}%`)),
  )
  .refine((shocks) => shocks.length <= MOST_SHOCKS && shocks.every((one) => /^[^=\s]+=[+-]?\d+(\.\d+)?%$/.test(one)), {
    error: `it must be changes in per cent such as ETH=-15,WBTC=+2.5, at most ${MOST_SHOCKS}`,
  })
  .meta({ type: 'string', description: 'Changes of feeds in per cent, `ETH=-15,WBTC=+2.5`' })

const kappa = z
  .string()
  .refine((text) => /^\d(\.\d{1,6})?$/.test(text) && Number(text) <= 1, { error: 'it must be a number from 0 to 1' })
  .transform(Number)
  .default(0.5)
  .meta({
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'How far the oracle follows the pools; 0.5 when left out',
  })

const groups = z
  .string()
  .regex(/^[^,\s]{1,64},[^,\s]{1,64}$/, { error: 'it must be two groups with a comma between them, such as ETH,BTC' })
  .transform((text): readonly [string, string] => {
    const [first = '', second = ''] = text.split(',')
    return [first, second]
  })
  .optional()
  .meta({ type: 'string', description: 'Two groups, `ETH,BTC`; the two heaviest when left out' })

const stop = z
  .string()
  .transform(withPlus)
  .refine((text) => /^[^=\s]{1,64}=(\d{1,12}(\.\d{1,8})?|[+-]?\d{1,6}(\.\d{1,16})?%)$/.test(text), {
    error: 'it must be an asset and its price or a change in per cent, such as WETH=1500 or WETH=-25%',
  })
  .optional()
  .meta({ type: 'string', description: 'The price to stand, `WETH=1500`, or a change in per cent, `WETH=-25%`' })
const target = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,18})?$/, { error: 'it must be a health factor such as 1.25' })
  .optional()
  .meta({ description: 'The health to have there, such as `1.25`' })

export const riskParameters = {
  market: z.strictObject({ market }),
  group: z.strictObject({ market, group }),
  ladder: z.strictObject({
    market,
    group,
    side: oneOf(['fall', 'rise'], '`rise`: those who owe the group').default('fall'),
    accounts: whole(0, 1_000, 10, 'Accounts behind it, the largest first'),
  }),
  cascade: z.strictObject({ market, shock, kappa, top: whole(0, 1_000, 10, 'Accounts, most taken from first') }),
  joint: z.strictObject({ market, groups }),
  compare: z.strictObject({ market, shock }),
  plan: z.strictObject({ stop, target }),
}

import type { ContractSet } from '../ground.ts'
import { governanceKinds } from './governance.ts'
import type { Kind } from './kind.ts'
import { legacyKinds } from './legacy.ts'
import { legacyEModeKinds } from './legacy-emode.ts'
import { liquidationKinds } from './liquidations.ts'
import { priceKinds } from './prices.ts'
import { specialKinds } from './specials.ts'
import { userKinds } from './users.ts'

const all: readonly Kind[] = [
  ...userKinds,
  ...liquidationKinds,
  ...priceKinds,
  ...specialKinds,
  ...governanceKinds,
  ...legacyKinds,
  ...legacyEModeKinds,
]

export const kindsOf = (set: ContractSet): readonly Kind[] => all.filter(({ sets }) => sets?.includes(set) ?? true)

import { type Address, getAddress, isAddress } from 'viem'
import { deployLiquidator } from '../deploy.ts'
import { openKey } from '../executors.ts'
import { print, printJson, talk } from './output.ts'
import { bad } from './positions.ts'
import { type GlobalOptions, readSettings, unknownMarket } from './session.ts'

export interface DeployCommand {
  readonly market: string
  readonly treasury: string
  readonly owner?: string | undefined
  readonly keeper?: string | undefined
}

/** `plimsoll deploy`: the Liquidator of one market, checked after it stands. The signer pays. */
export async function deploy(global: GlobalOptions, command: DeployCommand, signal: AbortSignal): Promise<void> {
  const treasury = readAddress('--treasury', command.treasury)
  const settings = readSettings(global.config)
  const market = settings.config.markets.find(({ name }) => name === command.market)
  if (market === undefined) throw unknownMarket(command.market, settings.config)
  const chain = settings.config.chains.find(({ name }) => name === market.chain)
  if (chain === undefined)
    throw new RangeError(`market ${market.name} without its chain: the configuration's check lets none pass`)
  const account = await openKey(settings.config.executor, settings.env, talk)
  const owner = readAddress('--owner', command.owner ?? account.address)
  const keeper = readAddress('--keeper', command.keeper ?? account.address)
  talk(`deploying the Liquidator of ${market.name} on ${chain.name} from ${account.address}`)
  const deployment = await deployLiquidator({
    chain,
    market,
    account,
    treasury,
    owner,
    keeper,
    signal,
    onProblem: talk,
  })
  if (global.json) return printJson({ market: market.name, chainId: chain.id, ...checksums(deployment) })
  print(`deployed ${getAddress(deployment.contract)} (transaction ${deployment.transactionHash})`)
  print(`owner ${getAddress(owner)}, keeper ${getAddress(keeper)}, proceeds go to ${getAddress(treasury)}`)
  print(
    `\nput it into the configuration:\n\nexecutor:\n  markets:\n    ${market.name}: { contract: "${getAddress(deployment.contract)}" }`,
  )
}

function readAddress(option: string, text: string): Address {
  if (!isAddress(text)) throw bad(option, text, 'it is no address (or its checksum is wrong)')
  return text
}

const checksums = (fields: object): object =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' && isAddress(value, { strict: false }) ? getAddress(value) : value,
    ]),
  )

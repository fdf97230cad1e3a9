import { stat } from 'node:fs/promises'
import type { Address } from 'viem'
import { addressInKeystore } from '../../adapters/keystore.ts'
import { Rpc } from '../../adapters/rpc/client.ts'
import type { ChainConfig, Config } from '../../config/config.ts'
import { ConfigError } from '../../core/errors.ts'
import { ChainState } from '../chain-state.ts'
import { balanceOf, coins } from '../people/low-balance.ts'
import { type Area, areaOf, type Finding } from './finding.ts'

export interface SignerCheck {
  readonly address: Address | undefined
  readonly findings: readonly Finding[]
}

/** The key as far as it can be looked at without opening it, and what it holds. */
export async function checkSigner(
  { executor, chains }: Config,
  env: Readonly<Record<string, string | undefined>>,
): Promise<SignerCheck> {
  const area = areaOf('signer')
  const { signer, mode, lowBalanceWei } = executor
  const needed = mode === 'live' || mode === 'simulate'
  if (signer === undefined) {
    if (!needed) return { address: undefined, findings: [area.ok('key', `none is needed in mode ${mode}`)] }
    const why = 'there is no key to sign with, or whose call could be simulated'
    const fix = 'Set executor.signer.keystore.'
    return { address: undefined, findings: [area.failed('key', { what: 'executor.signer is not set', why, fix })] }
  }
  const address = await addressInKeystore(signer.keystore).catch((error: unknown) => {
    if (error instanceof ConfigError) return error
    throw error
  })
  if (typeof address !== 'string') {
    const { what, why, fix } = address
    return {
      address: undefined,
      findings: [needed ? area.failed('key', address) : area.warning('key', { what, why, fix })],
    }
  }
  const isLive = mode === 'live'
  return {
    address,
    findings: [
      await readable(area, signer.keystore, address),
      ...(isLive ? [password(area, signer.passwordEnv, env)] : []),
      ...(await Promise.all(chains.map((chain) => balance(area, chain, { address, lowBalanceWei, isLive })))),
    ],
  }
}

async function readable(area: Area, keystore: string, address: Address): Promise<Finding> {
  const { mode } = await stat(keystore)
  if ((mode & 0o077) === 0) return area.ok('key', `${keystore} is that of ${address}`)
  const why = 'with the password, whoever reads it can sign'
  return area.warning('key', { what: `${keystore} can be read by others`, why, fix: `chmod 600 ${keystore}` })
}

function password(area: Area, name: string, env: Readonly<Record<string, string | undefined>>): Finding {
  if (env[name]) return area.ok('password', `${name} is set; whether it opens the key shows the start`)
  const why = 'the key cannot be opened without it'
  return area.failed('password', {
    what: `${name} is not set`,
    why,
    fix: `Set ${name} in the environment or in .env (mode 0600).`,
  })
}

async function balance(
  area: Area,
  chain: ChainConfig,
  {
    address,
    lowBalanceWei,
    isLive,
  }: { readonly address: Address; readonly lowBalanceWei: bigint; readonly isLive: boolean },
): Promise<Finding> {
  const check = `balance on ${chain.name}`
  const state = new ChainState(chain.name, chain.id, chain.blockTimeS)
  state.node = new Rpc({ chain: chain.name, chainId: chain.id, urls: chain.rpc, onProblem: () => {} })
  const wei = await balanceOf(state, address)
  if (wei === undefined)
    return area.warning(check, { what: 'not looked at', why: 'no node of the chain can be used', fix: 'See above.' })
  const what = `${coins(wei)} ${chain.nativeSymbol}`
  if (wei >= lowBalanceWei || !isLive) return area.ok(check, what)
  const trouble = {
    what,
    why: `it pays for gas, and has less than ${coins(lowBalanceWei)}`,
    fix: `Send some to ${address}, or lower executor.lowBalance.`,
  }
  return wei === 0n ? area.failed(check, trouble) : area.warning(check, trouble)
}

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Address, Hex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { ConfigError } from '../core/errors.ts'

/** Bits of a file's mode that let anybody but its owner in. */
const OTHERS = 0o077

/**
 * The account in a keystore v3 file (scrypt or pbkdf2; takes a second or two). Throws ConfigError; no message of it
 * holds the password or any part of the file. `warn` hears about a file that others may read.
 */
export async function openKeystore(
  path: string,
  password: string,
  warn: (text: string) => void = () => {},
): Promise<PrivateKeyAccount> {
  refuseEmpty(path, password)
  const json = await readKeystore(path)
  const { mode } = await stat(path)
  if ((mode & OTHERS) !== 0) warn(`keystore ${path} can be read by others: chmod 600 ${path}`)
  const { Wallet } = await import('ethers') // a third of a second to load: only for those who need it
  const wallet = await Wallet.fromEncryptedJson(json, password).catch((error: unknown) => {
    throw undecipherable(path, error)
  })
  return toAccount(wallet.privateKey)
}

/** Whose key it is, without opening it: keystores say so in the clear. */
export async function addressInKeystore(path: string): Promise<Address> {
  const { address }: { address?: unknown } = JSON.parse(await readKeystore(path))
  const text = typeof address === 'string' ? address.replace(/^0x/, '') : ''
  if (/^[0-9a-f]{40}$/i.test(text)) return `0x${text.toLowerCase()}`
  throw new ConfigError({
    code: 'KEYSTORE_INVALID',
    what: `keystore ${path}`,
    why: 'it does not say whose key it holds',
    fix: 'Make one that has an "address", with geth, Foundry or ethers.',
  })
}

/** Write a new file that only its owner may read. Throws ConfigError rather than overwrite one. Returns the address. */
export async function writeKeystore(path: string, privateKey: Hex, password: string): Promise<Address> {
  refuseEmpty(path, password)
  const { address } = toAccount(privateKey)
  const { Wallet } = await import('ethers')
  const json = await new Wallet(privateKey).encrypt(password)
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writeFile(path, `${json}\n`, { mode: 0o600, flag: 'wx', flush: true })
  } catch (cause) {
    throw unwritable(path, cause)
  }
  return address
}

/** The text of the file once it is known to be JSON of version 3. Never a cause: a parser's message quotes the file. */
async function readKeystore(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (versionOf(text) !== 3)
    throw new ConfigError({
      code: 'KEYSTORE_INVALID',
      what: `keystore ${path}`,
      why: 'it is not a keystore of version 3',
      fix: 'Make one with geth, Foundry or ethers; a bare private key does not belong in a file',
    })
  return text
}

function versionOf(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined
  } catch {
    return undefined
  }
}

function toAccount(privateKey: string): PrivateKeyAccount {
  try {
    return privateKeyToAccount(privateKey as Hex)
  } catch {
    throw new ConfigError({
      code: 'KEY_INVALID',
      what: 'the private key',
      why: 'it is not 0x and 64 hexadecimal digits of a key on secp256k1',
      fix: 'Check that it was copied as a whole',
    })
  }
}

function refuseEmpty(path: string, password: string): void {
  if (password !== '') return
  throw new ConfigError({
    code: 'KEYSTORE_PASSWORD_EMPTY',
    what: `keystore ${path}`,
    why: 'the password is empty',
    fix: 'Give a password; an empty one protects nothing',
  })
}

/** ethers says which of the two it was by its message only. */
function undecipherable(path: string, error: unknown): ConfigError {
  const wrong = error instanceof Error && error.message === 'invalid password'
  return new ConfigError({
    code: wrong ? 'KEYSTORE_PASSWORD_WRONG' : 'KEYSTORE_INVALID',
    what: `keystore ${path}`,
    why: wrong ? 'the password does not open it' : 'its content is incomplete or of an unknown kind',
    fix: wrong
      ? 'Check the password, and a line break at its end'
      : 'Restore the file from a backup, or make a new one',
  })
}

const unreadable = (path: string, cause: unknown): ConfigError =>
  new ConfigError(
    {
      code: 'KEYSTORE_UNREADABLE',
      what: `keystore ${path}`,
      why: `it cannot be read (${codeOf(cause)})`,
      fix: 'Check the path and that this user may read it',
    },
    { cause },
  )

const unwritable = (path: string, cause: unknown): ConfigError =>
  new ConfigError(
    {
      code: 'KEYSTORE_UNWRITABLE',
      what: `keystore ${path}`,
      why: codeOf(cause) === 'EEXIST' ? 'there is a file already' : `it cannot be written (${codeOf(cause)})`,
      fix: 'Name a new file in a directory this user may write to; nothing was overwritten',
    },
    { cause },
  )

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

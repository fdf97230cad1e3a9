import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { expect } from 'chai'
import { openKeystore, writeKeystore } from '../../src/adapters/keystore.ts'
import { ConfigError } from '../../src/core/errors.ts'

const KEY = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
const ADDRESS = '0x008AeEda4D805471dF9b2A5B0f38A0C3bCBA786b'
const PASSWORD = 'testpassword'

/** The pbkdf2 vector of the Web3 Secret Storage definition. */
const PBKDF2 = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262_144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
}

describe('keystore', function () {
  this.timeout(30_000)
  let dir: string
  let path: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'plimsoll-keystore-'))
    path = join(dir, 'key.json')
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  const put = (content: unknown): void =>
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })

  /** The ConfigError that `work` ends with; nothing of it may hold the key or the password. */
  async function complaint(work: Promise<unknown>): Promise<ConfigError> {
    const error = await work.then(
      () => expect.fail('nothing was thrown'),
      (thrown: unknown) => thrown,
    )
    expect(error).to.be.instanceOf(ConfigError)
    const everything = inspect(error, { depth: 10, showHidden: true })
    expect(everything).not.to.contain(KEY.slice(2, 12))
    expect(everything).not.to.contain(PASSWORD)
    return error as ConfigError
  }

  it('opens what it wrote (scrypt), readable by its owner only', async () => {
    const deep = join(dir, 'sub', 'key.json')
    expect(await writeKeystore(deep, KEY, PASSWORD)).to.equal(ADDRESS)
    expect(statSync(deep).mode & 0o777).to.equal(0o600)
    expect(readFileSync(deep, 'utf8')).to.contain('scrypt').and.not.contain(KEY.slice(2))
    const warnings: string[] = []
    const account = await openKeystore(deep, PASSWORD, (text) => warnings.push(text))
    expect(account.address).to.equal(ADDRESS)
    expect(await account.signMessage({ message: 'x' })).to.match(/^0x[0-9a-f]{130}$/)
    expect(warnings).to.deep.equal([])
  })

  it('opens pbkdf2, and warns of a file that others may read', async () => {
    put(PBKDF2)
    chmodSync(path, 0o640)
    const warnings: string[] = []
    expect((await openKeystore(path, PASSWORD, (text) => warnings.push(text))).address).to.equal(ADDRESS)
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.contain(`chmod 600 ${path}`)
  })

  it('refuses a wrong password', async () => {
    put(PBKDF2)
    const error = await complaint(openKeystore(path, `${PASSWORD}!`))
    expect(error.code).to.equal('KEYSTORE_PASSWORD_WRONG')
  })

  it('refuses an empty password, on both ways', async () => {
    put(PBKDF2)
    expect((await complaint(openKeystore(path, ''))).code).to.equal('KEYSTORE_PASSWORD_EMPTY')
    expect((await complaint(writeKeystore(join(dir, 'new'), KEY, ''))).code).to.equal('KEYSTORE_PASSWORD_EMPTY')
    expect(existsSync(join(dir, 'new'))).to.equal(false)
  })

  it('refuses a missing file and a directory', async () => {
    expect((await complaint(openKeystore(path, PASSWORD))).code).to.equal('KEYSTORE_UNREADABLE')
    expect((await complaint(openKeystore(dir, PASSWORD))).message).to.contain(dir)
  })

  for (const [what, content] of [
    ['a bare private key, without repeating it', KEY],
    ['a bare private key without 0x', KEY.slice(2)],
    ['text', 'hello'],
    ['an empty file', ''],
    ['JSON of another kind', { hello: 1 }],
    ['JSON null', 'null'],
    ['version 1', { ...PBKDF2, version: 1 }],
    ['version 3 without content', { version: 3 }],
    ['an unknown cipher', { ...PBKDF2, crypto: { ...PBKDF2.crypto, cipher: 'rot13' } }],
    ['an unknown kdf', { ...PBKDF2, crypto: { ...PBKDF2.crypto, kdf: 'md5' } }],
    ["somebody else's address", { ...PBKDF2, address: '11'.repeat(20) }],
  ] as const)
    it(`refuses ${what}`, async () => {
      put(content)
      const error = await complaint(openKeystore(path, PASSWORD))
      expect(error.code).to.equal('KEYSTORE_INVALID')
      expect(error.message).to.contain(path)
    })

  it('never overwrites a file', async () => {
    put('precious')
    const error = await complaint(writeKeystore(path, KEY, PASSWORD))
    expect(error.code).to.equal('KEYSTORE_UNWRITABLE')
    expect(readFileSync(path, 'utf8')).to.equal('precious')
  })

  for (const [what, key] of [
    ['too short', KEY.slice(0, -2)],
    ['zero', `0x${'0'.repeat(64)}`],
    ['beyond the curve', `0x${'f'.repeat(64)}`],
    ['not hexadecimal', `0x${'g'.repeat(64)}`],
  ] as const)
    it(`refuses to write a key that is ${what}`, async () => {
      const error = await complaint(writeKeystore(path, key as typeof KEY, PASSWORD))
      expect(error.code).to.equal('KEY_INVALID')
      expect(existsSync(path)).to.equal(false)
    })
})

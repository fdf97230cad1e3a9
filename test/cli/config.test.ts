import { expect } from 'chai'
import { complaintIn, edited, MARKET, Place, type Tree } from './support.ts'

const POOL = '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e'

/** Nothing here gets as far as a node. */
const base: Tree = {
  chains: { local: { id: 31337, rpc: ['http://127.0.0.1:1'], finality: 64 } },
  markets: [{ name: MARKET, protocol: 'aave-v3', chain: 'local', addressesProvider: POOL }],
  executor: { mode: 'dry-run', markets: {} },
  store: { path: './plimsoll.db' },
  http: { host: '127.0.0.1', port: 0 },
}

interface Case {
  readonly name: string
  /** The whole file, or what is changed in it. */
  readonly file?: string | undefined
  readonly edits?: readonly (readonly [path: string, value: Tree[string]])[]
  readonly says: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: 'an unknown key, with the one that was meant',
    edits: [['store.pth', './x.db']],
    says: ['store.pth (line ', 'unknown option', 'Did you mean "path"?'],
  },
  {
    name: 'an address that is none',
    edits: [['markets.0.addressesProvider', '0x2f39']],
    says: ['markets[0].addressesProvider (line ', '"0x2f39" is no address', '40 hex digits'],
  },
  {
    name: 'an address with a mistyped letter',
    edits: [['markets.0.addressesProvider', POOL.replace('AFaB', 'AfaB')]],
    says: ['markets[0].addressesProvider (line ', 'has a wrong checksum', 'Copy it again'],
  },
  {
    name: 'two mistakes at once, both of them',
    edits: [
      ['markets.0.protocol', 'aave-v33'],
      ['http.port', 70_000],
    ],
    says: ['has 2 problems', 'markets[0].protocol (line ', 'Did you mean "aave-v3"?', 'http.port (line ', '65535'],
  },
  {
    name: 'a variable that is not set, and not the empty value that follows from it',
    edits: [['chains.local.rpc', ['${LOCAL_RPC_URL}']]],
    says: ['has a problem', 'chains.local.rpc[0] (line ', 'LOCAL_RPC_URL is not set', 'Set LOCAL_RPC_URL in .env'],
  },
  {
    name: 'text that is no YAML, with its line',
    file: 'chains:\n  local: { id: 31337\nmarkets: [',
    says: ['is no valid YAML', 'line 3'],
  },
  {
    name: 'a host that others reach, without a token',
    edits: [['http.host', '0.0.0.0']],
    says: ['http.token (line ', 'others can reach 0.0.0.0', 'PLIMSOLL_TOKEN'],
  },
  {
    name: 'live without a signer',
    edits: [['executor.mode', 'live']],
    says: ['executor.signer (line ', 'is missing', 'mode live signs transactions'],
  },
]

describe('the command line, with a wrong configuration', () => {
  let place: Place

  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())

  for (const { name, file, edits = [], says } of cases)
    it(`names ${name}`, async () => {
      place.configure(file ?? edits.reduce<Tree>((config, [path, value]) => edited(config, path, value), base))
      const end = await place.plimsoll(['config', 'check'])
      expect([end.code, end.stdout], end.stderr).to.deep.equal([1, ''])
      expect(complaintIn(end)).to.equal('CONFIG_INVALID')
      for (const text of says) expect(end.stderr).to.include(text)
    })

  it('says the same before any other command, and makes no store', async () => {
    place.configure(edited(base, 'store.pth', './x.db'))
    for (const args of [['positions', '--json'], ['run']]) {
      const end = await place.plimsoll(args)
      expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([1, '', 'CONFIG_INVALID'])
    }
    expect(place.bytes()).to.equal(undefined)
  })

  it('says which file is missing', async () => {
    const end = await place.plimsoll(['run', '-c', 'other.yaml'])
    expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([1, '', 'CONFIG_UNREADABLE'])
    expect(end.stderr).to.include('cannot read other.yaml').and.to.include('plimsoll.example.yaml')
  })

  it('never repeats a secret of the environment', async () => {
    place.configure(edited(base, 'chains.local.rpc', ['${LOCAL_RPC_URL}']))
    const end = await place.plimsoll(['config', 'check'], { LOCAL_RPC_URL: 'htp://node/secret-key-0123456789' })
    expect([end.code, complaintIn(end)]).to.deep.equal([1, 'CONFIG_INVALID'])
    expect(end.stderr).not.to.include('secret-key')
  })
})

describe('the command line, with a right configuration', () => {
  let place: Place

  beforeEach(() => {
    place = new Place()
    place.configure(edited(base, 'chains.local.rpc', ['${LOCAL_RPC_URL}']))
    place.write('.env', 'LOCAL_RPC_URL=http://127.0.0.1:1\n')
  })
  afterEach(() => place.remove())

  it('sums it up, with the variables of .env beside it', async () => {
    expect(await place.json('config', 'check')).to.deep.equal({
      schemaVersion: 1,
      chains: [{ name: 'local', id: 31337 }],
      markets: [{ name: MARKET, chain: 'local' }],
      mode: 'dry-run',
      telegram: false,
    })
    const { code, stdout, stderr } = await place.plimsoll(['config', 'check'])
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.include('plimsoll.yaml is fine').and.to.include('chain local (31337)')
  })

  it('prints the JSON Schema, which knows every section', async () => {
    const { code, stdout } = await place.plimsoll(['config', 'schema'])
    const { properties } = JSON.parse(stdout) as { properties: object }
    expect(code).to.equal(0)
    expect(Object.keys(properties)).to.include.members(['chains', 'markets', 'executor', 'alerts', 'store', 'http'])
  })
})

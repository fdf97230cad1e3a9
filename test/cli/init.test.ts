import { existsSync, readFileSync, statSync } from 'node:fs'
import { expect } from 'chai'
import { FakeChain } from '../doubles/fake-chain.ts'
import { type JsonRpcDouble, startJsonRpc } from '../doubles/json-rpc.ts'
import { complaintIn, Place } from './support.ts'

describe('plimsoll init, where nobody can be asked', function () {
  this.timeout(30_000)
  let node: JsonRpcDouble
  let place: Place

  beforeEach(async () => {
    node = await startJsonRpc(new FakeChain(3, () => []))
    place = new Place()
  })
  afterEach(async () => {
    place.remove()
    await node.close()
  })

  const env = () => ({ ETHEREUM_RPC_URL: node.url })
  const read = (name: string): string => readFileSync(place.path(name), 'utf8')
  const modeOf = (name: string): number => statSync(place.path(name)).mode & 0o777

  it('writes both files for its owner alone, the secret in one of them, and says what is next', async () => {
    const { code, stdout, stderr } = await place.plimsoll(['init', '--yes'], env())
    expect([code, stdout], stderr).to.deep.equal([0, ''])
    expect([modeOf('plimsoll.yaml'), modeOf('.env')]).to.deep.equal([0o600, 0o600])
    expect(read('.env')).to.equal(`ETHEREUM_RPC_URL='${node.url}'\n`)
    expect(read('plimsoll.yaml')).to.include('${ETHEREUM_RPC_URL}').and.not.include('canary')
    expect(stderr).to.include('plimsoll doctor').and.include('plimsoll run').and.not.include('canary')
    expect((await place.plimsoll(['config', 'check'])).stdout).to.include('mode dry-run')
  })

  it('asks nothing without a terminal, with or without --yes', async () => {
    expect((await place.plimsoll(['init'], env())).code).to.equal(0)
    expect(existsSync(place.path('plimsoll.yaml'))).to.equal(true)
  })

  it('overwrites nothing, except when told to; what else .env holds stays', async () => {
    place.configure('# mine\n')
    place.write('.env', 'KEEPER_PASSWORD=x\n')
    const kept = await place.plimsoll(['init', '--yes'], env())
    expect([kept.code, complaintIn(kept)]).to.deep.equal([2, 'INIT_EXISTS'])
    expect([read('plimsoll.yaml'), read('.env')]).to.deep.equal(['# mine\n', 'KEEPER_PASSWORD=x\n'])
    expect((await place.plimsoll(['init', '--yes', '--force'], env())).code).to.equal(0)
    expect(read('.env')).to.equal(`KEEPER_PASSWORD=x\nETHEREUM_RPC_URL='${node.url}'\n`)
  })

  const refused: readonly [string, string[], () => Record<string, string>, number, string][] = [
    ['no URL', [], () => ({}), 2, 'NO_RPC_URL'],
    ['no URL of the other chain', ['--chain', 'ethereum', '--chain', 'base'], env, 2, 'NO_RPC_URL'],
    ['a chain that is not known', ['--chain', 'moon'], env, 2, 'UNKNOWN_CHAIN'],
    ['a node of another chain', ['--chain', 'base'], () => ({ BASE_RPC_URL: node.url }), 1, 'WRONG_CHAIN_ID'],
    [
      'a node that does not answer',
      [],
      () => ({ ETHEREUM_RPC_URL: 'http://127.0.0.1:9/canary' }),
      75,
      'RPC_UNREACHABLE',
    ],
  ]
  for (const [what, args, using, code, complaint] of refused)
    it(`writes nothing for ${what}`, async () => {
      const end = await place.plimsoll(['init', '--yes', ...args], using())
      expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([code, '', complaint])
      expect([existsSync(place.path('plimsoll.yaml')), existsSync(place.path('.env'))]).to.deep.equal([false, false])
      expect(end.stderr).not.to.include('canary')
    })

  it('says when it cannot write', async () => {
    const end = await place.plimsoll(['init', '--yes', '-c', 'no/such/folder/plimsoll.yaml'], env())
    expect([end.code, complaintIn(end)]).to.deep.equal([1, 'INIT_CANNOT_WRITE'])
  })
})

import { expect } from 'chai'
import { complaintIn, MARKET, Place } from './support.ts'

const POOL = '0x2f39d218133AFaB8F2B819B1066c7E434Ad94E9e'
const CONFIG = {
  chains: { local: { id: 31337, rpc: ['http://127.0.0.1:1'] } },
  markets: [{ name: MARKET, protocol: 'aave-v3', chain: 'local', addressesProvider: POOL }],
}

/** Refused before anything is opened: what was typed, and the options it is about. */
const options: readonly (readonly [args: readonly string[], says: string])[] = [
  [['positions', '--sort', 'size'], '--sort size'],
  [['positions', '--below', 'low'], '--below low'],
  [['verify', '--sample', '1.5'], '--sample 1.5'],
  [['run', '--until-block', 'latest'], '--until-block latest'],
  [['what-if'], '--shock'],
  [['what-if', '--shock', 'WETH=-10%', '--top', 'all'], '--top all'],
  [['risk', 'cascade'], '--shock'],
  [['risk', 'joint', '--groups', 'ETH'], '--groups ETH'],
  [['explain', POOL.replace('AFaB', 'AfaB')], 'checksum'],
  [['deploy', '--market', MARKET, '--treasury', 'me'], '--treasury me'],
]

/** Words the parser itself does not know. */
const words: readonly (readonly [args: readonly string[], says: string])[] = [
  [['positons'], "unknown command 'positons'"],
  [['explain'], "missing required argument 'address'"],
  [['deploy', '--market', MARKET], "required option '--treasury <address>'"],
]

describe('the command line, used wrongly', () => {
  let place: Place

  before(() => {
    place = new Place()
    place.configure(CONFIG)
  })
  after(() => place.remove())

  for (const [args, says] of options)
    it(`refuses ${args.join(' ')} with 2`, async () => {
      const end = await place.plimsoll([...args, '--json'])
      expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([2, '', 'BAD_OPTION'])
      expect(end.stderr).to.include(says)
      expect(place.bytes()).to.equal(undefined)
    })

  for (const [args, says] of words)
    it(`refuses ${args.join(' ')} with 2 and points to --help`, async () => {
      const { code, stdout, stderr } = await place.plimsoll(args)
      expect([code, stdout]).to.deep.equal([2, ''])
      expect(stderr).to.include(says).and.to.include('--help')
    })

  for (const command of [['positions'], ['explain', POOL]])
    it(`refuses ${command[0]} of a market that is not there with 2, and names those that are`, async () => {
      const end = await place.plimsoll([...command, '--market', 'other'])
      expect([end.code, end.stdout, complaintIn(end)]).to.deep.equal([2, '', 'UNKNOWN_MARKET'])
      expect(end.stderr).to.include('"other"').and.to.include(MARKET)
    })

  it('shows help on stderr and ends with 2 when no command is named', async () => {
    const { code, stdout, stderr } = await place.plimsoll([])
    expect([code, stdout]).to.deep.equal([2, ''])
    expect(stderr).to.include('Commands:')
  })

  it('shows help of each command on stdout and ends with 0', async () => {
    for (const command of [[], ['run'], ['config']]) {
      const { code, stdout, stderr } = await place.plimsoll([...command, '--help'])
      expect([code, stderr]).to.deep.equal([0, ''])
      expect(stdout).to.match(/^Usage: plimsoll/)
    }
  })
})

/** Names asked of a resolver on a local chain, by way of viem's own encoding. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { type Address, toHex } from 'viem'
import { packetToBytes } from 'viem/ens'
import { ownArtifact } from '../../scripts/devnet/artifacts.ts'
import { type EnsLookup, ensLookup } from '../../src/adapters/ens.ts'
import { RpcFault, UnreachableError } from '../../src/core/errors.ts'
import type { Node } from '../../src/core/ports.ts'
import { Bench, type Contract, owner } from '../contracts/support/bench.ts'

const TREASURY: Address = '0x00000000000000000000000000000000000a11ce'

describe('adapters/ens', function () {
  this.timeout(30_000)
  let bench: Bench
  let resolver: Contract
  let asked: string[]
  let lookup: EnsLookup

  /** As the program's own node speaks. */
  const node: Node = {
    request: async (method, params) => {
      asked.push(method)
      try {
        return await bench.rpc.request({ method, params: [...params] })
      } catch (error) {
        const data = typeof error === 'object' && error !== null && 'data' in error ? error.data : undefined
        throw new RpcFault(method, 3, error instanceof Error ? error.message : String(error), data)
      }
    },
  }
  const dns = (name: string): string => toHex(packetToBytes(name))
  const give = (name: string, address: Address) => bench.send(owner, resolver, 'give', [dns(name), address])

  before(async () => {
    bench = await Bench.open()
    resolver = await bench.deploy(ownArtifact('mocks/MockUniversalResolver'))
    await give('treasury.eth', TREASURY)
    await give('sub.treasury.eth', owner)
    await give('nothing.eth', `0x${'0'.repeat(40)}`)
  })
  beforeEach(() => {
    asked = []
    lookup = ensLookup({ node, resolver: resolver.address })
  })

  it('finds the address of a name, written in any case', async () => {
    const found = { kind: 'address', name: 'treasury.eth', address: TREASURY }
    expect(await lookup('treasury.eth')).to.deep.equal(found)
    expect(await lookup('Treasury.ETH')).to.deep.equal(found)
    expect(await lookup('sub.treasury.eth')).to.include({ address: owner.toLowerCase() })
  })

  it('a name that nobody has, or without an address, is not found', async () => {
    for (const name of ['nobody.eth', 'nothing.eth'])
      expect(await lookup(name)).to.deep.equal({ kind: 'refused', why: 'not-found' })
  })

  it('refuses what ENS does not allow, and letters that look like others, before anybody is asked', async () => {
    const bad = ['treаsury.eth', 'vіtalik.eth', 'a b.eth', 'treasury', '.eth', 'a..eth', 'x_y$.eth', 'a\u202e.eth']
    for (const name of [...bad, `${'a'.repeat(300)}.eth`])
      expect(await lookup(name), name).to.deep.equal({ kind: 'refused', why: 'no-name' })
    expect(asked).to.deep.equal([])
  })

  it('follows no name out of the chain: its owner would choose whom this machine calls', async () => {
    const calls: string[] = []
    const gateway = createServer((request, response) => {
      calls.push(request.url ?? '')
      response.end('{"data":"0x"}')
    })
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
    const { port } = gateway.address() as AddressInfo
    await bench.send(owner, resolver, 'moveOffchain', [dns('away.eth'), `http://127.0.0.1:${port}/{sender}/{data}`])
    expect(await lookup('away.eth')).to.deep.equal({ kind: 'refused', why: 'not-found' })
    expect(calls).to.deep.equal([])
    gateway.close()
  })

  it('a node that does not answer is not a name that does not exist', async () => {
    const complaint = { code: 'RPC_UNREACHABLE', what: 'x', why: 'y', fix: 'z' }
    const dead: Node = { request: () => Promise.reject(new UnreachableError(complaint)) }
    expect(await ensLookup({ node: dead, resolver: resolver.address })('treasury.eth')).to.deep.equal({
      kind: 'refused',
      why: 'unreachable',
    })
  })

  it('no resolver at that address: nobody knows, so nobody says "not found"', async () => {
    expect(await ensLookup({ node, resolver: owner })('treasury.eth')).to.deep.equal({
      kind: 'refused',
      why: 'unreachable',
    })
  })
})

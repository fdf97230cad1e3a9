import { type Abi, type Address, encodeDeployData, getContractAddress, type Hex, numberToHex } from 'viem'
import { type Artifact, link } from './artifacts.ts'
import type { Chain } from './chain.ts'

/** Where contracts are to stand, by the part they play; whoever has no entry stands where the nonce puts it. */
export type Places = ReadonlyMap<string, Address>

const constructorGas = 16_000_000n

/** Deploys many contracts of one account with one block: addresses follow from the nonce, so they are known at once. */
export class Deployer {
  readonly chain: Chain
  readonly account: Address
  readonly #places: Places
  #nonce: bigint

  static async create(chain: Chain, account: Address, places: Places = new Map()): Promise<Deployer> {
    const nonce = await chain.client.getTransactionCount({ address: account, blockTag: 'pending' })
    return new Deployer(chain, account, places, BigInt(nonce))
  }

  private constructor(chain: Chain, account: Address, places: Places, nonce: bigint) {
    this.chain = chain
    this.account = account
    this.#places = places
    this.#nonce = nonce
  }

  async deploy(artifact: Artifact, args: readonly unknown[], libraries: ReadonlyMap<string, Address> = new Map()) {
    await this.chain.send({ from: this.account, data: creation(artifact, args, libraries) })
    return getContractAddress({ from: this.account, nonce: this.#nonce++ })
  }

  /** Deploys at the place of the part, if it has one. */
  async deployAs(part: string, artifact: Artifact, args: readonly unknown[]): Promise<Address> {
    const place = this.#places.get(part)
    if (place === undefined) return this.deploy(artifact, args)
    await this.#putAt(place, creation(artifact, args, new Map()))
    return place
  }

  /** `gas` where the usual limit is not enough. */
  async call(to: Address, data: Hex, gas?: bigint): Promise<void> {
    await this.chain.send({ from: this.account, to, data, ...(gas === undefined ? {} : { gas }) })
    this.#nonce++
  }

  /**
   * Runs the constructor in its place: the creation code stands there for one block, is called once for the runtime
   * code it answers (its immutables and `address(this)` included), and once by a transaction for what it stores.
   */
  async #putAt(place: Address, code: Hex): Promise<void> {
    const { chain, account } = this
    // What it reads must be there: everything sent before is mined first.
    await chain.settle()
    await chain.unlock(account)
    await chain.rpc('hardhat_setCode', place, code)
    // At the time of the block in which the transaction runs.
    const { data: runtime } = await chain.client.call({
      account,
      to: place,
      gas: constructorGas,
      blockTag: 'pending',
    })
    if (runtime === undefined) throw new Error(`The creation code placed at ${place} answered no runtime code`)
    await chain.send({ from: account, to: place, gas: constructorGas })
    this.#nonce++
    await chain.settle()
    await chain.rpc('hardhat_setCode', place, runtime)
    // As every contract after its creation: what it creates itself then stands where it does in reality.
    await chain.rpc('hardhat_setNonce', place, numberToHex(1))
  }
}

function creation(artifact: Artifact, args: readonly unknown[], libraries: ReadonlyMap<string, Address>): Hex {
  const abi: Abi = artifact.abi
  return encodeDeployData({ abi, bytecode: link(artifact, libraries), args })
}

import { type Abi, type Address, encodeDeployData, getContractAddress, type Hex } from 'viem'
import { type Artifact, link } from './artifacts.ts'
import type { Chain } from './chain.ts'

/** Deploys many contracts of one account with one block: addresses follow from the nonce, so they are known at once. */
export class Deployer {
  readonly chain: Chain
  readonly account: Address
  #nonce: bigint

  static async create(chain: Chain, account: Address): Promise<Deployer> {
    const nonce = await chain.client.getTransactionCount({ address: account, blockTag: 'pending' })
    return new Deployer(chain, account, BigInt(nonce))
  }

  private constructor(chain: Chain, account: Address, nonce: bigint) {
    this.chain = chain
    this.account = account
    this.#nonce = nonce
  }

  async deploy(artifact: Artifact, args: readonly unknown[], libraries: ReadonlyMap<string, Address> = new Map()) {
    const abi: Abi = artifact.abi
    const data = encodeDeployData({ abi, bytecode: link(artifact, libraries), args })
    await this.chain.send({ from: this.account, data })
    return getContractAddress({ from: this.account, nonce: this.#nonce++ })
  }

  async call(to: Address, data: Hex): Promise<void> {
    await this.chain.send({ from: this.account, to, data })
    this.#nonce++
  }
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Abi, Address, Hex } from 'viem'

const require = createRequire(import.meta.url)
const root = new URL('../../artifacts/', import.meta.url)
const aaveContracts = '@aave-dao/aave-v3-origin/src/contracts/'

type LinkReferences = Record<string, Record<string, { start: number; length: number }[]>>

export interface Artifact {
  readonly contractName: string
  readonly abi: Abi
  readonly bytecode: Hex
  readonly linkReferences: LinkReferences
  readonly buildInfoId?: string
}

interface BuildOutput {
  readonly output: {
    readonly contracts: Record<
      string,
      Record<string, { abi: Abi; evm: { bytecode: { object: string; linkReferences: LinkReferences } } }>
    >
  }
}

class ArtifactMissing extends Error {
  constructor(path: string, cause: unknown) {
    super(`No compiled contract at ${path}. Run "hardhat build" first.`, { cause })
    this.name = 'ArtifactMissing'
  }
}

/** `path` is below the package's contracts: `helpers/AaveProtocolDataProvider` for instance. */
export function aaveArtifact(path: string): Artifact {
  return read(artifactPath(`${aaveContracts}${path}.sol`))
}

/** `name` is for a file that holds several contracts. */
export function ownArtifact(path: string, name?: string): Artifact {
  return read(artifactPath(`contracts/${path}.sol`, name))
}

/** Aave V3.0.2 comes compiled. `path` is below the package's contracts: `protocol/pool/Pool` for instance. */
export function coreV3Artifact(path: string): Artifact {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return read(require.resolve(`@aave/core-v3/artifacts/contracts/${path}.sol/${name}.json`))
}

export function uniswapArtifact(path: `${'v3-core' | 'v3-periphery'}/${string}`): Artifact {
  const [pkg, ...rest] = path.split('/')
  return read(require.resolve(`@uniswap/${pkg}/artifacts/contracts/${rest.join('/')}.json`))
}

/**
 * The libraries an artifact links to. Those we compile have no artifact of their own: they are in the output of the same
 * compilation. V3.0.2 comes without that output, and with an artifact for each.
 */
export function linkedLibraries(artifact: Artifact): Artifact[] {
  if (artifact.buildInfoId === undefined) return Object.keys(artifact.linkReferences).map(coreV3Library)
  const url = new URL(`build-info/${artifact.buildInfoId}.output.json`, root)
  const build: BuildOutput = JSON.parse(readFileSync(url, 'utf8'))
  return Object.entries(artifact.linkReferences).flatMap(([source, libraries]) =>
    Object.keys(libraries).map((contractName) => {
      const compiled = build.output.contracts[source]?.[contractName]
      if (compiled === undefined) throw new ArtifactMissing(`${url.pathname}#${contractName}`, undefined)
      const { object, linkReferences } = compiled.evm.bytecode
      return { contractName, abi: compiled.abi, bytecode: `0x${object}`, linkReferences }
    }),
  )
}

/** `contracts/protocol/libraries/logic/BorrowLogic.sol` holds one library of that name. */
function coreV3Library(source: string): Artifact {
  return coreV3Artifact(source.slice('contracts/'.length, -'.sol'.length))
}

export function link(artifact: Artifact, libraries: ReadonlyMap<string, Address>): Hex {
  let code: string = artifact.bytecode
  for (const byName of Object.values(artifact.linkReferences)) {
    for (const [name, places] of Object.entries(byName)) {
      const address = libraries.get(name)
      if (address === undefined) throw new Error(`${artifact.contractName} needs ${name}, which is not deployed`)
      for (const { start, length } of places) {
        const at = 2 + 2 * start
        code = code.slice(0, at) + address.slice(2).toLowerCase() + code.slice(at + 2 * length)
      }
    }
  }
  return `0x${code.slice(2)}`
}

function artifactPath(source: string, name = source.slice(source.lastIndexOf('/') + 1, -'.sol'.length)): string {
  return new URL(`${source}/${name}.json`, root).pathname
}

function read(path: string): Artifact {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new ArtifactMissing(path, cause)
  }
}

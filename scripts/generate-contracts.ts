import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Compiled contracts that the program itself needs at run time: written into `src` so that it runs without a compiler. */
export const GENERATED = [
  { contract: 'Batch', file: 'batch', hasAbi: false },
  { contract: 'Codes', file: 'codes', hasAbi: false },
  { contract: 'Liquidator', file: 'liquidator', hasAbi: true },
] as const

const root = fileURLToPath(new URL('../', import.meta.url))

export function generatedModule({ contract, file, hasAbi }: (typeof GENERATED)[number]): {
  path: string
  text: string
} {
  const artifact: unknown = JSON.parse(
    readFileSync(`${root}artifacts/contracts/${contract}.sol/${contract}.json`, 'utf8'),
  )
  const { abi, bytecode } = artifact as { abi: unknown; bytecode: string }
  const text = `// Generated from contracts/${contract}.sol by \`npm run generate\`: do not edit.
${hasAbi ? `export const ${file}Abi = ${JSON.stringify(abi)} as const\n\n` : ''}export const ${file}Bytecode = '${bytecode}' as const
`
  return { path: `${root}src/adapters/contracts/${file}.ts`, text }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const entry of GENERATED) {
    const { path, text } = generatedModule(entry)
    writeFileSync(path, text)
  }

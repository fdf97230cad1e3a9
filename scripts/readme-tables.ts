import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillTables } from './evidence-tables.ts'
import { root } from './generated.ts'

const read = (name: string): unknown => {
  const path = join(root, `docs/evidence/${name}.json`)
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined
}

/** The pages that may hold evidence blocks: as they are, and as they should be. */
export function pages(): readonly { path: string; present: string; wanted: string }[] {
  const docs = existsSync(join(root, 'docs')) ? readdirSync(join(root, 'docs')).map((name) => `docs/${name}`) : []
  return ['README.md', ...docs]
    .filter((path) => path.endsWith('.md') && existsSync(join(root, path)))
    .map((path) => {
      const present = readFileSync(join(root, path), 'utf8')
      return { path, present, wanted: fillTables(present, read) }
    })
}

if (import.meta.main)
  for (const { path, present, wanted } of pages())
    if (present !== wanted) {
      writeFileSync(join(root, path), wanted)
      process.stderr.write(`wrote ${path}\n`)
    }

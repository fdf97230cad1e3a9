import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generated, root } from './generated.ts'

for (const [path, render] of Object.entries(generated)) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), render())
  process.stderr.write(`wrote ${path}\n`)
}

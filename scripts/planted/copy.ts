import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { root } from '../generated.ts'
import { type Bug, plant } from './bug.ts'

/** Big, and only read: the copy points at them. */
const LINKED = ['node_modules', 'artifacts']
const LEFT_OUT: ReadonlySet<string> = new Set([...LINKED, '.git', 'cache', 'coverage', 'tmp'])

/** The project's sources in a folder of their own, so that the working tree is never touched. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), 'plimsoll-planted-'))

  constructor() {
    cpSync(root, this.folder, { recursive: true, filter: (path) => !LEFT_OUT.has(relative(root, path)) })
    for (const name of LINKED) symlinkSync(join(root, name), join(this.folder, name))
  }

  /** Run `work` with the bug in place. */
  async with<T>(bug: Bug, work: () => Promise<T>): Promise<T> {
    const path = join(this.folder, bug.file)
    const source = readFileSync(path, 'utf8')
    writeFileSync(path, plant(source, bug))
    try {
      return await work()
    } finally {
      writeFileSync(path, source)
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'

/** What would let the outside in. */
const impure =
  /\b(async|await|Promise|setTimeout|setInterval|fetch|Math\.random|Date\.now|performance\.now|process\.|console\.)|new Date\b/

const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
const files = (pattern: string): readonly string[] => globSync(pattern, { cwd: root })
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

describe('house rules', () => {
  // The ports are the promises that others keep: their types may be asynchronous.
  for (const path of files('src/{core,protocols}/**/*.ts').filter((file) => !/core\/(people\/)?ports\.ts$/.test(file)))
    it(`${path} has no clock, no random, no I/O`, () => {
      expect(withoutComments(read(path)).match(impure)?.[0]).to.equal(undefined)
    })

  it('only the composition root and the configuration look at the process', () => {
    const rooms = /^src\/(app|config|web)\//
    const found = files('src/**/*.ts').filter(
      (path) => !rooms.test(path) && /process\.(env|exit)\b/.test(withoutComments(read(path))),
    )
    expect(found).to.deep.equal([])
  })

  it('no file of src is longer than 400 lines', () => {
    const long = files('src/**/*.{ts,tsx}').filter((path) => read(path).split('\n').length > 401)
    expect(long).to.deep.equal([])
  })

  it('no cast gets around the types', () => {
    const cast = /as unknown as|@ts-(ignore|expect-error|nocheck)|\bas any\b/
    expect(files('src/**/*.ts').filter((path) => cast.test(read(path)))).to.deep.equal([])
  })
})

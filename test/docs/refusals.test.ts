import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'
import { REFUSAL_REASONS } from '../../src/core/plan.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Rows of the table: a reason, what it means, the files that decide it (a dash: none does today), what to do. */
const rows = [...read('docs/refusals.md').matchAll(/^\| `([a-z-]+)` \|([^|]*)\|([^|]*)\|([^|]*)\|$/gm)].map(
  ([, reason = '', meaning = '', where = '', remedy = '']) => ({
    reason,
    meaning: meaning.trim(),
    files: [...where.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    remedy: remedy.trim(),
  }),
)

describe('docs/refusals.md', () => {
  it('lists exactly the reasons there are, in their order', () => {
    expect(rows.map(({ reason }) => reason)).to.deep.equal(Object.keys(REFUSAL_REASONS))
  })

  it('says of each what it means and what to do', () => {
    expect(rows.filter(({ meaning, remedy }) => meaning === '' || remedy === '')).to.deep.equal([])
  })

  for (const { reason, files } of rows)
    it(`names the place where ${reason} is decided`, () => {
      const places = files.length > 0 ? files : globSync('src/**/*.ts', { cwd: root, exclude: ['src/core/plan.ts'] })
      const naming = places.filter((file) => read(file).includes(`'${reason}'`))
      expect(naming).to.deep.equal(files)
    })
})

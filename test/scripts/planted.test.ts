import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'
import { type Bug, plant } from '../../scripts/planted/bug.ts'
import { BUGS } from '../../scripts/planted/bugs.ts'
import { plantAll } from '../../scripts/planted/run.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const named = (id: string): Bug => {
  const found = BUGS.find((bug) => bug.id === id)
  if (found === undefined) throw new Error(`no bug ${id}`)
  return found
}
const come = async (...bugs: readonly Bug[]): Promise<readonly string[]> =>
  (await plantAll({ bugs, jobs: 1, say: () => {} })).map(({ came }) => came)

interface Listed {
  readonly tests: readonly { readonly fullTitle: string; readonly file: string }[]
}

/** Every test of these files, without running any. */
function testsOf(files: readonly string[]): Listed['tests'] {
  const args = ['node_modules/mocha/bin/mocha.js', '--dry-run', '--reporter', 'json', ...files]
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
  return (JSON.parse(stdout.slice(stdout.indexOf('{\n'))) as Listed).tests
}

describe('planted bugs', () => {
  for (const bug of BUGS)
    it(`${bug.id} still matches the source`, () => {
      expect(plant(read(bug.file), bug)).not.to.equal(read(bug.file))
    })

  it('name tests that exist', function () {
    this.timeout(60_000)
    const tests = testsOf([...new Set(BUGS.map(({ caughtBy }) => caughtBy.file))])
    const lost = BUGS.filter(
      ({ caughtBy: { file, title } }) =>
        !tests.some((test) => test.file === join(root, file) && test.fullTitle.includes(title)),
    )
    expect(lost.map(({ id }) => id)).to.deep.equal([])
  })

  it('are twenty at least, each of another name', () => {
    expect(BUGS.length).to.be.at.least(20)
    expect(new Set(BUGS.map(({ id }) => id)).size).to.equal(BUGS.length)
  })

  it('have all been planted once, and all were caught', () => {
    const { figures } = JSON.parse(read('docs/evidence/planted.json')) as {
      figures: { bugs: readonly { id: string }[] }
    }
    expect(figures.bugs.map(({ id }) => id)).to.deep.equal(BUGS.map(({ id }) => id))
  })

  it('that are stale are errors: text that is not there, or there twice', () => {
    const bug = named('released-unread')
    expect(() => plant('', bug)).to.throw('0 matches')
    expect(() => plant(read(bug.file).repeat(2), bug)).to.throw('2 matches')
  })

  describe('for real', function () {
    this.timeout(120_000)

    it('are caught', async () =>
      expect(await come(named('undo-forgets-one'), named('released-unread'))).to.deep.equal(['caught', 'caught']))

    it('survive when nothing changes, and are broken when nothing runs or an exception is all there is', async () => {
      const bug = named('released-unread')
      const instead = (put: string): Bug => ({ ...bug, changes: [['export function judge(', put]] })
      const harmless = instead('export function  judge(')
      const syntax = instead('export function judge((')
      const exception = {
        ...bug,
        changes: [['const { block, exact, accounts, detail } = finding', "throw new Error('odd')"]],
      } as const
      expect(await come(harmless, syntax, exception)).to.deep.equal(['survived', 'broken', 'broken'])
    })

    it('are not planted beside a test that fails anyway, or that does not exist', async () => {
      const lost = { ...named('released-unread'), caughtBy: { file: 'test/core/trust.test.ts', title: 'no such test' } }
      const failure = await come(lost).catch((error: Error) => error.message)
      expect(failure).to.match(/^test\/core\/trust.test.ts: no such test: does not pass without a bug/)
    })
  })
})

import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, ['scripts/evidence/main.ts', ...args], { cwd: root, encoding: 'utf8' })

describe('npm run evidence', () => {
  it('lists the measurements when none is named', () => {
    const { status, stdout, stderr } = run()
    expect([status, stdout]).to.deep.equal([0, ''])
    expect(stderr).to.match(/^usage: .*\nmeasurements: /)
  })

  it('refuses one that does not exist', () => expect(run('no-such-thing').status).to.equal(2))
})

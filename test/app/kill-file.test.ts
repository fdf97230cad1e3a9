import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { killFile, obeyKillFile } from '../../src/app/kill-file.ts'
import { openControl } from '../adapters/http-support.ts'

describe('the kill file', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-kill-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('pauses once, and to take it away does not resume', () => {
    const heldBy = killFile(join(folder, 'plimsoll.db'))
    const { control, told } = openControl({ heldBy })
    obeyKillFile(heldBy, control)
    expect(control.paused).to.equal(false)
    const file = join(folder, 'plimsoll.db.pause')
    writeFileSync(file, '')
    for (let look = 0; look < 3; look++) obeyKillFile(heldBy, control)
    expect([control.paused, told()]).to.deep.equal([true, [`pause signal ${file}`]])
    expect(control.resume({ via: 'http', id: 'token' }).kind).to.equal('refused')
    rmSync(file)
    obeyKillFile(heldBy, control)
    expect(control.paused).to.equal(true)
    expect(control.resume({ via: 'http', id: 'token' }).kind).to.equal('done')
    expect(control.paused).to.equal(false)
  })

  it('is none for a store in memory', () => {
    expect(killFile(':memory:')()).to.equal(undefined)
  })
})

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'
import { temporaryFolder } from '../support/temporary.ts'

/** A clone with a command that tells what it was given. */
function clone({ installed }: { installed: boolean }): string {
  const place = temporaryFolder('launcher')
  cpSync(join(root, 'bin'), join(place, 'bin'), { recursive: true })
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  mkdirSync(join(place, 'src/app/cli'), { recursive: true })
  const main = `const args: string[] = process.argv.slice(2)
    process.stdout.write(args.join() + ' ' + (process.channel === undefined))
    if (args[0] === 'die') process.kill(process.pid, 'SIGTERM')
    process.exitCode = 3`
  writeFileSync(join(place, 'src/app/cli/main.ts'), main)
  if (!installed) return place
  mkdirSync(join(place, 'node_modules/node'), { recursive: true })
  symlinkSync(join(root, 'node_modules/node/bin'), join(place, 'node_modules/node/bin'))
  return place
}

/** `as` pretends to be an older Node. */
function launch(place: string, args: readonly string[], as?: string) {
  const pretend = `data:text/javascript,if(!process.channel)Object.defineProperty(process.versions,'node',{value:'${as}'})`
  const flags = as === undefined ? [] : ['--import', pretend]
  return spawnSync(process.execPath, [...flags, join(place, 'bin/plimsoll.js'), ...args], { encoding: 'utf8' })
}

describe('bin/plimsoll.js', () => {
  it('says what to do when nothing is installed', () => {
    const { status, stdout, stderr } = launch(clone({ installed: false }), ['run'])
    expect([status, stdout]).to.deep.equal([1, ''])
    expect(stderr).to.include('node scripts/bootstrap.mjs')
  })

  it('runs the command in place under a Node that can', () => {
    const { status, stdout } = launch(clone({ installed: true }), ['a', '--b'])
    expect([status, stdout]).to.deep.equal([3, 'a,--b true'])
  })

  it('hands over to the bundled Node under one that cannot, and passes on arguments and exit code', () => {
    const { status, stdout, stderr } = launch(clone({ installed: true }), ['a', '--b'], '20.1.0')
    expect([status, stdout, stderr]).to.deep.equal([3, 'a,--b false', ''])
  })

  it('passes on death by a signal', () => {
    expect(launch(clone({ installed: true }), ['die'], '20.1.0').status).to.equal(143)
  })
})

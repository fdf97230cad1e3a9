import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'
import { temporaryFolder } from '../support/temporary.ts'

const folder = () => temporaryFolder('bootstrap')
const url = (file: string) => JSON.stringify(new URL(`../../scripts/${file}`, import.meta.url).href)

/** Runs a few lines in a process of their own. */
const run = (code: string) => spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })

describe('bootstrap', () => {
  it('has nothing to do after itself', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/bootstrap.mjs', '--packages-only'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect([status, stderr]).to.deep.equal([0, ''])
  })

  it('shows the output of a step only when it fails, with why and fix', () => {
    const step = (exit: number) => `
      import { runStep } from ${url('bootstrap/step.mjs')}
      await runStep('/', { title: 'T', usually: 'a second', command: ['sh', '-c', 'echo noise; exit ${exit}'],
        hint: () => ({ why: 'W', fix: 'F' }) }).catch((error) => { process.stdout.write(error.message) })`
    expect(run(step(0)).stdout).to.equal('')
    expect(run(step(0)).stderr)
      .to.include('T (usually a second)')
      .and.include('done')
    expect(run(step(1)).stdout)
      .to.include('noise')
      .and.include('why: W')
      .and.include('fix: F')
  })

  it('runs one at a time, and takes over from the dead', async () => {
    const place = folder()
    const lock = join(place, 'lock')
    const log = join(place, 'log')
    writeFileSync(lock, String(spawnSync('true').pid))
    const code = `
      import { appendFileSync } from 'node:fs'
      import { withLock } from ${url('bootstrap/lock.mjs')}
      await withLock(${JSON.stringify(lock)}, async () => {
        appendFileSync(${JSON.stringify(log)}, 'in ')
        await new Promise((resolve) => setTimeout(resolve, 100))
        appendFileSync(${JSON.stringify(log)}, 'out ')
      })`
    const started = [1, 2, 3].map(() =>
      spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' }),
    )
    await Promise.all(started.map((child) => new Promise((resolve) => child.on('exit', resolve))))
    expect(readFileSync(log, 'utf8')).to.equal('in out '.repeat(3))
    expect(existsSync(lock)).to.equal(false)
  })

  it('tells packages that fit the lock file from those that do not', () => {
    const place = folder()
    const write = (path: string, content: object) => {
      mkdirSync(join(place, path, '..'), { recursive: true })
      writeFileSync(join(place, path), JSON.stringify(content))
    }
    const ready = () =>
      run(`
      import { packagesReady } from ${url('bootstrap/packages.mjs')}
      process.stdout.write(String(packagesReady(${JSON.stringify(place)})))`).stdout
    const packages = {
      '': {},
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '1.0.0', optional: true },
    }
    write('package-lock.json', { packages })
    expect(ready(), 'nothing installed').to.equal('false')
    write('node_modules/.bin/node', {})
    write('node_modules/.package-lock.json', { packages: { 'node_modules/a': { version: '1.0.0' } } })
    expect(ready(), 'by an old Node: without the native EVM').to.equal('false')
    write('node_modules/@nomicfoundation/edr-linux-x64-gnu/package.json', {})
    expect(ready(), 'by hand').to.equal('true')
    write('package-lock.json', { packages: { ...packages, 'node_modules/c': { version: '1.0.0' } } })
    expect(ready(), 'older than the lock file').to.equal('false')
  })
})

describe('the lock file', () => {
  it('names the packages of every platform: without them `npm ci` refuses it', () => {
    const { stdout } = run(`
      import { readFileSync } from 'node:fs'
      import { missingEntries } from ${url('complete-lock.mjs')}
      const { packages } = JSON.parse(readFileSync(${JSON.stringify(join(root, 'package-lock.json'))}, 'utf8'))
      process.stdout.write(JSON.stringify(missingEntries(packages).map(([path]) => path)))`)
    expect(JSON.parse(stdout), 'run node scripts/complete-lock.mjs').to.deep.equal([])
  })
})

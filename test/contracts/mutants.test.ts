import { readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { mutate } from './support/compile.ts'
import { type MutantName, mutants } from './support/mutants.ts'

const source = readFileSync(new URL('../../contracts/Liquidator.sol', import.meta.url), 'utf8')
const tests = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('\n')

describe('Liquidator: the twins', () => {
  for (const name of Object.keys(mutants) as MutantName[]) {
    it(`${name} still matches the source, and a test attacks it`, () => {
      expect(mutate(source, name)).to.not.equal(source)
      expect(tests).to.match(new RegExp(`(twin|twinStage)\\('${name}'\\)`))
    })
  }

  it('a guard that was rewritten fails its twin instead of passing for tested', () => {
    expect(() => mutate(source.replace('msg.sender != POOL', 'POOL != msg.sender'), 'anyPool')).to.throw('0 matches')
  })
})

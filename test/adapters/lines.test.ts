import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { createLines, resumeLines } from '../../src/adapters/lines.ts'
import { temporaryFolder } from '../support/temporary.ts'

describe('files of JSON lines', () => {
  const path = join(temporaryFolder('lines'), 'deep', 'file.jsonl')

  const written = (values: readonly object[]): Buffer => {
    const lines = createLines(path)
    for (const value of values) lines.append(value)
    lines.close()
    return readFileSync(path)
  }
  const resumed = (bytes: Uint8Array | string): readonly unknown[] => {
    writeFileSync(path, bytes)
    const found = resumeLines(path)
    found?.lines.append({ after: true })
    found?.lines.close()
    return found?.values ?? []
  }

  it('makes the folder, and has each value on disk before it goes on', () => {
    const lines = createLines(path)
    lines.append({ a: 1 })
    expect(readFileSync(path, 'utf8')).to.equal('{"a":1}\n')
    lines.append({ b: 'ü\n' })
    expect(readFileSync(path, 'utf8')).to.equal('{"a":1}\n{"b":"ü\\n"}\n')
    lines.close()
  })

  it('does not invent a file', () => {
    expect(resumeLines(`${path}.other`)).to.equal(undefined)
    expect(existsSync(`${path}.other`)).to.equal(false)
  })

  it('cut at any byte gives back the lines that were whole, and goes on after them', () => {
    const values = fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }), n: fc.integer() }), { maxLength: 5 })
    fc.assert(
      fc.property(values, fc.nat(), (given, at) => {
        const bytes = written(given)
        const cut = bytes.subarray(0, at % (bytes.length + 1))
        const whole = cut.toString('latin1').split('\n').length - 1
        expect(resumed(cut)).to.deep.equal(given.slice(0, whole))
        const found = resumeLines(path)
        found?.lines.close()
        expect(found?.values).to.deep.equal([...given.slice(0, whole), { after: true }])
      }),
      { numRuns: 60 },
    )
  })

  it('does not trust what comes after a damaged line', () => {
    expect(resumed('{"a":1}\n{"b":\u0000}\n{"c":3}\n')).to.deep.equal([{ a: 1 }])
    expect(readFileSync(path, 'utf8')).to.equal('{"a":1}\n{"after":true}\n')
  })
})

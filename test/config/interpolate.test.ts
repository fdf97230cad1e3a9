import { expect } from 'chai'
import { parseConfigText } from '../../src/config/document.ts'
import { interpolate } from '../../src/config/interpolate.ts'

describe('variables', () => {
  const env = { A: 'one', B: 'two', EMPTY: '' }
  const cases: readonly (readonly [string, string])[] = [
    ['${A}', 'one'],
    ['x${A}-${B}y', 'xone-twoy'],
    ['${NO:-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${NO:-}', ''],
    ['$A costs $5', '$A costs $5'],
  ]
  for (const [text, wanted] of cases) it(text, () => expect(interpolate(text, env, []).text).to.equal(wanted))

  it('an unset one is a problem that names it', () => {
    expect(interpolate('${NO}', env, ['a']).problems[0]?.what).to.include('NO')
    expect(interpolate('${EMPTY}', env, ['a']).problems).to.have.length(1)
  })

  it('keeps a number a number when it is not quoted', () => {
    const { value } = parseConfigText('a: ${PORT}\nb: "${PORT}"', { PORT: '80' })
    expect(value).to.deep.equal({ a: 80, b: '80' })
  })

  it('knows where it stands', () => {
    const { problems, lineOf } = parseConfigText('a:\n  - b: ok\n    c: ${NO}\n', {})
    expect(problems[0]?.path).to.deep.equal(['a', 0, 'c'])
    expect(lineOf(['a', 0, 'c'])).to.equal(3)
    expect(lineOf(['a', 0, 'missing'])).to.equal(2)
  })

  it('leaves keys alone and keeps digits that a double would lose', () => {
    const { value } = parseConfigText('"${A}": 0.12345678901234567890', env)
    expect(value).to.deep.equal({ '${A}': '0.12345678901234567890' })
  })
})

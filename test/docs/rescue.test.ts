import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { root } from '../../scripts/generated.ts'
import { RESCUE_OBSTACLES, RESCUE_STEPS } from '../../src/core/rescue.ts'

const page = readFileSync(join(root, 'docs/rescue.md'), 'utf8')

describe('docs/rescue.md', () => {
  it('lists exactly the obstacles there are, in their order, each with its meaning and who decides it', () => {
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \|([^|]+)\|([^|]+)\|$/gm)]
    const obstacles = rows.filter(([, name = '']) => name !== 'repay' && name !== 'add').map(([, name]) => name)
    expect(obstacles).to.deep.equal(Object.keys(RESCUE_OBSTACLES))
  })

  it('names every step', () => {
    for (const step of RESCUE_STEPS) expect(page).to.include(`\`${step}\``)
  })
})

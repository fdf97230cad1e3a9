import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { root } from '../../scripts/generated.ts'
import { createMetrics } from '../../src/adapters/metrics.ts'
import { riskMetrics } from '../../src/adapters/risk-metrics.ts'
import { known, lacking } from '../../src/core/risk/measure.ts'
import { PHASES } from '../../src/core/risk/phase-ways.ts'
import { fakeQueries } from '../adapters/http-support.ts'
import { EXAMPLES } from '../app/risk/examples.ts'

interface Board {
  readonly panels: readonly {
    readonly id: number
    readonly title: string
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
    readonly targets: readonly { readonly expr: string; readonly refId: string }[]
  }[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}
interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string
      readonly expr: string
      readonly for: string
      readonly labels: { readonly severity: string }
      readonly annotations: { readonly summary: string; readonly description: string }
    }[]
  }[]
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const board: Board = JSON.parse(read('ops/grafana/plimsoll-risk.json'))
const rules = (parse(read('ops/prometheus/plimsoll-risk.rules.yml')) as Rules).groups.flatMap((group) => group.rules)
const queries: readonly string[] = [
  ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...board.templating.list.flatMap(({ definition }) => definition ?? []),
  ...rules.map(({ expr }) => expr),
]

/** What the program tells, with the labels of each. */
async function told(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = createMetrics(fakeQueries(), '1.2.3')
  riskMetrics(metrics.registry, () => 0).take({
    ...EXAMPLES.overview,
    carry: { ...EXAMPLES.overview.carry, funding: { value: 0.1, lacks: [] } },
  })
  const found = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of (await metrics.text()).matchAll(/^(plimsoll_\w+)(?:\{(.*)\})? /gm))
    for (const [, label = ''] of [...labels.matchAll(/(\w+)="/g), ['', '']])
      found.set(name, (found.get(name) ?? new Set()).add(label))
  return found
}

describe('ops: board and alert rules', () => {
  it('name only metrics and labels that the program tells', async () => {
    const known = await told()
    for (const query of queries) {
      const metrics = [...query.matchAll(/(plimsoll_\w+)(?:\{([^}]*)\})?/g)]
      expect(metrics, query).to.not.have.length(0)
      for (const [, name = '', selector = ''] of metrics) {
        expect([...known.keys()], query).to.include(name)
        for (const [, label = ''] of selector.matchAll(/(\w+)=/g))
          expect([...(known.get(name) ?? [])], query).to.include(label)
      }
    }
  })

  it('show every metric of the wave', async () => {
    const shown = queries.join(' ')
    const wave = [...(await told()).keys()].filter((name) => name.startsWith('plimsoll_risk_'))
    const unseen = wave.filter((name) => !new RegExp(`${name}\\b`).test(shown))
    expect(unseen).to.deep.equal(['plimsoll_risk_block'])
  })

  it('docs/http.md names every metric of the wave, and no other', async () => {
    const named = [...read('docs/http.md').matchAll(/`(plimsoll_risk_\w+)/g)].map(([, name]) => name)
    const wave = [...(await told()).keys()].filter((name) => name.startsWith('plimsoll_risk_'))
    expect(named.toSorted()).to.deep.equal(wave.toSorted())
  })

  it('know every phase, and no fall that has no series', () => {
    const [phase] = board.panels
    for (const one of PHASES) expect(phase?.targets[0]?.expr).to.include(`phase="${one}"`)
    for (const query of queries)
      for (const [, falls = ''] of query.matchAll(/fall=~?"([^"]+)"/g))
        expect('5 10 20'.split(' ')).to.include.members(falls.split('|'))
  })

  it('the board has no panel over another, and each target a name of its own', () => {
    const cells = new Set<string>()
    for (const { gridPos, targets, id } of board.panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(cells.has(`${x},${y}`), `panel ${id}`).to.equal(false)
          cells.add(`${x},${y}`)
        }
      expect(new Set(targets.map(({ refId }) => refId)).size).to.equal(targets.length)
    }
    expect(new Set(board.panels.map(({ id }) => id)).size).to.equal(board.panels.length)
  })

  it('two programs that watch one market neither break a rule nor add up to another phase', () => {
    for (const query of queries) {
      // Matched by fewer labels than they have, two of a kind are an error of the whole rule.
      expect(query).to.not.match(/\b(?:on|ignoring) ?\(/)
      if (query.includes('plimsoll_risk_phase{market')) expect(query).to.match(/^max by \(market\)/)
    }
  })

  it('pools that take nothing, of which there is no ratio, are no reason for silence', async () => {
    const metrics = createMetrics(fakeQueries(), '1.2.3')
    const [point] = EXAMPLES.overview.absorption
    const drained = { ...point!, fallPct: 10, liquidatableUsd: 9e6, depthUsd: known(0), ratio: lacking('depth') }
    riskMetrics(metrics.registry, () => 0).take({ ...EXAMPLES.overview, absorption: [drained] })
    const text = await metrics.text()
    expect(text).to.not.include('plimsoll_risk_absorption_ratio{')
    expect(text).to.match(/^plimsoll_risk_depth_usd\{.*\} 0$/m)
    const rule = rules.find(({ alert }) => alert === 'PlimsollNotAbsorbed')
    expect(rule?.expr).to.match(/plimsoll_risk_depth_usd\{[^}]*\} == 0/)
  })

  it('each rule says how bad it is, what happened and where to look, under a name of its own', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).to.equal(rules.length)
    for (const { alert, for: since, labels, annotations } of rules) {
      expect(labels.severity, alert).to.be.oneOf(['info', 'warning', 'critical'])
      expect(since, alert).to.match(/^\d+[mh]$/)
      expect(annotations.summary, alert).to.have.length.above(10)
      expect(annotations.description, alert).to.match(/\.$/)
    }
  })
})

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { generated, root } from '../../scripts/generated.ts'
import { pages } from '../../scripts/readme-tables.ts'
import { loadConfig } from '../../src/config/load.ts'
import { configJsonSchema, describeOptions } from '../../src/config/options.ts'

describe('generated files', () => {
  for (const [path, render] of Object.entries(generated))
    it(`${path} is what \`npm run generate\` writes`, () => {
      expect(existsSync(join(root, path)) && readFileSync(join(root, path), 'utf8')).to.equal(render())
    })

  it('the tables of README.md and docs are those of docs/evidence', () => {
    for (const { path, present, wanted } of pages()) expect(present, path).to.equal(wanted)
  })

  it('the example is a configuration that loads', () => {
    const env = { ETHEREUM_RPC_URL: 'https://node.example.org' }
    const { config } = loadConfig({ file: join(root, 'plimsoll.example.yaml'), env })
    expect(config.markets.map(({ name }) => name)).to.deep.equal(['aave-v3-ethereum'])
    expect(config.chains[0]?.ws).to.deep.equal([])
    expect(config.http.token).to.equal(undefined)
  })

  it('shows every option in the example and in the reference', () => {
    const example = generated['plimsoll.example.yaml']?.() ?? ''
    const reference = generated['docs/configuration.md']?.() ?? ''
    for (const { path, section } of describeOptions()) {
      if (path.includes('.')) expect(reference).to.include(`\`${path}\``)
      const key = path.split('.').at(-1) ?? ''
      if (!section && !path.startsWith('markets[]')) expect(example, path).to.match(new RegExp(`\\b${key}:`))
    }
  })

  it('every option is described', () => {
    for (const { path, description } of describeOptions()) expect(description, path).to.match(/\.$/)
  })

  it('the JSON Schema is one for editors', () => {
    expect(configJsonSchema()).to.include({
      title: 'Plimsoll configuration',
      type: 'object',
      additionalProperties: false,
    })
  })
})

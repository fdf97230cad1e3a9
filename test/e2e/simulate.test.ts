import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import { playRecorded, type RecordedStory } from '../../scripts/stage/recorded-story.ts'
import type { Simulation } from '../../src/app/people/simulate.ts'
import type { JournalEntry } from '../../src/core/journal.ts'

describe('plimsoll alerts simulate', function () {
  this.timeout(180_000)
  let story: RecordedStory
  let told: readonly JournalEntry[]

  before(async () => {
    story = await playRecorded({ chain: 'ethereum', accounts: 40, seed: 9, blocks: 40, say: () => {} })
    told = story.journal.filter(({ kind }) => kind === 'alert')
  })
  after(() => story?.stage.close())

  async function simulate(config: string, ...args: string[]): Promise<{ code: number | null; text: string }> {
    const { code, output } = await story.stage.command(
      'alerts',
      'simulate',
      '--recording',
      story.file,
      '-c',
      config,
      ...args,
    )
    return { code, text: output.join('\n') }
  }

  it('says over the recording what the daemon said while it ran, to whom, and how loud', async () => {
    const config = parse(await readFile(story.config, 'utf8')) as { alerts: Record<string, unknown> }
    const alerts = {
      ...config.alerts,
      telegram: {
        token: '1:token-of-nobody',
        chats: [
          { chatId: 1, role: 'viewer', events: { recovered: 'off' } },
          { chatId: 2, role: 'owner' },
        ],
      },
      webhooks: [{ name: 'pager', url: 'http://127.0.0.1:9/hook' }],
    }
    await writeFile(join(story.stage.folder, 'other.yaml'), stringify({ ...config, alerts }))
    const { code, text } = await simulate('other.yaml', '--json')
    expect(code, text).to.equal(0)
    const found = JSON.parse(text.slice(text.indexOf('{'))) as Simulation
    const gist = ({ block, data }: Pick<JournalEntry, 'block' | 'data'>): string =>
      [block, data['type'], data['address'], data['metric'], data['threshold'], data['healthFactor']].join(' ')
    // The first blocks of the recording the daemon only caught up on: of whom the rules speak there, their latches differ.
    const live = BigInt(told[0]?.block ?? 0)
    const early = new Set(found.alerts.filter(({ block }) => BigInt(block) < live).map(({ data }) => data['address']))
    const isComparable = ({ data }: Pick<JournalEntry, 'data'>): boolean => !early.has(data['address'])
    const same = told.filter(isComparable)
    expect(same.length).to.be.above(10)
    expect(found.alerts.filter(isComparable).map(gist)).to.deep.equal(same.map(gist))

    const count = (channel: string) => found.channels.find((one) => one.channel === channel)
    expect(found.channels.map(({ channel }) => channel)).to.deep.equal(['telegram:1', 'telegram:2', 'webhook:pager'])
    const said = (event: string): number => found.alerts.filter((one) => one.event === event).length
    expect(said('recovered')).to.be.above(0)
    expect(count('webhook:pager')?.events).to.include({
      recovered: said('recovered'),
      liquidatable: said('liquidatable'),
    })
    expect(count('telegram:1')?.events['recovered']).to.equal(undefined)
    expect(count('telegram:1')?.events['liquidatable']).to.equal(said('liquidatable'))
    // Nobody subscribed, so an owner hears of nothing.
    expect(count('telegram:2')).to.include({ told: 0, loud: 0 })
    for (const { channel, told: all } of found.channels)
      expect(found.alerts.flatMap((one) => one.told).filter((one) => one.channel === channel)).to.have.length(all)
  })

  it('without a configuration uses the defaults, and tells nobody', async () => {
    const { code, text } = await simulate('no-such-file.yaml')
    expect(code, text).to.equal(0)
    expect(text).to.match(/ethereum, blocks \d+ to \d+, \d+ pages: \d+ alerts/)
    expect(text).to.include('nobody would have been told')
  })

  it('refuses what is no recording', async () => {
    const { code, output } = await story.stage.command('alerts', 'simulate', '--recording', 'plimsoll.yaml')
    expect(code).to.equal(1)
    expect(output.join('\n')).to.include('plimsoll.yaml').and.include('fix:')
  })
})

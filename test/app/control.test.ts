import { expect } from 'chai'
import fc from 'fast-check'
import type { Address } from 'viem'
import { openStore } from '../../src/adapters/store/sqlite.ts'
import { Control, type ControlOptions } from '../../src/app/control.ts'
import { Journal } from '../../src/app/journal.ts'
import { WAD } from '../../src/core/math.ts'
import { MODES, type Speaker } from '../../src/core/people/control.ts'
import type { Store } from '../../src/core/ports.ts'

const ALICE: Address = '0x00000000000000000000000000000000000A11cE'
const LOWER = ALICE.toLowerCase() as Address
const CHAT = 'telegram:77'
const bob: Speaker = { via: 'telegram', id: '7', chat: CHAT }
const DONE = { kind: 'done', changed: true, value: undefined } as const
const NOTHING = { ...DONE, changed: false } as const

let store: Store
let held: string | undefined

beforeEach(() => {
  store = openStore(':memory:')
  held = undefined
})

/** Another process over the same store. */
function start(over: Partial<ControlOptions> = {}): Control {
  const journal = new Journal(store, (error) => {
    throw error
  })
  return new Control({
    store,
    journal,
    nowS: () => 1_000_000,
    configuredMode: 'live',
    watchesPerChat: () => 2,
    read: () => 'no such file',
    heldBy: () => held,
    ...over,
  })
}

const entries = () => store.journal({ after: 0, limit: 1000 })
const told = (): string[] => entries().map(({ data }) => [data['said'], data['detail']].filter(Boolean).join(' '))

describe('control', () => {
  it('pauses and resumes, over restarts, and says who said it', () => {
    expect([start().paused, start().pause(bob), start().paused]).to.deep.equal([false, DONE, true])
    expect([start().resume({ via: 'http', id: 'token' }), start().paused]).to.deep.equal([DONE, false])
    expect(entries().map(({ seq: _, ...entry }) => entry)).to.deep.equal([
      {
        chainId: 0,
        market: '',
        block: '0',
        kind: 'control',
        data: { said: 'pause', via: 'telegram', by: '7', chat: CHAT, detail: '' },
      },
      {
        chainId: 0,
        market: '',
        block: '0',
        kind: 'control',
        data: { said: 'resume', via: 'http', by: 'token', chat: null, detail: '' },
      },
    ])
  })

  it('answers what is so already without a word in the journal', () => {
    const control = start()
    expect([control.resume(bob), control.setMode(bob, 'live'), control.unmute(bob, CHAT, 'all')]).to.deep.equal([
      NOTHING,
      NOTHING,
      NOTHING,
    ])
    expect(entries()).to.deep.equal([])
  })

  it('is not resumed while the kill file is there', () => {
    const control = start()
    control.pause(bob)
    held = '/somewhere/plimsoll.db.pause'
    expect(control.resume(bob)).to.deep.equal({ kind: 'refused', why: 'held-by-file', detail: held })
    expect(control.paused).to.equal(true)
  })

  it('stops at once, although the disk refuses to remember it', () => {
    const control = start()
    store.close()
    expect(() => control.pause(bob)).to.throw()
    expect(control.paused).to.equal(true)
  })

  it('is neither resumed nor raised when the disk refuses to remember it', () => {
    const control = start()
    control.pause(bob)
    control.setMode(bob, 'watch')
    store.close()
    expect(() => control.resume(bob)).to.throw()
    expect(() => control.setMode(bob, 'live')).to.throw()
    expect([control.paused, control.mode]).to.deep.equal([true, 'watch'])
  })

  describe('mode', () => {
    it('is the configured one until somebody lowers it, and stays lowered over restarts', () => {
      expect(start().mode).to.equal('live')
      expect(start().setMode(bob, 'dry-run')).to.deep.equal(DONE)
      expect([start().mode, start().configuredMode]).to.deep.equal(['dry-run', 'live'])
      expect([start().setMode(bob, 'live'), start().mode]).to.deep.equal([DONE, 'live'])
      expect(told()).to.deep.equal(['mode live → dry-run', 'mode dry-run → live'])
    })

    it('is never above what is configured, whatever is asked, and whatever was asked before', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...MODES),
          fc.array(fc.tuple(fc.constantFrom(...MODES, 'fast', ''), fc.option(fc.constantFrom(...MODES))), {
            maxLength: 8,
          }),
          (first, steps) => {
            store = openStore(':memory:')
            let control = start({ configuredMode: first })
            for (const [asked, restartAs] of steps) {
              const before = control.mode
              const answer = control.setMode(bob, asked)
              if (answer.kind === 'refused') expect(control.mode).to.equal(before)
              else expect(control.mode).to.equal(asked)
              if (restartAs) control = start({ configuredMode: restartAs })
              expect(MODES.indexOf(control.mode)).to.be.at.most(MODES.indexOf(control.configuredMode))
            }
          },
        ),
      )
    })

    it('does not come back to life when the configuration is raised again', () => {
      start({ configuredMode: 'live' }).setMode(bob, 'simulate')
      expect(start({ configuredMode: 'dry-run' }).mode).to.equal('dry-run')
      expect(start({ configuredMode: 'live' }).mode).to.equal('live')
    })

    it('says why not', () => {
      const control = start({ configuredMode: 'simulate' })
      expect(control.setMode(bob, 'live')).to.deep.equal({
        kind: 'refused',
        why: 'above-configured-mode',
        detail: 'simulate',
      })
      expect(control.setMode(bob, 'turbo')).to.include({ kind: 'refused', why: 'unknown-mode' })
      expect(entries()).to.deep.equal([])
    })
  })

  describe('watches', () => {
    it('are kept with their names, one a chat and address, over restarts', () => {
      const answer = start().watch(bob, CHAT, { address: ALICE, name: ' my\u0000\n treasury ' })
      const watch = { id: 1, chat: CHAT, address: LOWER, name: 'my treasury', createdS: 1_000_000 }
      const whole = { ...watch, thresholdsWad: null, distancesBps: null }
      expect(answer).to.deep.equal({ kind: 'done', changed: true, value: whole })
      expect(start().watches(CHAT)).to.deep.equal([whole])
      expect(start().watch(bob, CHAT, { address: LOWER, name: '' })).to.deep.equal({
        kind: 'done',
        changed: false,
        value: whole,
      })
      expect(start().watch(bob, CHAT, { address: ALICE, name: 'dao' })).to.deep.include({ changed: true })
      expect(start().watches()).to.deep.equal([{ ...whole, name: 'dao' }])
      expect(start().watches('telegram:1')).to.deep.equal([])
      expect(told()).to.deep.equal([`watch ${ALICE} my treasury`, `watch ${ALICE} dao`])
    })

    it('cuts a name that is too long, by characters', () => {
      start().watch(bob, CHAT, { address: ALICE, name: '🚢'.repeat(100) })
      expect(start().watches()[0]?.name).to.equal('🚢'.repeat(32))
    })

    it('are limited a chat', () => {
      const control = start()
      const at = (n: number): Address => `0x${String(n).padStart(40, '0')}`
      for (const n of [1, 2]) expect(control.watch(bob, CHAT, { address: at(n), name: '' }).kind).to.equal('done')
      expect(control.watch(bob, CHAT, { address: at(3), name: '' })).to.deep.equal({
        kind: 'refused',
        why: 'too-many-watches',
        detail: '2',
      })
      expect(control.watch(bob, CHAT, { address: at(2), name: 'two' }).kind).to.equal('done')
      expect(control.watch(bob, 'telegram:1', { address: at(3), name: '' }).kind).to.equal('done')
      expect(control.unwatch(bob, CHAT, at(1))).to.deep.equal(DONE)
      expect(control.watch(bob, CHAT, { address: at(3), name: '' }).kind).to.equal('done')
    })

    it('are dropped in their own chat only', () => {
      const control = start()
      control.watch(bob, CHAT, { address: ALICE, name: 'a' })
      expect(control.unwatch(bob, 'telegram:1', ALICE)).to.deep.equal({
        kind: 'refused',
        why: 'not-watched',
        detail: ALICE,
      })
      expect(control.unwatch(bob, CHAT, ALICE)).to.deep.equal(DONE)
      expect([control.watches(), told().at(-1)]).to.deep.equal([[], `unwatch ${ALICE} a`])
    })

    it('tell who listens, once a change', () => {
      const control = start()
      let heard = 0
      const stop = control.onWatches(() => void heard++)
      control.watch(bob, CHAT, { address: ALICE, name: '' })
      control.watch(bob, CHAT, { address: ALICE, name: '' })
      control.setLines(bob, CHAT, undefined, { thresholdsWad: [2n * WAD], distancesBps: null })
      control.unwatch(bob, CHAT, ALICE)
      expect(heard).to.equal(3)
      stop()
      control.watch(bob, CHAT, { address: ALICE, name: '' })
      expect(heard).to.equal(3)
    })
  })

  describe('thresholds', () => {
    const lines = (thresholdsWad: bigint[] | null, distancesBps: number[] | null = null) => ({
      thresholdsWad,
      distancesBps,
    })

    it('of one watch, or of all of a chat, in order and none twice', () => {
      const control = start()
      const other: Address = `0x${'22'.repeat(20)}`
      control.watch(bob, CHAT, { address: ALICE, name: '' })
      control.watch(bob, CHAT, { address: other, name: '' })
      expect(control.setLines(bob, CHAT, ALICE, lines([WAD, 2n * WAD, WAD], [500, 1000]))).to.deep.equal(DONE)
      expect(control.watches().map(({ thresholdsWad, distancesBps }) => [thresholdsWad, distancesBps])).to.deep.equal([
        [
          [2n * WAD, WAD],
          [1000, 500],
        ],
        [null, null],
      ])
      expect(control.setLines(bob, CHAT, undefined, lines([(11n * WAD) / 10n]))).to.deep.equal(DONE)
      expect(control.setLines(bob, CHAT, undefined, lines([(11n * WAD) / 10n]))).to.deep.equal(NOTHING)
      expect(control.setLines(bob, CHAT, ALICE, lines(null))).to.deep.equal(DONE)
      expect(told().slice(2)).to.deep.equal([
        `threshold ${ALICE} 2, 1, 10 %, 5 %`,
        'threshold all 1.1',
        `threshold ${ALICE} as configured`,
      ])
    })

    const bad: readonly [string, bigint[] | null, number[] | null][] = [
      ['zero', [0n], null],
      ['negative', [-1n], null],
      ['above ten', [10n * WAD + 1n], null],
      ['too many', Array.from({ length: 9 }, (_, i) => WAD + BigInt(i)), null],
      ['too many of both', Array.from({ length: 5 }, (_, i) => WAD + BigInt(i)), [1, 2, 3, 4]],
      ['a distance of zero', null, [0]],
      ['a distance beyond everything', null, [10_001]],
      ['a distance that is no whole basis point', null, [1.5]],
      ['a distance that is no number', null, [Number.NaN]],
      ['none at all', [], []],
    ]
    for (const [what, thresholds, distances] of bad)
      it(`refuses ${what}`, () => {
        const control = start()
        control.watch(bob, CHAT, { address: ALICE, name: '' })
        const answer = control.setLines(bob, CHAT, ALICE, lines(thresholds, distances))
        expect(answer).to.include({ kind: 'refused', why: 'bad-threshold' })
        expect(control.watches()[0]).to.include({ thresholdsWad: null, distancesBps: null })
        expect(entries()).to.have.length(1)
      })

    it('takes exactly ten', () => {
      const control = start()
      control.watch(bob, CHAT, { address: ALICE, name: '' })
      expect(control.setLines(bob, CHAT, ALICE, lines([10n * WAD]))).to.deep.equal(DONE)
    })

    it('need a watch', () => {
      for (const address of [ALICE, undefined])
        expect(start().setLines(bob, CHAT, address, lines([WAD]))).to.include({ kind: 'refused', why: 'not-watched' })
    })
  })

  describe('mutes', () => {
    it('hold until their time, over restarts', () => {
      const mute = { chat: CHAT, scope: 'all', untilS: 1_000_060 }
      expect(start().mute(bob, mute)).to.deep.equal(DONE)
      expect(start().mute(bob, mute)).to.deep.equal(NOTHING)
      expect(start().mutes(CHAT, 1_000_059)).to.deep.equal([mute])
      expect(start().mutes(CHAT, 1_000_060)).to.deep.equal([])
      expect(start().mutes('telegram:1', 1_000_000)).to.deep.equal([])
      expect(told()).to.deep.equal(['mute all until 1970-01-12T13:47:40.000Z'])
    })

    it('without an end hold until somebody unmutes', () => {
      const control = start()
      control.mute(bob, { chat: CHAT, scope: 'market:m', untilS: null })
      expect(control.mutes(CHAT, 2 ** 40)).to.have.length(1)
      expect([control.unmute(bob, CHAT, 'all'), control.unmute(bob, CHAT, 'market:m')]).to.deep.equal([NOTHING, DONE])
      expect([control.mutes(CHAT, 0), told().at(-1)]).to.deep.equal([[], 'unmute market:m'])
    })
  })

  describe('reload', () => {
    it('applies after it was written down, and says what it did', async () => {
      const reloaded = { applied: ['alerts.thresholds'], needRestart: ['chains.local.rpc'] }
      const seen: number[] = []
      const control = start({ read: () => ({ reloaded, apply: () => void seen.push(entries().length) }) })
      expect(await control.reload(bob)).to.deep.equal({ kind: 'done', changed: true, value: reloaded })
      expect([seen, told()]).to.deep.equal([
        [1],
        ['reload in force: alerts.thresholds; after a restart: chains.local.rpc'],
      ])
    })

    it('of the same file changes nothing', async () => {
      const reloaded = { applied: [], needRestart: [] }
      const control = start({ read: () => ({ reloaded, apply: () => {} }) })
      expect(await control.reload(bob)).to.deep.equal({ kind: 'done', changed: false, value: reloaded })
      expect(entries()).to.deep.equal([])
    })

    it('that only a restart can apply is answered, and nothing is written down', async () => {
      const reloaded = { applied: [], needRestart: ['http.port'] }
      const control = start({ read: () => ({ reloaded, apply: () => {} }) })
      expect(await control.reload(bob)).to.deep.equal({ kind: 'done', changed: false, value: reloaded })
      expect(entries()).to.deep.equal([])
    })

    it('of a bad file is refused with all that is wrong', async () => {
      const control = start({ read: () => 'two problems: …' })
      expect(await control.reload(bob)).to.deep.equal({
        kind: 'refused',
        why: 'bad-configuration',
        detail: 'two problems: …',
      })
    })

    it('that cannot be written down is not applied', async () => {
      let applied = false
      const reloaded = { applied: ['log.level'], needRestart: [] }
      const control = start({
        read: () => ({
          reloaded,
          apply: () => {
            applied = true
          },
        }),
      })
      store.close()
      const error = await control.reload(bob).catch((thrown: unknown) => thrown)
      expect([error instanceof Error, applied]).to.deep.equal([true, false])
    })
  })
})

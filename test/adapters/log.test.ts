import { expect } from 'chai'
import fc from 'fast-check'
import { createLogger, type LogOptions, logSink, scrubber } from '../../src/adapters/log.ts'
import { ConfigError } from '../../src/core/errors.ts'
import type { JournalEntry, JournalKind } from '../../src/core/journal.ts'

const KEY = `0x${'ab12'.repeat(16)}`
const API = 'Zx9_qW3rTy-7uI0pLkJh'
const URL_WITH_KEY = `https://eth-mainnet.example.com/v2/${API}`
const TOKEN = '123456789:AAF-abc_defGHIjklMNOpqrSTUvwxYZ'
const PASSWORD = 'p&ss "word"\\ ü/9'
const MULTILINE = '-----BEGIN KEY-----\nMIIEvQ\n-----END KEY-----'
const SECRETS = [KEY, URL_WITH_KEY, TOKEN, PASSWORD, MULTILINE]

/** What must not be seen in any output: pieces that would give a secret away. */
const CANARIES = [KEY.slice(2), KEY.slice(2).toUpperCase(), API, 'AAF-abc_def', 'p&ss', 'ss%20%22word', 'MIIEvQ']

/** A logger and what it has written. */
function recorder(fields: Partial<LogOptions> = {}) {
  let text = ''
  const destination = {
    write: (line: string): void => {
      text += line
    },
  }
  const logger = createLogger({ level: 'trace', pretty: false, scrub: scrubber(SECRETS), destination, ...fields })
  return { logger, text: () => text }
}

function expectClean(text: string): void {
  for (const canary of CANARIES) expect(text).not.to.contain(canary)
}

/** A secret on every road on which one ever got into a log. */
function leaks(secret: string): readonly (readonly [string, unknown])[] {
  const inner = Object.assign(new Error(`request to ${secret} failed`), { url: secret, headers: { auth: [secret] } })
  const outer = new Error('outer', {
    cause: new ConfigError({ code: 'X', what: secret, why: 'w', fix: 'f' }, { cause: inner }),
  })
  return [
    ['message', secret],
    ['field', { secret }],
    ['name of a field', { [secret]: 1 }],
    ['nested', { a: { b: [{ c: secret }] } }],
    ['in the middle', { text: `before${secret}after` }],
    ['URL-encoded', { text: encodeURIComponent(secret) }],
    ['URL-encoded twice', { text: encodeURIComponent(encodeURIComponent(secret)) }],
    ['JSON in a string', { body: JSON.stringify({ secret }) }],
    ['JSON in JSON in a string', { body: JSON.stringify({ body: JSON.stringify({ secret }) }) }],
    ['error', inner],
    ['cause of a cause', outer],
    ['err', { err: outer }],
    ['error under another name', { failure: outer, list: [inner] }],
    ['aggregate', { err: new AggregateError([inner, outer], secret) }],
  ]
}

describe('createLogger', () => {
  for (const pretty of [false, true])
    for (const secret of SECRETS)
      for (const [road, value] of leaks(secret))
        it(`${pretty ? 'pretty' : 'JSON'}: lets no ${JSON.stringify(secret.slice(0, 8))} out: ${road}`, () => {
          const { logger, text } = recorder({ pretty })
          if (typeof value === 'string') logger.info(value)
          else logger.error(value)
          logger.child({ child: value }).warn('child')
          expect(text()).to.contain('[redacted]')
          expectClean(text())
        })

  it('keeps every line of JSON well-formed', () => {
    const { logger, text } = recorder()
    for (const secret of SECRETS) for (const [, value] of leaks(secret)) logger.error(value)
    for (const line of text().trimEnd().split('\n')) expect(() => JSON.parse(line)).not.to.throw()
  })

  it('keeps what is worth knowing of an error: class, code, causes', () => {
    const { logger, text } = recorder()
    const complaint = { code: 'CHAIN_ID_MISMATCH', what: 'chain', why: 'why', fix: 'fix' }
    logger.error(new ConfigError(complaint, { cause: new RangeError('the root') }))
    const { err } = JSON.parse(text())
    expect(err.type).to.equal('ConfigError')
    expect(err.code).to.equal('CHAIN_ID_MISMATCH')
    expect(err.cause.message).to.equal('the root')
  })

  it('writes big integers as strings, so that no reader rounds them', () => {
    const { logger, text } = recorder()
    logger.info({ amount: 2n ** 70n, list: [1n] }, 'x')
    expect(JSON.parse(text())).to.deep.include({ amount: '1180591620717411303424', list: ['1'] })
  })

  it('says nothing below its level', () => {
    const { logger, text } = recorder({ level: 'warn' })
    logger.info('quiet')
    expect(text()).to.equal('')
  })
})

describe('scrubber', () => {
  it('hides any secret in any text, in any case and form', () => {
    const secret = fc.string({ minLength: 4, maxLength: 40, unit: 'binary' }).filter((text) => text.trim().length >= 4)
    const form = fc.constantFrom(
      (text: string) => text,
      (text: string) => JSON.stringify(text),
      (text: string) => (/\p{Surrogate}/u.test(text) ? text : encodeURIComponent(text)),
    )
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), form, fc.string(), (secrets, write, around) => {
        const text = around + secrets.map(write).join(around) + around
        const scrubbed = scrubber(secrets)(text).replaceAll('[redacted]', '')
        for (const one of secrets) if (!around.includes(one)) expect(scrubbed).not.to.contain(write(one))
      }),
    )
  })

  it('hides a private key as hex of either case, without 0x, and as a number', () => {
    const scrub = scrubber([KEY])
    for (const form of [KEY, KEY.slice(2), KEY.toUpperCase(), String(BigInt(KEY))])
      expect(scrub(`key=${form};`)).to.equal('key=[redacted];')
  })

  it('hides the URL of a node as a whole, and its parts that look like keys', () => {
    const scrub = scrubber([URL_WITH_KEY, `wss://user:hunter22@rpc.example.com/?apikey=${API}x&chain=1`])
    expect(scrub(`POST ${URL_WITH_KEY} failed`)).to.equal('POST [redacted] failed')
    expect(scrub(`path /v2/${API}`)).to.equal('path [redacted]')
    expect(scrub(`key ${API}`)).to.equal('key [redacted]')
    expect(scrub(`key ${API}x`)).to.equal('key [redacted]')
    expect(scrub('password hunter22')).to.equal('password [redacted]')
    expect(scrub('host eth-mainnet.example.com, chain 1')).to.equal('host eth-mainnet.example.com, chain 1')
  })

  it('leaves alone what is no secret', () => {
    for (const text of ['http://127.0.0.1:8545', 'http://127.0.0.1:8545/'])
      expect(scrubber([text])(text)).to.equal(text)
    expect(scrubber([])('anything')).to.equal('anything')
    expect(scrubber(['', 'a'])('a banana')).to.equal('a banana')
  })
})

describe('logSink', () => {
  const entry = (kind: JournalKind, data: JournalEntry['data'] = {}): JournalEntry => ({
    seq: 1,
    chainId: 10,
    market: 'optimism-core',
    block: '42',
    kind,
    data,
  })

  /** Level and text of the line for an entry. */
  function said(of: JournalEntry): readonly [number, string] {
    const { logger, text } = recorder()
    logSink(logger)(of)
    const line = JSON.parse(text())
    expect(line.entry).to.deep.equal(of)
    return [line.level, line.msg]
  }

  for (const [of, level, text] of [
    [
      entry('confirmed', { borrower: '0xb', hash: '0xh', profitUsd8: '1234567890', gasUsed: '21000' }),
      30,
      '[optimism-core #42] confirmed: borrower 0xb, hash 0xh, profitUsd8 $12.34, gasUsed 21000',
    ],
    [
      entry('refusal', { reason: 'unprofitable', borrower: '0xb', healthFactor: '987654321000000000', detail: '' }),
      30,
      '[optimism-core #42] refusal: reason unprofitable, borrower 0xb, healthFactor 0.9876',
    ],
    [entry('lost', { borrower: '0xb', winner: null }), 40, '[optimism-core #42] lost: borrower 0xb'],
    [entry('alert', { debtBase: '-5000000' }), 40, '[optimism-core #42] alert: debtBase $-0.05'],
    [{ ...entry('rollback', { to: '40', depth: 2 }), market: '' }, 30, '[chain 10 #42] rollback: to 40, depth 2'],
    [entry('audit', { checked: 9, mismatched: 0 }), 30, '[optimism-core #42] audit: checked 9, mismatched 0'],
    [entry('audit', { checked: 9, mismatched: 1 }), 50, '[optimism-core #42] audit: checked 9, mismatched 1'],
    [
      entry('risk', { type: 'utilisation', state: 'on', group: 'USDC', value: 0.994, threshold: 0.99, lacks: [] }),
      40,
      '[optimism-core #42] risk: type utilisation, state on, group USDC, value 0.994, threshold 0.99',
    ],
    [
      entry('risk', { type: 'phase', state: 'off', group: 'WETH', value: null, phase: 'calm', previous: 'recovery' }),
      30,
      '[optimism-core #42] risk: type phase, state off, group WETH, phase calm, previous recovery',
    ],
    [entry('brief', { day: '2026-11-26', now: {} }), 30, '[optimism-core #42] brief: day 2026-11-26'],
    [entry('breaker'), 50, '[optimism-core #42] breaker'],
  ] as const)
    it(text, () => {
      expect(said(of)).to.deep.equal([level, text])
    })

  it('has a line for every kind, and one only', () => {
    const kinds = ['plan', 'sent', 'replaced', 'reorged', 'audit'] as const
    for (const kind of kinds) expect(said(entry(kind, { text: 'a\nb' }))[1]).to.match(/^\[.*\] \w+$/)
    const { logger, text } = recorder({ pretty: true })
    logSink(logger)(entry('sent', { hash: '0xh' }))
    expect(text().trimEnd().split('\n')).to.have.length(1)
    expect(text()).to.contain('sent: hash 0xh')
  })
})

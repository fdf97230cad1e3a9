import { expect } from 'chai'
import { type BotApi, startBotApi } from '../../../scripts/doubles/bot-api.ts'
import { openBot } from '../../../src/adapters/bot.ts'
import type { Plan } from '../../../src/app/init/plan.ts'
import type { Prompts } from '../../../src/app/init/prompts.ts'
import { askPlan } from '../../../src/app/init/wizard.ts'
import { UsageError } from '../../../src/core/errors.ts'
import { FakeChain } from '../../doubles/fake-chain.ts'
import { type JsonRpcDouble, startJsonRpc } from '../../doubles/json-rpc.ts'

const TOKEN = '12345:CANARY-token-of-the-bot'
const ME = 7

/** A person: what is asked, by its beginning, and what is answered, in order; what it was shown. */
class Person implements Prompts {
  readonly shown: string[] = []
  readonly #answers: [string, unknown][]
  readonly #onWait: (what: string) => void

  constructor(answers: [string, unknown][], onWait: (what: string) => void = () => {}) {
    this.#answers = answers
    this.#onWait = onWait
  }

  get left(): readonly unknown[] {
    return this.#answers
  }

  #answer(message: string): unknown {
    this.shown.push(message)
    const [asked, answer] = this.#answers.shift() ?? ['nothing more', undefined]
    expect(message.startsWith(asked), `asked "${message}", expected "${asked}"`).to.equal(true)
    return answer
  }

  say(text: string): void {
    this.shown.push(text)
  }

  async text({ message, initial = '', check }: Parameters<Prompts['text']>[0]): Promise<string> {
    for (;;) {
      const answer = (this.#answer(message) as string | undefined) ?? initial
      const wrong = check(answer)
      if (wrong === undefined) return answer
      this.shown.push(wrong)
    }
  }

  async choose<T extends string>({ message, options, initial }: Parameters<Prompts['choose']>[0]): Promise<T> {
    const answer = (this.#answer(message) as string | undefined) ?? initial
    expect(options.map(({ value }) => value)).to.include(answer)
    return answer as T
  }

  async chooseMany({ message, initial }: Parameters<Prompts['chooseMany']>[0]): Promise<readonly string[]> {
    return (this.#answer(message) as readonly string[] | undefined) ?? initial
  }

  async confirm({ message, initial }: Parameters<Prompts['confirm']>[0]): Promise<boolean> {
    return (this.#answer(message) as boolean | undefined) ?? initial
  }

  async during<T>(what: string, work: Promise<T>): Promise<T> {
    this.#onWait(what)
    return work
  }
}

describe('the wizard of init', () => {
  let node: JsonRpcDouble
  let api: BotApi

  beforeEach(async () => {
    node = await startJsonRpc(new FakeChain(3, () => []))
    api = await startBotApi({ token: TOKEN })
  })
  afterEach(async () => {
    await node.close()
    await api.close()
  })

  const ask = (person: Person, env: Record<string, string> = {}): Promise<Plan> =>
    askPlan({
      prompts: person,
      env,
      apiRoot: api.url,
      openBot: (token) => openBot({ token, apiRoot: api.url, signal: AbortSignal.timeout(10_000) }),
    })

  const ethereum = (): [string, unknown][] => [
    ['Which chains', undefined],
    ['RPC URL of ethereum', node.url],
    ['WebSocket URL', undefined],
    ['Which markets', undefined],
  ]

  it('without Telegram needs a node and nothing else', async () => {
    const person = new Person([...ethereum(), ['Alerts and commands on Telegram', false]])
    expect(await ask(person)).to.deep.equal({
      chains: [{ name: 'ethereum', rpc: node.url, ws: undefined }],
      markets: ['aave-v3-ethereum'],
      telegram: undefined,
    })
    expect(person.left).to.deep.equal([])
    expect(api.calls).to.deep.equal([])
  })

  it('offers what the environment has', async () => {
    const person = new Person([
      ['Which chains', undefined],
      ['RPC URL of ethereum', undefined],
      ['WebSocket URL', undefined],
      ['Which markets', undefined],
      ['Alerts', false],
    ])
    const plan = await ask(person, { ETHEREUM_RPC_URL: node.url, ETHEREUM_WS_URL: 'ws://127.0.0.1:9' })
    expect(plan.chains).to.deep.equal([{ name: 'ethereum', rpc: node.url, ws: 'ws://127.0.0.1:9' }])
  })

  it('takes no node of another chain, and one that does not answer only on purpose', async () => {
    node.chainId = 5
    const person = new Person([
      ['Which chains', ['ethereum']],
      ['RPC URL', 'not a url'],
      ['RPC URL', 'ftp://127.0.0.1'],
      ['RPC URL', node.url],
      ['RPC URL', 'http://127.0.0.1:9/canary-key'],
      ['Keep it anyway', false],
      ['RPC URL', 'http://127.0.0.1:9/canary-key'],
      ['Keep it anyway', true],
      ['WebSocket URL', 'http://no.socket'],
      ['WebSocket URL', ''],
      ['Which markets', undefined],
      ['Alerts', false],
    ])
    const plan = await ask(person)
    expect(plan.chains[0]?.rpc).to.equal('http://127.0.0.1:9/canary-key')
    expect(person.shown.join('\n')).to.include('serves chain id 5').and.not.include('canary-key')
    expect(person.left).to.deep.equal([])
  })

  it('finds chat and person by what they write, once they were confirmed', async () => {
    let waits = 0
    const person = new Person(
      [
        ...ethereum(),
        ['Alerts', true],
        ['Token of the bot', 'nonsense'],
        ['Token of the bot', `${TOKEN}x`],
        ['Try again', true],
        ['Token of the bot', TOKEN],
        ['Somebody, user 666 wrote. Is that you?', false],
        ['Somebody, user 7 wrote. Is that you?', true],
        ['What is this chat for', 'owner'],
        ['Another chat or person', true],
        ['Somebody, user 7 in the group', true],
        ['What is this chat for', undefined],
        ['Another chat or person', true],
        ['Somebody, user 8 in the group', true],
        ['What is this chat for', undefined],
        ['Another chat or person', false],
      ],
      (what) => {
        if (what !== 'waiting for a message') return
        waits++
        if (waits === 1) api.say(666, 666, 'me, me!')
        if (waits === 2) api.say(ME, ME, '/start')
        if (waits === 3) api.say(-5, ME, '/start')
        if (waits === 4) api.say(-5, 8, '/start')
      },
    )
    const { telegram } = await ask(person)
    expect(telegram).to.deep.equal({
      token: TOKEN,
      apiRoot: api.url,
      chats: [
        { chatId: ME, userIds: [ME], role: 'owner', language: 'en' },
        { chatId: -5, userIds: [ME, 8], role: 'operator', language: 'en' },
      ],
    })
    expect(person.left).to.deep.equal([])
    expect(person.shown.join('\n'))
      .to.include('https://t.me/double_bot')
      .and.include('Telegram does not know this token')
      .and.not.include('CANARY')
    // Nobody was answered, and nothing is left for the daemon to answer.
    expect(api.messages).to.deep.equal([])
    const bot = openBot({ token: TOKEN, apiRoot: api.url, signal: AbortSignal.timeout(5_000) })
    expect(await bot.updates(0, 0)).to.deep.equal({ ok: true, value: [] })
  })

  it('says what to do when another program reads the bot’s messages', async () => {
    const person = new Person([...ethereum(), ['Alerts', true], ['Token of the bot', TOKEN]])
    api.fail(
      { kind: 'refuse', code: 409, description: 'Conflict: terminated by other getUpdates request' },
      'getUpdates',
    )
    const error = await ask(person).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(UsageError)
    expect(error).to.include({ code: 'TELEGRAM_NOT_POLLED' })
    expect((error as UsageError).fix).to.include('Stop the other program')
  })

  it('goes on without Telegram when its token is not to be had', async () => {
    const person = new Person([...ethereum(), ['Alerts', true], ['Token', `${TOKEN}x`], ['Try again', false]])
    expect((await ask(person)).telegram).to.equal(undefined)
  })
})

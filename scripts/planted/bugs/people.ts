import type { Bug } from '../bug.ts'

const RUNG = 'test/core/people/rung.test.ts'
const ROUTE = 'test/core/people/route.test.ts'

/** From the journal to people's pockets, and from people to the keeper. */
export const PEOPLE_BUGS: readonly Bug[] = [
  {
    id: 'band-without-margin',
    what: 'The loop over bands is believed to the last bit: no grain, no margin',
    file: 'src/core/people/bands.ts',
    changes: [
      ['export const MARGIN = 1.000001', 'export const MARGIN = 1'],
      ['left({ credit, debit }: Sheet, grain: number, into', 'left({ credit, debit }: Sheet, _grain: number, into'],
      [
        '    let count = 0\n    for (let i = 0; i < size; i++) {\n      const plus',
        '    const grain = 0\n    let count = 0\n    for (let i = 0; i < size; i++) {\n      const plus',
      ],
    ],
    caughtBy: { file: 'test/app/people/desk.test.ts', title: 'sees dust too, when it is asked to' },
  },
  {
    id: 'latch-not-saved',
    what: 'What was told of a position is forgotten by a restart',
    file: 'src/app/people/desk.ts',
    changes: [['          for (const change of changes()) store.saveLatch(change)\n', '']],
    caughtBy: {
      file: 'test/app/people/desk.test.ts',
      title: 'a new process over the same store repeats nothing, and still knows of whom it warned',
    },
  },
  {
    id: 'no-hysteresis',
    what: 'A threshold speaks again as soon as health is back above it',
    file: 'src/core/people/rung.ts',
    changes: [['if (value < told + hysteresis) return told', 'if (value < told) return told']],
    caughtBy: { file: RUNG, title: 'a rise within the hysteresis re-arms nothing' },
  },
  {
    id: 'others-alerts',
    what: 'An owner’s alert goes to every chat',
    file: 'src/core/people/route.ts',
    changes: [
      [
        "return typeof data['to'] === 'string' ? data['to'] === name : role !== 'owner'",
        "return role !== 'owner' || data['to'] !== null",
      ],
    ],
    caughtBy: { file: ROUTE, title: 'an alert for another chat: off' },
  },
  {
    id: 'night-holds-danger',
    what: 'Quiet hours hold back what is critical',
    file: 'src/core/people/route.ts',
    changes: [['const dueS = critical || channel.quiet', 'const dueS = channel.quiet']],
    caughtBy: { file: ROUTE, title: 'at night, critical: loud' },
  },
  {
    id: 'rows-apart',
    what: 'The rows of the outbox are written apart from the place in the journal',
    file: 'src/app/people/dispatcher.ts',
    changes: [
      [
        '      store.atomically(() => {\n        store.outbox.add(rows)\n',
        '      store.outbox.add(rows)\n      store.atomically(() => {\n',
      ],
    ],
    caughtBy: {
      file: 'test/app/people/dispatcher.test.ts',
      title: 'killed between rows and place it does neither, and nothing comes twice',
    },
  },
  {
    id: 'repetition-unsaid',
    what: 'A message that may be a repetition does not say so',
    file: 'src/app/people/courier.ts',
    changes: [['{ thread, loud, isRepetition: true }', '{ thread, loud, isRepetition: false }']],
    caughtBy: {
      file: 'test/app/people/deliver.test.ts',
      title: 'what cannot be decided is sent again, and says so',
    },
  },
  {
    id: 'stranger-in-the-chat',
    what: 'Whoever is in a chat on the list is obeyed',
    file: 'src/adapters/telegram/admit.ts',
    changes: [
      [
        'return heard?.userIds.includes(userId) ? { chatId, userId } : undefined',
        'return heard ? { chatId, userId } : undefined',
      ],
    ],
    caughtBy: { file: 'test/adapters/telegram-hostile.test.ts', title: 'of them: no effect, no answer, no crash' },
  },
  {
    id: 'forwarded-orders',
    what: 'A forwarded order counts as an order',
    file: 'src/adapters/telegram/admit.ts',
    changes: [["  'forward_origin',\n", '']],
    caughtBy: {
      file: 'test/adapters/telegram-hostile.test.ts',
      title: 'each mark of somebody else’s words is enough by itself',
    },
  },
  {
    id: 'confirmed-by-anybody',
    what: 'A confirmation is not bound to the person who asked',
    file: 'src/adapters/telegram/confirmations.ts',
    changes: [
      ['found.chatId !== presser.chatId || found.userId !== presser.userId', 'found.chatId !== presser.chatId'],
    ],
    caughtBy: { file: 'test/adapters/telegram-confirm.test.ts', title: 'nobody else’s press has an effect' },
  },
  {
    id: 'confirmed-twice',
    what: 'A confirmation can be used again',
    file: 'src/adapters/telegram/confirmations.ts',
    changes: [['    this.#write(pending.filter((one) => one !== found))\n', '']],
    caughtBy: {
      file: 'test/adapters/telegram-confirm.test.ts',
      title: 'is good once: a second press, or the same one replayed, does nothing',
    },
  },
  {
    id: 'paused-too-late',
    what: 'A pause while the key is at work does not stop the transaction',
    file: 'src/adapters/executor/prepare.ts',
    changes: [
      [
        "return options.maySign() ? intent : refuse(candidate, 'control-paused', 'while it was being signed')",
        'return intent',
      ],
    ],
    caughtBy: {
      file: 'test/adapters/executor-send.test.ts',
      title: 'writes nothing down and sends nothing when it is paused while the key is at work',
    },
  },
  {
    id: 'mode-above-configured',
    what: 'People may raise the mode above the configured one',
    file: 'src/app/control.ts',
    changes: [
      [
        "if (rank(mode) > rank(this.configuredMode)) return refused('above-configured-mode', this.configuredMode)\n",
        '',
      ],
    ],
    caughtBy: { file: 'test/app/control.test.ts', title: 'is never above what is configured, whatever is asked' },
  },
  {
    id: 'rescue-one-short',
    what: 'The way out is one unit short of the target',
    file: 'src/protocols/aave-v3/rescue-aim.ts',
    changes: [
      ['    else short = middle\n  }\n  return enough\n', '    else short = middle\n  }\n  return enough - 1n\n'],
    ],
    caughtBy: {
      file: 'test/protocols/aave-v3/rescue.test.ts',
      title: 'brings health to the target in integers, and one unit less would not',
    },
  },
]

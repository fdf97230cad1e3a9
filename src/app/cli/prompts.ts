import * as clack from '@clack/prompts'
import { UsageError } from '../../core/errors.ts'
import type { Prompts } from '../init/prompts.ts'

/** On stderr: stdout is for data. */
const output = process.stderr

/** A person at a terminal. */
export const terminal: Prompts = {
  say: (text) => clack.log.message(text, { output }),
  text: async ({ message, initial = '', secret = false, check }) => {
    const validate = (answer: string | undefined): string | undefined => check((answer ?? '').trim())
    if (secret) {
      // A secret that is set already is offered, never shown.
      const known = initial !== '' && validate(initial) === undefined
      if (known && went(await clack.confirm({ message: `${message}: take the one from the environment?`, output })))
        return initial
      return went(await clack.password({ message, validate, output })).trim()
    }
    return (went(await clack.text({ message, initialValue: initial, validate, output })) ?? '').trim()
  },
  choose: async ({ message, options, initial }) => {
    const chosen = went(
      await clack.select<string>({
        message,
        options: options.map((one) => ({ ...one })),
        ...(initial === undefined ? {} : { initialValue: initial }),
        output,
      }),
    )
    const found = options.find(({ value }) => value === chosen)
    if (found === undefined) throw new RangeError(`${chosen} was not offered`)
    return found.value
  },
  chooseMany: async ({ message, options, initial }) =>
    went(
      await clack.multiselect({
        message,
        options: options.map((one) => ({ ...one })),
        initialValues: [...initial],
        required: true,
        output,
      }),
    ),
  confirm: async ({ message, initial }) => went(await clack.confirm({ message, initialValue: initial, output })),
  during: async (what, work) => {
    const spinner = clack.spinner({ output })
    spinner.start(what)
    try {
      return await work
    } finally {
      spinner.stop(what)
    }
  },
}

function went<T>(answer: T): Exclude<T, symbol> {
  if (!clack.isCancel(answer)) return answer as Exclude<T, symbol>
  throw new UsageError({
    code: 'INIT_CANCELLED',
    what: 'stopped before the end',
    why: 'you asked to',
    fix: 'Nothing was written. Start again with plimsoll init.',
  })
}

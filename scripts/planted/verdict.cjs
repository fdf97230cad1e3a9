const { writeFileSync } = require('node:fs')

/** Mocha reporter: what passed and what failed, and how, as JSON into the file of the option `output`. */
module.exports = class Verdict {
  constructor(runner, { reporterOptions: { output } }) {
    const verdict = { passed: 0, skipped: 0, failed: [] }
    runner.on('pass', () => verdict.passed++)
    runner.on('pending', () => verdict.skipped++)
    runner.on('fail', (runnable, error) =>
      verdict.failed.push({
        title: runnable.fullTitle(),
        byAssertion: runnable.type === 'test' && isAssertion(error),
        message: String(error?.message ?? error).split('\n')[0],
      }),
    )
    runner.once('end', () => writeFileSync(output, JSON.stringify(verdict)))
  }
}

/** Properties (fast-check) wrap what was thrown. */
const isAssertion = (error) => error instanceof Error && (error.name === 'AssertionError' || isAssertion(error.cause))

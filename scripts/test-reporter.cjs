const { reporters } = require('mocha')

/** Mocha's own `spec`, and a closing line that any tool can read. */
module.exports = class ClosingLine extends reporters.Spec {
  epilogue() {
    super.epilogue()
    const { passes, failures, pending } = this.stats
    process.stdout.write(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ''}\n`)
  }
}

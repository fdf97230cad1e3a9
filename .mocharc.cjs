// No `spec` here: `mocha FILE` runs that file alone, `npm test` names them all.
module.exports = {
  reporter: './scripts/test-reporter.cjs',
  timeout: 20_000,
  forbidOnly: Boolean(process.env.CI),
}

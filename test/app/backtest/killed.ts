import { runBacktest } from '../../../src/app/backtest/engine.ts'

/** A backtest that saves at every frame and is killed, as by `kill -9`, after so many of them. */
const [file = '', resumeFile = '', frames = ''] = process.argv.slice(2)
let left = Number(frames)
await runBacktest({
  file,
  resumeFile,
  config: undefined,
  overrides: {},
  saveEveryMs: 0,
  signal: new AbortController().signal,
  // Told before the frame is saved: what is on disk is the frame before.
  onProgress: () => {
    if (left-- === 0) process.kill(process.pid, 'SIGKILL')
  },
})

import { statSync } from 'node:fs'
import { openRecording, type Place } from '../../adapters/recording/reader.ts'
import { offlineSettings } from '../offline/settings.ts'
import { requireEnd } from '../record/check.ts'
import type { BacktestOptions } from './options.ts'
import { type BacktestState, fromHex, ResumeFile } from './resume.ts'
import type { BacktestRun } from './run.ts'
import { BacktestStage } from './stage.ts'

const SAVE_EVERY_MS = 15_000

/** The live loop over a recording: same pages, same books, same planner. Same file and settings, same rows. */
export async function runBacktest(options: BacktestOptions): Promise<BacktestRun> {
  // Before anything else is asked of it: that it is a recording at all.
  openRecording(options.file).close()
  const resume = options.resumeFile === undefined ? undefined : resumeFileOf(options, options.resumeFile)
  const saved = resume?.read()
  const recording = openRecording(options.file, saved && placeOf(saved))
  try {
    const settings = offlineSettings(recording.meta, options.config, options.overrides)
    const stage = new BacktestStage(options, recording, settings, saved)
    let keeping = resume
    let savedAtMs = performance.now()
    let frames = recording.place.frames
    const afterEntry = async (): Promise<void> => {
      if (recording.place.frames === frames) return
      frames = recording.place.frames
      // A page that was cut short was not decided to its end: whoever goes on must do it again.
      if (options.signal.aborted) return
      options.onProgress?.(stage.progress())
      if (performance.now() - savedAtMs >= (options.saveEveryMs ?? SAVE_EVERY_MS)) {
        if (keeping && !couldSave(options, keeping, stage)) keeping = undefined
        savedAtMs = performance.now()
      }
      await otherWork()
    }
    await stage.run(afterEntry)
    options.signal.throwIfAborted()
    requireEnd(options.file, recording.place)
    resume?.remove()
    return stage.result()
  } finally {
    recording.close()
  }
}

function couldSave({ onUnsaved }: BacktestOptions, resume: ResumeFile, stage: BacktestStage): boolean {
  try {
    resume.write(stage.state())
    return true
  } catch (error) {
    if (onUnsaved === undefined || !(error instanceof Error && 'syscall' in error)) throw error
    onUnsaved(error.message)
    return false
  }
}

/** Nothing in a replay waits for the world: without this neither signals nor timers of the process would ever have a turn. */
const otherWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const resumeFileOf = ({ file, config, overrides, node }: BacktestOptions, path: string): ResumeFile => {
  const { size, mtimeMs } = statSync(file)
  const executor =
    config &&
    [...config.executor.markets].map(([name, { contract, limits }]) => [
      name,
      contract,
      { ...limits, denyBorrowers: [...limits.denyBorrowers], denyAssets: [...limits.denyAssets] },
    ])
  return new ResumeFile(path, {
    version: 1,
    file,
    size,
    mtimeMs,
    executor,
    chains: config?.chains,
    alerts: config?.alerts,
    overrides,
    node: node !== undefined,
  })
}

const placeOf = ({ place }: BacktestState): Place => ({ ...place, link: fromHex(place.link) })

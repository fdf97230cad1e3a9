import { backtestReport } from './report-of.ts'
import { serveJob } from './sweep-worker.ts'

await serveJob(({ file, configFile, overrides }, onProgress) =>
  backtestReport({
    file,
    configFile,
    overrides,
    signal: new AbortController().signal,
    onProgress: ({ bytes, totalBytes }) => onProgress(bytes, totalBytes),
  }),
)

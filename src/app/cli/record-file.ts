import { UsageError } from '../../core/errors.ts'
import { checkRecording, type RecordingCheck } from '../record/check.ts'
import { exportRecording } from '../record/export.ts'
import { bytes } from './format.ts'
import { print, printJson } from './output.ts'
import type { GlobalOptions } from './session.ts'

/** `plimsoll record FILE --check`. Exit code 3 when a comparison that it holds found a difference. */
export function checkFile(global: GlobalOptions, file: string | undefined): number {
  const path = requireFile(file)
  const found = checkRecording(path)
  if (global.json) printJson({ ...found, from: String(found.from), to: String(found.to) })
  else showCheck(path, found)
  return found.mismatched === 0 ? 0 : 3
}

function showCheck(path: string, found: RecordingCheck): void {
  const { chain, from, to, pages, pagesDerived, sizeBytes, unpackedBytes, markets, digest } = found
  print(`${path}: undamaged. ${markets.join(', ')} on ${chain}, blocks ${from} to ${to}`)
  print(
    `${pages} pages (${pagesDerived} derived from logs alone), ${bytes(sizeBytes)}, ${pages > 0 ? (sizeBytes / pages).toFixed(0) : '–'} bytes a page, ${bytes(unpackedBytes)} unpacked`,
  )
  print(`compared with the chain ${found.proofs} times: ${found.compared} accounts, ${found.mismatched} mismatched`)
  print(`digest ${digest}`)
}

/** `plimsoll record FILE --export parquet`. */
export async function exportFile(
  global: GlobalOptions,
  file: string | undefined,
  { format, folder = '.' }: { readonly format: string; readonly folder: string | undefined },
): Promise<number> {
  const path = requireFile(file)
  if (format !== 'parquet')
    throw new UsageError({
      code: 'BAD_OPTION',
      what: `--export ${format}`,
      why: 'the only format there is is parquet',
      fix: 'Use --export parquet.',
    })
  const written = await exportRecording(path, folder)
  if (global.json) printJson({ files: written })
  else for (const table of written) print(`${table.path}: ${table.rows} rows`)
  return 0
}

function requireFile(file: string | undefined): string {
  if (file !== undefined) return file
  throw new UsageError({
    code: 'NO_FILE',
    what: 'no file is named',
    why: '--check and --export work on a recording',
    fix: 'Name it: plimsoll record FILE --check',
  })
}

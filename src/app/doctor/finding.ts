import { PlimsollError, RpcFault } from '../../core/errors.ts'

export type State = 'ok' | 'warning' | 'failed'

/** One check: what was found and, unless it is well, why that matters and what to do. */
export interface Finding {
  /** `chain ethereum`, `market aave-v3-ethereum`, `store`, `telegram:1`. */
  readonly area: string
  /** In one or two words. */
  readonly check: string
  readonly state: State
  readonly what: string
  readonly why: string | null
  readonly fix: string | null
}

interface Trouble {
  readonly what: string
  readonly why: string
  readonly fix: string
}

/** Findings of one area. */
export interface Area {
  ok(check: string, what: string): Finding
  warning(check: string, trouble: Trouble): Finding
  failed(check: string, trouble: Trouble): Finding
  /** What a check threw: our own errors say themselves what to do. */
  threw(check: string, error: unknown, fix: string): Finding
}

export function areaOf(area: string): Area {
  const finding = (check: string, state: State, { what, why, fix }: Trouble): Finding => ({
    area,
    check,
    state,
    what: oneLine(what),
    why: oneLine(why),
    fix: oneLine(fix),
  })
  const failed = (check: string, trouble: Trouble): Finding => finding(check, 'failed', trouble)
  return {
    ok: (check, what) => ({ area, check, state: 'ok', what: oneLine(what), why: null, fix: null }),
    warning: (check, trouble) => finding(check, 'warning', trouble),
    failed,
    threw(check, error, fix) {
      if (error instanceof PlimsollError) return failed(check, error)
      if (error instanceof RpcFault) return failed(check, { what: 'the node refuses', why: error.message, fix })
      throw error
    },
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

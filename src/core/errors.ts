/** What the process ends with (`docs`: exit codes). */
export type ExitCode = 1 | 2 | 3 | 75

export interface Complaint {
  /** Stable and greppable, such as `CHAIN_ID_MISMATCH`. */
  readonly code: string
  /** What happened, with its values. */
  readonly what: string
  readonly why: string
  /** What the reader can do now. */
  readonly fix: string
}

/** A surprise that a person must hear about: what, why, how to fix. Expected refusals are values, not errors. */
export class PlimsollError extends Error implements Complaint {
  readonly code: string
  readonly what: string
  readonly why: string
  readonly fix: string
  readonly exitCode: ExitCode

  constructor(complaint: Complaint, exitCode: ExitCode, options?: ErrorOptions) {
    super(`${complaint.what}: ${complaint.why}. ${complaint.fix}`, options)
    this.name = new.target.name
    this.code = complaint.code
    this.what = complaint.what
    this.why = complaint.why
    this.fix = complaint.fix
    this.exitCode = exitCode
  }
}

/** Configuration or environment is wrong. */
export class ConfigError extends PlimsollError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(complaint, 1, options)
  }
}

/** The chain is not what the configuration says: wrong id, no pool, unknown revision. */
export class ChainError extends PlimsollError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(complaint, 1, options)
  }
}

/** No node answered. Worth another try later. */
export class UnreachableError extends PlimsollError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(complaint, 75, options)
  }
}

/** The store cannot be used: corrupted, newer, or in somebody else's hands. */
export class StoreError extends PlimsollError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(complaint, 1, options)
  }
}

/** The request makes no sense, or is refused for safety. */
export class UsageError extends PlimsollError {
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(complaint, 2, options)
  }
}

/** The node understood and said no: a revert, a limit, an unknown block. */
export class RpcFault extends Error {
  readonly code: number
  readonly data: unknown

  constructor(method: string, code: number, message: string, data: unknown, options?: ErrorOptions) {
    super(`${method}: ${message} (code ${code})`, options)
    this.name = 'RpcFault'
    this.code = code
    this.data = data
  }
}

/** For the end of a `switch` over a closed union. */
export function never(value: never): never {
  throw new TypeError(`unexpected ${JSON.stringify(value)}`)
}

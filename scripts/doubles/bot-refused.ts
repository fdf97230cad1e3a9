/** What the Bot API answers when it says no. */
export class Refused extends Error {
  readonly body: object
  readonly code: number

  constructor(code: number, description: string, parameters?: object) {
    super(description)
    this.code = code
    this.body = { ok: false, error_code: code, description, ...(parameters && { parameters }) }
  }
}

export const flood = (seconds: number): Refused =>
  new Refused(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })

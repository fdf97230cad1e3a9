import { HttpProblem } from './problem.ts'

export const riskOff = (): HttpProblem =>
  new HttpProblem(503, {
    code: 'RISK_OFF',
    what: 'Nobody here answers questions about the wave',
    why: 'this daemon does not measure it',
    fix: 'Set risk.enabled to true and start it again, or ask with plimsoll risk.',
  })

export const riskBusy = (atOnce: number, waiting: number): HttpProblem =>
  new HttpProblem(
    503,
    {
      code: 'RISK_BUSY',
      what: 'Too many questions about the wave at a time',
      why: `${atOnce} are being answered and ${waiting} wait`,
      fix: 'Try again in a few seconds.',
    },
    { 'retry-after': '5' },
  )

export const riskLate = (waitMs: number): HttpProblem =>
  new HttpProblem(
    503,
    {
      code: 'RISK_LATE',
      what: 'The answer about the wave is not there yet',
      why: `it takes longer than ${waitMs / 1000} s`,
      fix: 'Try again later, or ask for less: fewer accounts, one market.',
    },
    { 'retry-after': '30' },
  )

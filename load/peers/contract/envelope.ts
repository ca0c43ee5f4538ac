import type { Response } from 'express'

/** The contract's errors that a peer can answer with: number in the envelope, HTTP status. */
const ERRORS = {
  NOT_FOUND: { code: 1001, status: 200 },
  NOT_STARTED: { code: 1002, status: 200 },
  EXPIRED: { code: 1003, status: 200 },
  EXHAUSTED: { code: 1004, status: 200 },
  ALREADY_REDEEMED_BY_USER: { code: 1005, status: 200 },
  USER_ID_REQUIRED: { code: 1006, status: 200 },
  CODE_TAKEN: { code: 1010, status: 200 },
  REDEMPTION_NOT_FOUND: { code: 1014, status: 200 },
  ALREADY_ROLLED_BACK: { code: 1015, status: 200 },
  INVALID_INPUT: { code: 2001, status: 400 },
  IDEMPOTENCY_KEY_REQUIRED: { code: 2002, status: 400 },
  IDEMPOTENCY_KEY_REUSED: { code: 2003, status: 422 },
  ROUTE_NOT_FOUND: { code: 2007, status: 404 },
  UNAUTHENTICATED: { code: 3001, status: 401 },
  INTERNAL: { code: 5003, status: 500 },
} as const

export type ErrorSymbol = keyof typeof ERRORS

export function succeed(response: Response, result: unknown): void {
  response.json({ code: 0, message: '', result })
}

export function refuse(response: Response, error: ErrorSymbol, result: unknown = null): void {
  const { code, status } = ERRORS[error]
  const message = error.toLowerCase().replaceAll('_', ' ')
  response.status(status).json({ code, message, result, error })
}

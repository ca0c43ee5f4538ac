/**
 * The errors of the REST API: stable symbol, number in the envelope, HTTP status. Their texts are in `messages/`.
 * A coupon that cannot be used is an answer (200 with a code); a problem with the call has its HTTP status.
 * Source: "Errors" of the upstream contract.
 */
export const ERROR_SYMBOLS = {
  NOT_FOUND: { code: 1001, status: 200 },
  NOT_STARTED: { code: 1002, status: 200 },
  EXPIRED: { code: 1003, status: 200 },
  EXHAUSTED: { code: 1004, status: 200 },
  ALREADY_REDEEMED_BY_USER: { code: 1005, status: 200 },
  USER_ID_REQUIRED: { code: 1006, status: 200 },
  ONSITE_PASSWORD_REQUIRED: { code: 1007, status: 200 },
  ONSITE_PASSWORD_WRONG: { code: 1008, status: 200 },
  TOO_MANY_ATTEMPTS: { code: 1009, status: 429 },
  CODE_TAKEN: { code: 1010, status: 200 },
  COUPON_LOCKED: { code: 1011, status: 200 },
  RESERVATION_NOT_FOUND: { code: 1012, status: 200 },
  RESERVATION_EXPIRED: { code: 1013, status: 200 },
  REDEMPTION_NOT_FOUND: { code: 1014, status: 200 },
  ALREADY_ROLLED_BACK: { code: 1015, status: 200 },
  ALL_HELD: { code: 1016, status: 200 },
  INVALID_INPUT: { code: 2001, status: 400 },
  IDEMPOTENCY_KEY_REQUIRED: { code: 2002, status: 400 },
  IDEMPOTENCY_KEY_REUSED: { code: 2003, status: 422 },
  IDEMPOTENCY_CONCURRENT_REQUEST: { code: 2004, status: 409 },
  UNSUPPORTED_MEDIA_TYPE: { code: 2005, status: 415 },
  BODY_TOO_LARGE: { code: 2006, status: 413 },
  ROUTE_NOT_FOUND: { code: 2007, status: 404 },
  UNAUTHENTICATED: { code: 3001, status: 401 },
  FORBIDDEN: { code: 3002, status: 403 },
  PLAN_UPGRADE_REQUIRED: { code: 3003, status: 403 },
  RATE_LIMITED: { code: 3004, status: 429 },
  OVERLOADED: { code: 5001, status: 503 },
  UNAVAILABLE: { code: 5002, status: 503 },
  INTERNAL: { code: 5003, status: 500 },
} as const satisfies Record<string, { code: number; status: number }>

/** Stable name of an error, sent as `error` in the envelope. */
export type ErrorSymbol = keyof typeof ERROR_SYMBOLS

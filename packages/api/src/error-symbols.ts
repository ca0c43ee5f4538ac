/**
 * The errors of the REST API: stable symbol, number in the envelope, HTTP status, text for people.
 * A coupon that cannot be used is an answer (200 with a code); a problem with the call has its HTTP status.
 * Source: "Errors" of the upstream contract.
 */
export const ERROR_SYMBOLS = {
  NOT_FOUND: { code: 1001, status: 200, message: 'There is no coupon with this number.' },
  NOT_STARTED: { code: 1002, status: 200, message: 'The coupon is not valid yet.' },
  EXPIRED: { code: 1003, status: 200, message: 'The coupon has expired.' },
  EXHAUSTED: { code: 1004, status: 200, message: 'The coupon is used up.' },
  ALREADY_REDEEMED_BY_USER: {
    code: 1005,
    status: 200,
    message: 'This user has redeemed the coupon as often as one user may.',
  },
  USER_ID_REQUIRED: {
    code: 1006,
    status: 200,
    message: 'A coupon that can be used more than once needs a `userId`.',
  },
  ONSITE_PASSWORD_REQUIRED: {
    code: 1007,
    status: 200,
    message: 'The coupon needs `onsitePwd`, which the staff of the shop types in.',
  },
  ONSITE_PASSWORD_WRONG: {
    code: 1008,
    status: 200,
    message: '`onsitePwd` is not the password of this coupon.',
  },
  TOO_MANY_ATTEMPTS: {
    code: 1009,
    status: 429,
    message: 'Too many wrong passwords. Try again later.',
  },
  CODE_TAKEN: { code: 1010, status: 200, message: 'Another coupon has this `cpnNo`.' },
  COUPON_LOCKED: {
    code: 1011,
    status: 200,
    message: 'The coupon was used: only its `memo` can be changed.',
  },
  RESERVATION_NOT_FOUND: {
    code: 1012,
    status: 200,
    message: 'There is no reservation with this `reservationId` that could still be settled so.',
  },
  RESERVATION_EXPIRED: {
    code: 1013,
    status: 200,
    message: 'The time of the reservation is over, and no unit of the coupon is free any more.',
  },
  REDEMPTION_NOT_FOUND: {
    code: 1014,
    status: 200,
    message: 'There is no such redemption.',
  },
  ALREADY_ROLLED_BACK: {
    code: 1015,
    status: 200,
    message: 'The redemption was rolled back before.',
  },
  ALL_HELD: {
    code: 1016,
    status: 200,
    message:
      'No unit of the coupon is free now, but some are only reserved: trying later can succeed.',
  },
  INVALID_INPUT: { code: 2001, status: 400, message: 'The input is not valid.' },
  IDEMPOTENCY_KEY_REQUIRED: {
    code: 2002,
    status: 400,
    message:
      'This call needs an `Idempotency-Key`: a name of yours for this one intended effect, made before the first try and kept over retries.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    code: 2003,
    status: 422,
    message: 'This `Idempotency-Key` was used for another request. A new request needs a new key.',
  },
  IDEMPOTENCY_CONCURRENT_REQUEST: {
    code: 2004,
    status: 409,
    message:
      'The first request with this `Idempotency-Key` is still running. Try again with the same key.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    code: 2005,
    status: 415,
    message: '`Content-Type` must be application/json.',
  },
  BODY_TOO_LARGE: { code: 2006, status: 413, message: 'The body is too large.' },
  ROUTE_NOT_FOUND: {
    code: 2007,
    status: 404,
    message: 'There is no such call. Check the method and the path.',
  },
  UNAUTHENTICATED: {
    code: 3001,
    status: 401,
    message: 'The call needs a valid key: send `Authorization: APIKey {key}`.',
  },
  FORBIDDEN: { code: 3002, status: 403, message: 'This key does not allow the call.' },
  PLAN_UPGRADE_REQUIRED: {
    code: 3003,
    status: 403,
    message:
      'The plan of this key does not include coupons: the Personal plan or a higher one does.',
  },
  RATE_LIMITED: {
    code: 3004,
    status: 429,
    message: 'The rate limit of this key is reached. Try again after the time in `Retry-After`.',
  },
  OVERLOADED: { code: 5001, status: 503, message: 'Too much work is waiting. Try again shortly.' },
  UNAVAILABLE: {
    code: 5002,
    status: 503,
    message: 'The service cannot answer now. Try again with the same `Idempotency-Key`.',
  },
  INTERNAL: { code: 5003, status: 500, message: 'An error on our side. It was logged.' },
} as const satisfies Record<string, { code: number; status: number; message: string }>

/** Stable name of an error, sent as `error` in the envelope. */
export type ErrorSymbol = keyof typeof ERROR_SYMBOLS

import type { FailureCode } from '../gateway/failure.ts'

/**
 * What the page does next. `repeat`: try again by itself, with the same key. `sign-in`: only another key of the staff,
 * or another session, helps. `stop`: repeating does not help.
 */
export type Next = 'repeat' | 'sign-in' | 'stop'

export interface FailureText {
  /** For people, one or two sentences. */
  readonly text: string
  readonly next: Next
  /** Whether a write may have taken effect all the same. */
  readonly mayHaveHappened: boolean
  /** Whether the gateway's own words tell more, such as which coupons a key of the staff is for. */
  readonly isToldByGateway?: true
}

const nothingChanged = (next: Next, text: string) => ({ text, next, mayHaveHappened: false })
const maybe = (text: string) => ({ text, next: 'repeat' as const, mayHaveHappened: true })

const OURS = 'Something in this page does not fit the coupon service. Please tell the shop.'

/** Every code that a call can end with. */
export const FAILURE_TEXTS: Readonly<Record<FailureCode, FailureText>> = {
  OFFLINE: maybe('You are offline. We go on as soon as there is a connection.'),
  NO_ANSWER: maybe('There was no answer. It may be the connection, so we try again.'),
  UNREADABLE_ANSWER: maybe('The answer could not be read, so we ask again.'),

  UNAUTHENTICATED: nothingChanged('sign-in', 'The key is not known, or no longer valid.'),
  AUTHENTICATION_UNAVAILABLE: nothingChanged(
    'repeat',
    'Nobody can be signed in at the moment. We try again shortly.',
  ),
  FORBIDDEN: { ...nothingChanged('stop', 'This may not be done here.'), isToldByGateway: true },
  RATE_LIMITED: nothingChanged('repeat', 'There were too many requests. We wait, and then go on.'),

  OVERLOADED: nothingChanged('repeat', 'Many people are here right now. We try again shortly.'),
  UPSTREAM_UNAVAILABLE: nothingChanged(
    'repeat',
    'The coupon service cannot be reached. We try again shortly.',
  ),
  UPSTREAM_TIMEOUT: nothingChanged(
    'repeat',
    'The coupon service is slow to answer. We try again shortly.',
  ),
  UPSTREAM_OUTCOME_UNKNOWN: maybe(
    'It is not known yet whether it worked. We ask until it is; nothing happens twice.',
  ),
  PLAN_UPGRADE_REQUIRED: nothingChanged(
    'stop',
    'The shop’s account does not include this. Please tell the shop.',
  ),

  GRAPHQL_PARSE_FAILED: nothingChanged('stop', OURS),
  GRAPHQL_VALIDATION_FAILED: nothingChanged('stop', OURS),
  COST_LIMIT_EXCEEDED: nothingChanged('stop', OURS),
  BAD_USER_INPUT: nothingChanged('stop', 'This is not a code that can be looked up.'),
  OPERATION_RESOLUTION_FAILURE: nothingChanged('stop', OURS),
  BAD_REQUEST: nothingChanged('stop', OURS),
  PERSISTED_QUERY_NOT_FOUND: nothingChanged('stop', OURS),
  PERSISTED_QUERY_NOT_SUPPORTED: nothingChanged('stop', OURS),
  QUERY_NOT_IN_SAFELIST: nothingChanged('stop', OURS),
  INTERNAL_SERVER_ERROR: maybe(
    'The coupon service made a mistake. We ask again; nothing happens twice.',
  ),

  ROUTE_NOT_FOUND: nothingChanged('stop', OURS),
  METHOD_NOT_ALLOWED: nothingChanged('stop', OURS),
  BODY_TOO_LARGE: nothingChanged('stop', OURS),
  UNSUPPORTED_MEDIA_TYPE: nothingChanged('stop', OURS),
}

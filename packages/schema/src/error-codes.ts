/**
 * Every value of `errors[].extensions.code`, with what it means and what to do next. A coupon that cannot be
 * used is not among them: that is an answer, or in the `userErrors` of a payload.
 *
 * @example
 * const meaning = ERROR_CODES.RATE_LIMITED
 * const isKnown = Object.hasOwn(ERROR_CODES, error.extensions.code)
 */
export const ERROR_CODES = {
  // About the caller.
  UNAUTHENTICATED:
    'The key is missing or unknown, or the token is not valid or no longer; `message` says which. Send `Authorization: Bearer <key>`, or get a new token.',
  AUTHENTICATION_UNAVAILABLE:
    'Tokens cannot be checked at the moment; nothing was changed. Repeat after `retryAfterMs`.',
  FORBIDDEN:
    'The key or token lacks the scope for this field (`requiredScope`), or is used by a page of an origin that it is not for, or the coupon service behind this gateway does not allow it; `message` says which. Do not repeat.',
  RATE_LIMITED:
    'A budget is spent, yours (`scope: CALLER`) or the coupon service’s (`scope: UPSTREAM`); nothing was changed. Repeat after `retryAfterMs`.',

  // About the coupon service behind the gateway.
  OVERLOADED: 'More work than can wait; nothing was changed. Repeat with growing pauses.',
  UPSTREAM_UNAVAILABLE:
    'The coupon service is out of reach; nothing was changed. Repeat with growing pauses.',
  UPSTREAM_TIMEOUT:
    'The coupon service did not answer a read in time; nothing was changed. Repeat with growing pauses.',
  UPSTREAM_OUTCOME_UNKNOWN:
    'A write may have taken effect (`retryable: true`). Repeat it with the same idempotency key.',
  PLAN_UPGRADE_REQUIRED:
    'The plan of the account at the coupon service does not include this call. Do not repeat.',

  // About the operation. The names are Apollo Server’s.
  GRAPHQL_PARSE_FAILED: 'The document is not GraphQL, or is too long. Correct it.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema or its limits. Correct it.',
  COST_LIMIT_EXCEEDED:
    'The operation can cause more upstream calls, or a larger answer, than one may: nothing of it was run. Split it.',
  BAD_USER_INPUT: 'A variable or an argument does not fit its type or its bounds. Correct it.',
  OPERATION_RESOLUTION_FAILURE: 'The document has no operation of the name in `operationName`.',
  BAD_REQUEST: 'The HTTP request is no GraphQL request. Correct it.',
  PERSISTED_QUERY_NOT_FOUND:
    'This gateway knows no trusted document of this id. Send the document itself, or have its operator add it.',
  PERSISTED_QUERY_NOT_SUPPORTED:
    'The version in `extensions.persistedQuery` is not 1. Send the document itself, or its `documentId`.',
  QUERY_NOT_IN_SAFELIST:
    'This gateway answers trusted documents only. Send one of `trusted-documents.json`, or have its operator add yours.',
  INTERNAL_SERVER_ERROR:
    'A fault of ours. A write may have taken effect: repeat it with the same idempotency key. Quote the correlation id when you report it.',

  // About the HTTP request.
  ROUTE_NOT_FOUND: 'There is nothing at this path. The API is at `/graphql`.',
  METHOD_NOT_ALLOWED: 'GraphQL is sent with POST. GET is for queries that are trusted documents.',
  BODY_TOO_LARGE: 'The body is larger than 32 KiB.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is not `Content-Type: application/json`.',
} as const

/** One of the keys of {@link ERROR_CODES}. More may come: treat one that you do not know as a failure of ours. */
export type ErrorCode = keyof typeof ERROR_CODES

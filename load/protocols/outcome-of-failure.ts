import type { CallAnswer } from '../call.ts'
import type { Outcome } from '../plan.ts'

/** Codes after which the same request with the same key is to be sent again, as a real client would. */
const ASK_AGAIN = new Set([
  'UPSTREAM_OUTCOME_UNKNOWN',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_TIMEOUT',
  'UNAVAILABLE',
  'OVERLOADED',
  'RATE_LIMITED',
  'IDEMPOTENCY_CONCURRENT_REQUEST',
])

/** A proxy or a service on its way in or out says so: what became of the request is not known. */
const NOBODY_THERE = [502, 503, 504]

/** A server with too much to do may not have read the request in its time: HTTP says to send it again. */
const NOT_READ_IN_TIME = 408

const SHOWN_LENGTH = 300

/**
 * Reads what says nothing about coupons. An internal error is `unexpected` and not `unsettled`: something broke,
 * and a run in which something broke is not one to mend by asking again.
 *
 * @param code what the body says is wrong, where it says so
 * @returns undefined for an answer about coupons
 */
export function outcomeOfFailure(
  { status, body }: CallAnswer,
  code: string | undefined,
): Outcome | undefined {
  if (status === 0) return { kind: 'unsettled', why: 'no answer' }
  if (code !== undefined && ASK_AGAIN.has(code)) return { kind: 'unsettled', why: code }
  if (status === NOT_READ_IN_TIME) return { kind: 'unsettled', why: 'HTTP 408' }
  if (NOBODY_THERE.includes(status) && code === undefined) {
    return { kind: 'unsettled', why: `HTTP ${status} ${body.slice(0, 100)}`.trim() }
  }
  return undefined
}

export function unexpected({ status, body }: CallAnswer): Outcome {
  return { kind: 'unexpected', answer: `HTTP ${status} ${body.slice(0, SHOWN_LENGTH)}` }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

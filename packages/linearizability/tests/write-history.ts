import type {
  Confirm,
  Operation,
  Redeem,
  Release,
  Reserve,
  Rollback,
  TakeRejectionReason,
} from '../src/index.ts'

type Span = readonly [calledAt: number, returnedAt: number]

// Histories as a test writes them: when, who or what, and the answer.

export function redeemed(
  span: Span,
  id: string,
  { ordinal = null, userId = null }: { ordinal?: number | null; userId?: string | null } = {},
): Redeem {
  return { kind: 'redeem', ...interval(span), userId, result: { outcome: 'granted', id, ordinal } }
}

export function reserved(
  span: Span,
  id: string,
  {
    ordinal = null,
    userId = null,
    expiresAt = Number.POSITIVE_INFINITY,
  }: { ordinal?: number | null; userId?: string | null; expiresAt?: number } = {},
): Reserve {
  return {
    kind: 'reserve',
    ...interval(span),
    userId,
    result: { outcome: 'granted', id, ordinal, expiresAt },
  }
}

export function rejected(
  span: Span,
  reason: TakeRejectionReason,
  userId: string | null = null,
): Redeem {
  return { kind: 'redeem', ...interval(span), userId, result: { outcome: 'rejected', reason } }
}

export function unanswered(span: Span): Redeem {
  return { kind: 'redeem', ...interval(span), userId: null, result: { outcome: 'unknown' } }
}

export function confirm(
  span: Span,
  id: string,
  outcome: Confirm['result']['outcome'] = 'done',
): Confirm {
  return { kind: 'confirm', ...interval(span), id, result: { outcome } }
}

export function release(
  span: Span,
  id: string,
  outcome: Release['result']['outcome'] = 'done',
): Release {
  return { kind: 'release', ...interval(span), id, result: { outcome } }
}

export function rollback(
  span: Span,
  id: string,
  outcome: Rollback['result']['outcome'] = 'done',
): Rollback {
  return { kind: 'rollback', ...interval(span), id, result: { outcome } }
}

/** One after the other, without overlap. */
export function inTurn<O extends Operation>(...steps: readonly ((span: Span) => O)[]): O[] {
  return steps.map((step, index) => step([2 * index, 2 * index + 1]))
}

function interval([calledAt, returnedAt]: Span) {
  return { calledAt, returnedAt }
}

import type {
  Confirm,
  Operation,
  Redeem,
  Release,
  Reserve,
  Rollback,
  TakeRejectionReason,
  Validate,
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

export function usable(span: Span, userId: string | null = null): Validate {
  return { kind: 'validate', ...interval(span), userId, result: { outcome: 'usable' } }
}

export function created(
  span: Span,
  useLimit: number,
  outcome: 'done' | 'code-taken' = 'done',
): Operation {
  return { kind: 'create', ...interval(span), useLimit, result: { outcome } }
}

export function deleted(span: Span, outcome: 'done' | 'not-found' = 'done'): Operation {
  return { kind: 'delete', ...interval(span), result: { outcome } }
}

export function limitChanged(
  span: Span,
  useLimit: number,
  outcome: 'done' | 'not-found' | 'locked' = 'done',
): Operation {
  return { kind: 'change-limit', ...interval(span), useLimit, result: { outcome } }
}

/** One after the other, without overlap. */
export function inTurn<O extends Operation>(...steps: readonly ((span: Span) => O)[]): O[] {
  return steps.map((step, index) => step([2 * index, 2 * index + 1]))
}

function interval([calledAt, returnedAt]: Span) {
  return { calledAt, returnedAt }
}

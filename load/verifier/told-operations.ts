import type { Operation, TakeRejectionReason } from '@coupon-gateway/linearizability'
import type { HistoryEntry } from '../plan.ts'
import { effectsByKey } from './key-effects.ts'

/** What callers were told of one coupon, as the judge reads it. */
export interface ToldOperations {
  readonly operations: readonly Operation[]
  /** The entry that each of them comes from, in the same order. */
  readonly entries: readonly HistoryEntry[]
}

/** How far apart the clocks of k6 and of the target may be: a hold is not taken to have ended earlier. */
const CLOCKS_APART_MS = 5_000

/**
 * Reads the history of one coupon as operations on it. Repeats of a key are one operation; what says nothing about
 * units, such as a list or a wrong password, is none.
 *
 * @param told with known outcomes
 */
export function toldOperations(told: readonly HistoryEntry[]): ToldOperations {
  const operations: Operation[] = []
  const entries: HistoryEntry[] = []
  const span = spanOf(told)
  for (const entry of effectsByKey(told)) {
    const operation = toOperation(entry, span)
    if (operation === undefined) continue
    operations.push(operation)
    entries.push(entry)
  }
  return { operations, entries }
}

/** From the first call to the last answer. Moments of operations count from its start: small numbers take no room. */
interface Span {
  readonly startsAt: number
  readonly endsAt: number
}

function spanOf(told: readonly HistoryEntry[]): Span {
  let [startsAt, endsAt] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { calledAt, returnedAt } of told) {
    startsAt = Math.min(startsAt, calledAt)
    endsAt = Math.max(endsAt, returnedAt)
  }
  return { startsAt, endsAt }
}

const ABOUT_UNITS: Readonly<Record<string, TakeRejectionReason>> = {
  EXHAUSTED: 'EXHAUSTED',
  ALL_HELD: 'ALL_HELD',
  ALREADY_REDEEMED_BY_USER: 'ALREADY_REDEEMED_BY_USER',
  NOT_FOUND: 'NOT_FOUND',
}

const SETTLE_OUTCOMES = {
  RESERVATION_NOT_FOUND: 'not-found',
  REDEMPTION_NOT_FOUND: 'not-found',
  ALREADY_ROLLED_BACK: 'already',
  RESERVATION_EXPIRED: 'expired',
} as const

function toOperation(entry: HistoryEntry, span: Span): Operation | undefined {
  const { outcome, operation, user: userId } = entry
  const { redemptionId: id = '', limit: useLimit = 0 } = entry
  const reason = outcome.kind === 'rejected' ? outcome.reason : undefined
  const isDone = outcome.kind === 'done'
  const interval = intervalOf(entry, span)
  switch (operation) {
    case 'redeem':
    case 'reserve':
      return toTake(entry, span)
    case 'validate': {
      if (outcome.kind !== 'validated') return undefined
      if (outcome.valid) {
        return { kind: operation, ...interval, userId, result: { outcome: 'usable' } }
      }
      const told = ABOUT_UNITS[outcome.reason ?? '']
      return told && { kind: operation, ...interval, userId, result: rejection(told) }
    }
    case 'confirm':
    case 'release':
    case 'rollback': {
      const told = isDone ? 'done' : SETTLE_OUTCOMES[reason as keyof typeof SETTLE_OUTCOMES]
      return told && ({ kind: operation, ...interval, id, result: { outcome: told } } as Operation)
    }
    case 'create': {
      const told = isDone ? 'done' : reason === 'CODE_TAKEN' ? 'code-taken' : undefined
      return told && { kind: operation, ...interval, useLimit, result: { outcome: told } }
    }
    case 'delete': {
      const told = isDone ? 'done' : reason === 'NOT_FOUND' ? 'not-found' : undefined
      return told && { kind: operation, ...interval, result: { outcome: told } }
    }
    case 'raise-limit': {
      const refusals = { NOT_FOUND: 'not-found', COUPON_LOCKED: 'locked' } as const
      const told = isDone ? 'done' : refusals[reason as keyof typeof refusals]
      return told && { kind: 'change-limit', ...interval, useLimit, result: { outcome: told } }
    }
    case 'list':
    case 'export':
      return undefined
    default:
      throw new TypeError(`no such operation: ${operation satisfies never}`)
  }
}

function toTake(entry: HistoryEntry, span: Span): Operation | undefined {
  const { operation, user: userId, outcome } = entry
  const interval = intervalOf(entry, span)
  if (outcome.kind === 'rejected') {
    const reason = ABOUT_UNITS[outcome.reason]
    const kind = operation === 'reserve' ? 'reserve' : 'redeem'
    return reason && { kind, ...interval, userId, result: rejection(reason) }
  }
  if (outcome.kind !== 'granted') return undefined
  const { redemptionId: id, ordinal, expiresAt = Number.POSITIVE_INFINITY } = outcome
  const unit = { outcome: 'granted', id, ordinal } as const
  if (operation === 'redeem') return { kind: 'redeem', ...interval, userId, result: unit }
  const earliest = expiresAt - CLOCKS_APART_MS
  return {
    kind: 'reserve',
    ...interval,
    userId,
    // What cannot end before the history does never ends in it.
    result: {
      ...unit,
      expiresAt: earliest > span.endsAt ? Number.POSITIVE_INFINITY : earliest - span.startsAt,
    },
  }
}

function intervalOf({ calledAt, returnedAt }: HistoryEntry, { startsAt }: Span) {
  return { calledAt: calledAt - startsAt, returnedAt: returnedAt - startsAt }
}

const REJECTIONS = new Map(
  Object.values(ABOUT_UNITS).map((reason) => [reason, { outcome: 'rejected', reason } as const]),
)

/** One for all that have the reason: there may be hundreds of thousands. */
function rejection(reason: TakeRejectionReason) {
  return REJECTIONS.get(reason) ?? ({ outcome: 'rejected', reason } as const)
}

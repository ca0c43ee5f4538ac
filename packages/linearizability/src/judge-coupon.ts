import { checkBoundedCounter } from './bounded-counter.ts'
import type { BoundedCounterRule } from './bounded-counter-violations.ts'
import { type CouponViolation, findCertainViolation } from './certain-violations.ts'
import { checkLinearizable, type DeadEnd } from './check-linearizable.ts'
import { type CouponModelOptions, createCouponModel } from './coupon-model.ts'
import type { CouponRule } from './coupon-rule.ts'
import { narrowInterchangeable } from './interchangeable.ts'
import {
  isGranted,
  isManagement,
  isTake,
  isUnknown,
  type Operation,
  unitIdOf,
} from './operation.ts'
import { findSmallestExample } from './smallest-example.ts'
import type { CounterOperation } from './takes-by-result.ts'

export interface JudgeOptions extends CouponModelOptions {
  /** States that one search may enter. */
  readonly budget: number
  /**
   * Ids of units in the order in which they were probably granted, where somebody knows: of a coupon that is deleted
   * and created anew it shortens the search by much, and no verdict depends on it. By the order of the ids unless given.
   */
  readonly likelyOrder?: readonly string[]
}

/** Only RIGHT is good. */
export type CouponVerdict =
  | { readonly verdict: 'RIGHT'; readonly by: 'closed form' | 'search' }
  | ({ readonly verdict: 'WRONG'; readonly by: WrongBy } & JudgedViolation)
  /** The budget is spent. `stuck` is where the search came furthest and could not go on, if it was stuck anywhere. */
  | {
      readonly verdict: 'UNDECIDED'
      readonly stuck: Pick<DeadEnd<CouponRule>, 'operation' | 'rule'> | undefined
    }

export type WrongBy = 'closed form' | 'counts over time' | 'search'

export interface JudgedViolation extends Omit<CouponViolation, 'rule'> {
  readonly rule: JudgedRule
}

export type JudgedRule = CouponRule | BoundedCounterRule

/**
 * Whether what callers were told about one coupon can be true, and if not, what is wrong with it in few operations.
 * Exact: by the closed form where nothing is given back, else by search, in which a history falls apart
 *
 * - in time, where no operation is open,
 * - by user, where the coupon is unlimited and nobody counts, since its users have nothing to do with each other.
 *
 * What is wrong by counts alone is found before, since a search shows it worse.
 *
 * @throws RangeError the input is no history: an interval that ends before it begins, a limit out of its range
 */
export function judgeCoupon(history: readonly Operation[], options: JudgeOptions): CouponVerdict {
  const unknown = history.find(isUnknown)
  if (unknown !== undefined) {
    return {
      verdict: 'WRONG',
      by: 'closed form',
      rule: 'UNKNOWN_RESULT',
      operations: [unknown],
      takenBesides: 0,
    }
  }
  if (isCounterHistory(history, options)) {
    const verdict = checkBoundedCounter(history as readonly CounterOperation[], options)
    if (verdict.linearizable) return { verdict: 'RIGHT', by: 'closed form' }
    const { rule, operations } = verdict
    return { verdict: 'WRONG', by: 'closed form', rule, operations, takenBesides: 0 }
  }
  const isStable = options.existsAtFirst !== false && !history.some(isManagement)
  const violation = isStable ? findCertainViolation(history, options) : undefined
  if (violation !== undefined) return { verdict: 'WRONG', by: 'counts over time', ...violation }
  const isByUser = isStable && options.useLimit === 0 && !history.some(hasOrdinal)
  return search(isByUser ? splitByUser(history) : [history], options)
}

/** Nothing is given back, and nothing but units is asked for. */
function isCounterHistory(history: readonly Operation[], options: JudgeOptions): boolean {
  if (options.existsAtFirst === false) return false
  let endsAt = Number.NEGATIVE_INFINITY
  let firstExpiry = Number.POSITIVE_INFINITY
  let [hasUsable, isPlain] = [false, false]
  for (const operation of history) {
    if (!(isTake(operation) || operation.kind === 'validate')) return false
    endsAt = Math.max(endsAt, operation.returnedAt)
    if (operation.result.outcome === 'usable') hasUsable = true
    if (!isGranted(operation)) continue
    if (operation.result.ordinal === null) isPlain = true
    if (operation.kind === 'reserve') {
      firstExpiry = Math.min(firstExpiry, operation.result.expiresAt)
    }
  }
  return firstExpiry > endsAt && !(hasUsable && isPlain)
}

function hasOrdinal(operation: Operation): boolean {
  return isGranted(operation) && operation.result.ordinal !== null
}

/** Of an unlimited coupon: who has no name has no limit either, so each of his units is by itself. */
function splitByUser(history: readonly Operation[]): readonly (readonly Operation[])[] {
  const userOf = new Map<string, string>()
  for (const operation of history) {
    if (isGranted(operation) && operation.userId !== null) {
      userOf.set(operation.result.id, operation.userId)
    }
  }
  const parts = Map.groupBy(history, (operation) => {
    const id = unitIdOf(operation)
    const userId = 'userId' in operation ? operation.userId : userOf.get(id ?? '')
    return userId == null ? `unit ${id}` : `user ${userId}`
  })
  return [...parts.values()]
}

function search(parts: readonly (readonly Operation[])[], options: JudgeOptions): CouponVerdict {
  const model = createCouponModel(options)
  for (const part of parts) {
    const result = checkLinearizable(
      part,
      model,
      options.budget,
      narrowInterchangeable(part, options.likelyOrder),
    )
    switch (result.verdict) {
      case 'LINEARIZABLE':
        break
      case 'ILLEGAL':
        return { verdict: 'WRONG', by: 'search', ...findSmallestExample(part, options, result) }
      case 'UNDECIDED': {
        const { operation, rule } = (result.reason === 'BUDGET_SPENT' && result.deadEnd) || {}
        const isStuck = operation !== undefined && rule !== undefined
        return { verdict: 'UNDECIDED', stuck: isStuck ? { operation, rule } : undefined }
      }
      default:
        throw new TypeError(`no such verdict: ${result satisfies never}`)
    }
  }
  return { verdict: 'RIGHT', by: 'search' }
}

import {
  checkLinearizable,
  createCouponModel,
  type Operation,
  type Take,
} from '@coupon-gateway/linearizability'
import type { Call } from '../call.ts'
import type { Scene } from '../stage.ts'
import type { Finding } from './finding.ts'

/** States entered before the search gives up; the histories here need far fewer. */
const BUDGET = 1_000_000

/**
 * Whether there is an order in which the answers are all true of one coupon, with each call taking effect between
 * its call and its answer. Looks at the answers alone, and not at the database.
 */
export function findImpossibleHistory({
  coupon,
  calls,
}: Pick<Scene, 'coupon' | 'calls'>): readonly Finding[] {
  const history = [...Map.groupBy(calls, effectOf).values()].flatMap(toOperations)
  const result = checkLinearizable(history, createCouponModel(coupon), BUDGET)
  switch (result.verdict) {
    case 'LINEARIZABLE':
      return []
    case 'ILLEGAL':
      return [{ rule: result.rule, found: JSON.stringify(result.operation) }]
    case 'UNDECIDED':
      return [{ rule: result.reason, found: `${history.length} operations` }]
  }
}

/** Repeats of a key that had one effect are one operation. */
function effectOf({ step, key, answer }: Call): string {
  const effect = answer.outcome === 'granted' ? answer.redemptionId : JSON.stringify(answer)
  return `${step} ${key} ${effect}`
}

function toOperations(repeats: readonly Call[]): Operation[] {
  const [first] = repeats
  if (first === undefined) return []
  const interval = {
    calledAt: Math.min(...repeats.map(({ calledAt }) => calledAt)),
    returnedAt: Math.min(...repeats.map(({ returnedAt }) => returnedAt)),
  }
  const { step, userId, redemptionId, answer } = first
  switch (step) {
    case 'redeem':
    case 'reserve': {
      const result = toTakeResult(answer)
      if (result === undefined) return []
      // No hold here lives so short that it may end by itself.
      return step === 'redeem'
        ? [{ ...interval, kind: step, userId, result }]
        : [{ ...interval, kind: step, userId, result: { ...result, expiresAt: Infinity } } as Take]
    }
    case 'rollback': {
      const outcome = toSettleOutcome(answer)
      if (outcome === undefined || outcome === 'expired') return []
      return [{ ...interval, kind: step, id: redemptionId ?? '', result: { outcome } }]
    }
    default: {
      const outcome = toSettleOutcome(answer)
      if (outcome === undefined) return []
      return [{ ...interval, kind: step, id: redemptionId ?? '', result: { outcome } }]
    }
  }
}

/** Undefined for an answer that says nothing about the units of the coupon. */
function toTakeResult(answer: Call['answer']) {
  if (answer.outcome === 'granted') {
    const { redemptionId, ordinal } = answer
    return { outcome: 'granted', id: redemptionId, ordinal } as const
  }
  if (answer.outcome !== 'rejected') return undefined
  switch (answer.reason) {
    case 'EXHAUSTED':
    case 'ALL_HELD':
    case 'ALREADY_REDEEMED_BY_USER':
      return { outcome: 'rejected', reason: answer.reason } as const
    default:
      return undefined
  }
}

function toSettleOutcome(answer: Call['answer']) {
  if (answer.outcome === 'settled') return 'done'
  if (answer.outcome !== 'rejected') return undefined
  switch (answer.reason) {
    case 'ALREADY_ROLLED_BACK':
      return 'already'
    case 'RESERVATION_EXPIRED':
      return 'expired'
    case 'RESERVATION_NOT_FOUND':
    case 'REDEMPTION_NOT_FOUND':
      return 'not-found'
    default:
      return undefined
  }
}

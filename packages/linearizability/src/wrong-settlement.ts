import type { CouponViolation } from './certain-violations.ts'
import { checkLinearizable } from './check-linearizable.ts'
import { createCouponModel } from './coupon-model.ts'
import { isGranted, type Operation } from './operation.ts'
import type { Settlement, UnitLife } from './unit-life.ts'

/** More than the operations of one unit ever need. */
const BUDGET = 10_000

/**
 * A unit whose own operations, taken by themselves, can not be: confirmed without a hold, rolled back twice. Whatever
 * order the history has, theirs is part of it.
 */
export function findWrongSettlement(
  lives: readonly UnitLife[],
  history: readonly Operation[],
): CouponViolation | undefined {
  const granted = new Set(lives.map(({ id }) => id))
  const ofNobody = history.find(
    (operation): operation is Settlement =>
      'id' in operation && !granted.has(operation.id) && operation.result.outcome !== 'not-found',
  )
  if (ofNobody !== undefined) return judge([ofNobody])
  for (const { grant, settlements } of lives) {
    if (settlements.length === 0 || isPlain(grant, settlements)) continue
    const found = judge([grant, ...settlements])
    if (found !== undefined) return found
  }
  return undefined
}

/** One step that leads from where the grant has led, the case of nearly all. */
function isPlain(grant: UnitLife['grant'], [first, second]: readonly Settlement[]): boolean {
  if (first === undefined || second !== undefined || first.result.outcome !== 'done') return false
  return (
    (grant.kind === 'redeem') === (first.kind === 'rollback') && first.calledAt >= grant.returnedAt
  )
}

function judge(operations: readonly Operation[]): CouponViolation | undefined {
  // Whether a confirmation came too late depends on others, too.
  if (operations.some(({ result }) => result.outcome === 'expired')) return undefined
  const alone = operations.map((operation) =>
    isGranted(operation)
      ? ({ ...operation, result: { ...operation.result, ordinal: null } } as Operation)
      : operation,
  )
  const originals = new Map(alone.map((operation, index) => [operation, operations[index]]))
  const verdict = checkLinearizable(alone, UNLIMITED, BUDGET)
  if (verdict.verdict !== 'ILLEGAL') return undefined
  const { prefix, operation, rule } = verdict
  // What had no part in it is left out: all that is said of one unit is short enough to be shown.
  const shown = [...prefix.filter((step) => step.kind !== 'expire'), operation]
  return {
    rule,
    operations: shown.map((step) => originals.get(step) as Operation),
    takenBesides: 0,
  }
}

const UNLIMITED = createCouponModel({ useLimit: 0, userLimit: Number.POSITIVE_INFINITY })

import { Counter, Trend } from 'k6/metrics'
import type { Call } from '../call.ts'
import type { Outcome, PlannedCoupon } from '../plan.ts'
import { isReplay } from '../scenarios/most-telling.ts'

// What k6 counts and times, by what became of a call. A fast refusal must not flatter the latency of a grant.

const granted = new Counter('coupon_granted')
const replayed = new Counter('coupon_replayed')
const rejected = new Counter('coupon_rejected')
const settled = new Counter('coupon_settled')
const validated = new Counter('coupon_validated')
const listed = new Counter('coupon_listed')
const unsettled = new Counter('coupon_unsettled')
const unexpected = new Counter('coupon_unexpected')
const violations = new Counter('coupon_violations')
/** Units taken less units given back, less what a new coupon of the same code brought along. */
const units = new Counter('coupon_units')

const latencies = {
  granted: new Trend('grant_latency', true),
  replayed: new Trend('replay_latency', true),
  rejected: new Trend('reject_latency', true),
  done: new Trend('settle_latency', true),
  validated: new Trend('validate_latency', true),
  listed: new Trend('log_latency', true),
  unsettled: new Trend('unsettled_latency', true),
  unexpected: new Trend('unexpected_latency', true),
}

/** Counts one answer. */
export function count(
  { operation, coupon }: Call,
  { role, limit, code }: PlannedCoupon,
  outcome: Outcome,
  latencyMs: number,
): void {
  const wasBefore = isReplay(outcome)
  latencies[wasBefore ? 'replayed' : outcome.kind].add(latencyMs)
  if (wasBefore) {
    replayed.add(1, { role, operation })
    return
  }
  // An attempt may make a coupon of its own, whose units are not those of the plan's.
  const moveUnits = (by: number) => {
    if (coupon === code) units.add(by, { role })
  }
  switch (outcome.kind) {
    case 'granted':
      granted.add(1, { role })
      moveUnits(1)
      break
    case 'rejected':
      rejected.add(1, { role, reason: outcome.reason })
      break
    case 'done':
      settled.add(1, { role, operation })
      if (operation === 'release' || operation === 'rollback') moveUnits(-1)
      if (operation === 'create') moveUnits(-limit)
      break
    case 'validated':
      validated.add(1, { role, reason: outcome.reason ?? 'VALID' })
      break
    case 'listed':
      listed.add(1, { role, operation })
      break
    case 'unsettled':
      unsettled.add(1, { role, operation })
      break
    case 'unexpected':
      unexpected.add(1, { role, operation })
      break
  }
}

/** Counts a rule that does not hold. */
export function countViolation(rule: string, { role }: PlannedCoupon): void {
  violations.add(1, { rule, role })
}

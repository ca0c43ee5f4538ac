import type { HistoryEntry, Plan, PlannedCoupon } from '../plan.ts'

/** A plan that nobody carries out, for tests of what is done with one. */
export function madeUpPlan(changes: Partial<Plan> = {}): Plan {
  return {
    scenario: 'redeem',
    workload: 'test',
    seed: 1,
    runId: 'run',
    target: { protocol: 'graphql', url: '', key: '' },
    shape: { kind: 'attempts', users: 1, attempts: 1 },
    repeats: 1,
    chaos: null,
    toleratesUnknownAnswers: false,
    coupons: [],
    ...changes,
  }
}

/** A coupon of such a plan, that one user tries to redeem once. */
export function madeUpCoupon(changes: Partial<PlannedCoupon> = {}): PlannedCoupon {
  return {
    code: 'LOADTEST01',
    role: 'test',
    limit: 1,
    userLimit: 1,
    attempts: 1,
    share: 1,
    customers: 1,
    expectedGrants: 1,
    onsitePassword: null,
    isManaged: false,
    redeemedBefore: 0,
    ...changes,
  }
}

/** A line of a history: a redemption that is known to be granted, unless changed. */
export function madeUpEntry(changes: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    attempt: 0,
    coupon: 'LOADTEST01',
    operation: 'redeem',
    user: 'ada',
    key: 'key-0',
    calledAt: 1,
    returnedAt: 2,
    outcome: { kind: 'granted', redemptionId: 'id', ordinal: 1, replayed: false },
    ...changes,
  }
}

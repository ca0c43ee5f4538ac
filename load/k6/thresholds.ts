import type { Plan } from '../plan.ts'
import { SCENARIOS } from '../scenarios/index.ts'

/** What k6 itself fails a run for. One grant too many fails as one too few does, and no answer may be missing. */
export function thresholdsOf(plan: Plan): Record<string, string[]> {
  const { shape, toleratesUnknownAnswers } = plan
  return {
    coupon_unexpected: ['count==0'],
    coupon_violations: ['count==0'],
    ...(shape.kind === 'attempts' ? { iterations: [`count==${shape.attempts}`] } : {}),
    ...(shape.kind === 'rate' && shape.findsBreakingPoint
      ? {}
      : { dropped_iterations: ['count==0'] }),
    // Without every answer k6 cannot count: then only the verifier can, after the replays.
    ...(toleratesUnknownAnswers ? {} : exactThresholds(plan)),
  }
}

function exactThresholds(plan: Plan): Record<string, string[]> {
  return {
    coupon_unsettled: ['count==0'],
    ...Object.fromEntries(
      plan.coupons.flatMap(({ role, limit, expectedGrants }) => [
        [`coupon_units{role:${role}}`, [`count<=${limit}`]],
        ...(expectedGrants === null
          ? []
          : [[`coupon_granted{role:${role}}`, [`count==${expectedGrants}`]]]),
      ]),
    ),
    ...SCENARIOS[plan.scenario]?.thresholds?.(plan),
  }
}

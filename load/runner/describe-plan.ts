import { thresholdsOf } from '../k6/thresholds.ts'
import type { LoadShape, Plan } from '../plan.ts'

/** The plan of a run that is only looked at. */
export function describePlan(plan: Plan): string {
  const shares = plan.coupons.reduce((sum, { share }) => sum + share, 0)
  const rows = [
    ['coupon', 'limit', 'a user', 'attempts', 'customers', 'must be granted'],
    ...plan.coupons.map((it) => [
      it.role,
      String(it.limit),
      String(it.userLimit),
      it.attempts === null ? `${Math.round((100 * it.share) / shares)} %` : String(it.attempts),
      it.customers === null ? 'one each' : String(it.customers),
      it.expectedGrants === null ? 'undetermined' : String(it.expectedGrants),
    ]),
  ]
  return [
    `${plan.scenario} × ${plan.workload}: ${describeShape(plan.shape)}, seed ${plan.seed}`,
    '',
    ...rows.map(
      (row) =>
        `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(17))).join('')}`,
    ),
    '',
    'Thresholds of k6',
    ...Object.entries(thresholdsOf(plan)).map(
      ([metric, conditions]) => `  ${metric} ${conditions.join(', ')}`,
    ),
    '',
  ].join('\n')
}

export function describeShape(shape: LoadShape): string {
  if (shape.kind === 'attempts') return `${shape.attempts} attempts by ${shape.users} users at once`
  const seconds = shape.stages.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1_000
  const rates = [shape.startRate, ...shape.stages.map(({ rate }) => rate)]
    .map((rate) => String(Math.round(rate * 10) / 10))
    .filter((rate, index, all) => rate !== all[index - 1])
  return `${rates.join(' → ')} attempts a second for ${seconds} s, at most ${shape.users} at once`
}

import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { RESULT_FILES } from './run-k6.ts'
import type { Verdict } from './run-workload.ts'

const SHOWN_DIFFERENCES = 10

/** The verdict for people: what happened to each coupon, what is wrong, and one last line. */
export function describeVerdict(verdict: Verdict): string {
  const { plan, coupons, differences, folder } = verdict
  const rows = [
    ['coupon', 'limit', 'attempts', 'granted', 'rejected', 'in the log'],
    ...coupons.map((it) => [
      it.code,
      ...[it.limit, it.attempts, it.granted, it.rejected, it.logged].map(String),
    ]),
  ]
  const shown = differences.slice(0, SHOWN_DIFFERENCES)
  const report = join(folder, RESULT_FILES.report)
  return [
    '',
    `redeem × ${plan.workload}: ${plan.users} users at once, through GraphQL, 2 api processes, PostgreSQL`,
    '',
    ...rows.map(
      (row) =>
        `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(12))).join('')}`,
    ),
    '',
    `  k6 thresholds    ${verdict.thresholdsHeld ? 'held' : 'crossed'}`,
    `  unknown answers  ${verdict.replayed}${verdict.replayed === 0 ? '' : ', settled by replaying their keys'}`,
    `  report           ${existsSync(report) ? relative(process.cwd(), report) : 'none: the run was too short for one'}`,
    `  summary          ${relative(process.cwd(), join(folder, RESULT_FILES.summary))}`,
    '',
    ...shown.map(({ coupon, rule, found }) => `  ${coupon}: "${rule}" does not hold: ${found}`),
    ...(differences.length > shown.length
      ? [`  … and ${differences.length - shown.length} more differences`]
      : []),
    `VERDICT ${verdict.passed ? 'PASS' : 'FAIL'}: ${summarise(verdict)}`,
    '',
  ].join('\n')
}

function summarise({ passed, coupons, differences, thresholdsHeld }: Verdict): string {
  const granted = coupons.reduce((sum, it) => sum + it.granted, 0)
  if (passed) return `${granted} grants, every one right`
  if (differences.length > 0) return `${differences.length} differences`
  return thresholdsHeld ? 'the run is not complete' : 'a threshold of k6 was crossed'
}

import { join, relative } from 'node:path'
import type { Difference } from '../verifier/difference.ts'
import { describeShape } from './describe-plan.ts'
import type { Goodput } from './goodput.ts'
import { RESULT_FILES } from './run-k6.ts'
import { describeEnd } from './start-target.ts'
import type { CouponTally, Verdict } from './verdict.ts'

/** The verdict for people: what happened to each coupon, what is wrong, and one last line. */
export function describeVerdict(verdict: Verdict): string {
  const { plan, coupons, differences, ended, folder, target } = verdict
  return [
    '',
    `${plan.scenario} × ${plan.workload}: ${describeShape(plan.shape)}, ${target}, seed ${plan.seed}`,
    '',
    ...describeCoupons(coupons),
    '',
    `  k6 thresholds    ${describeThresholds(verdict)}`,
    `  unknown answers  ${describeUnknown(verdict)}`,
    `  keys sent again  ${verdict.repeated}`,
    `  compared with    ${EVIDENCE[verdict.evidence]}`,
    `  second opinion   ${describeOpinion(verdict)}`,
    ...describeGoodput(
      verdict.goodput,
      plan.shape.kind === 'rate' && plan.shape.findsBreakingPoint,
    ),
    `  report           ${relative(process.cwd(), join(folder, RESULT_FILES.report))}`,
    `  summary          ${relative(process.cwd(), join(folder, RESULT_FILES.summary))}`,
    '',
    ...ended.flatMap(({ name, code, lastLines }) => [
      `  ${name} ended during the run, with ${describeEnd(code)}. ${lastLines.length === 0 ? 'It wrote nothing.' : 'The last that it wrote:'}`,
      ...lastLines.map((line) => `    ${line}`),
    ]),
    ...describeFindings(differences).map((line) => `  ${line}`),
    `VERDICT ${verdict.passed ? 'PASS' : 'FAIL'}: ${summariseVerdict(verdict)}`,
    '',
  ].join('\n')
}

const EVIDENCE: Readonly<Record<Verdict['evidence'], string>> = {
  database: 'the database',
  log: 'the log that the target shows: nobody could look into its database',
  answers: 'each other alone: nobody could look into the database, nor read the log',
}

function describeCoupons(coupons: readonly CouponTally[]): readonly string[] {
  const rows = [
    ['coupon', 'limit', 'customers', 'attempts', 'granted', 'rejected', 'given back', 'in the log'],
    ...coupons.map((it) => [
      it.role,
      ...[it.limit, it.customers ?? 'one each', it.attempts, it.granted, it.rejected].map(String),
      ...[it.givenBack, it.logged ?? '?'].map(String),
    ]),
  ]
  return rows.map(
    (row) => `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(16) : cell.padStart(12))).join('')}`,
  )
}

function describeThresholds({ thresholdsHeld }: Verdict): string {
  if (thresholdsHeld === null) return 'not judged: the run was stopped'
  return thresholdsHeld ? 'held' : 'crossed: those with "ok": false in the summary'
}

function describeOpinion({ secondOpinion }: Verdict): string {
  if (!secondOpinion.asked) return `none: ${secondOpinion.why}`
  const { agreeing, undecided } = secondOpinion
  const rest = undecided === 0 ? '' : `, and comes to no end with ${undecided}`
  return `Porcupine agrees on ${agreeing} samples${rest}`
}

function describeUnknown({ interrupted, unknown: { settled, remaining } }: Verdict): string {
  const count = settled + remaining
  if (count === 0) return '0'
  // k6 does not say what it waited for when it was stopped, so all that it may have sent is counted.
  const early = interrupted ? ', with all that may have been in flight at the stop' : ''
  return `${count}: ${settled} settled by sending their keys again, ${remaining} still unknown${early}`
}

function describeGoodput(
  { peakPerSecond, peakGrantsPerSecond, p99Ms, breakingPoint }: Goodput,
  isWanted: boolean,
): readonly string[] {
  const broke =
    breakingPoint === null
      ? 'none: the target held to the end'
      : `after ${breakingPoint.afterSeconds} s, p99 ${breakingPoint.p99Ms} ms; it held ${breakingPoint.heldPerSecond}/s`
  return [
    `  goodput          ${peakPerSecond} in the best second, ${peakGrantsPerSecond} of them grants; p99 ${p99Ms} ms`,
    ...(isWanted ? [`  breaking point   ${broke}`] : []),
  ]
}

/** One line a rule: how often it is broken, where, and the smallest of what was found. */
export function describeFindings(differences: readonly Difference[]): readonly string[] {
  return [...Map.groupBy(differences, ({ rule }) => rule)].map(([rule, broken]) => {
    const coupons = [...new Set(broken.map(({ coupon }) => coupon))].join(', ')
    const times = broken.length === 1 ? '' : `, ${broken.length} times`
    return `"${rule}" does not hold${times} (${coupons}): ${smallest(broken.map(({ found }) => found))}`
  })
}

/** The shortest, and of the shortest the first in the alphabet: it has the fewest parts and the lowest numbers. */
function smallest(texts: readonly string[]): string {
  return texts.reduce((a, b) => (b.length < a.length || (b.length === a.length && b < a) ? b : a))
}

/** The verdict in one line. */
export function summariseVerdict(verdict: Verdict): string {
  const { passed, coupons, differences, ended, thresholdsHeld, interrupted } = verdict
  const early = interrupted ? ', of a run that was stopped early' : ''
  if (passed) {
    const granted = coupons.reduce((sum, it) => sum + it.granted, 0)
    return `${count(granted, 'grant')}, every one right${early}`
  }
  const rules = new Set(differences.map(({ rule }) => rule)).size
  return (
    [
      ...(rules === 0
        ? []
        : [`${count(rules, 'rule')} broken, ${count(differences.length, 'difference')}`]),
      ...ended.map(({ name }) => `${name} ended during the run`),
      ...(thresholdsHeld === false ? ['a threshold of k6 was crossed'] : []),
    ].join('; ') + early
  )
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

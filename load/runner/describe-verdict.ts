import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Difference } from '../verifier/find-differences.ts'
import { RESULT_FILES } from './run-k6.ts'
import { describeEnd } from './start-target.ts'
import type { Verdict } from './verdict.ts'

/** The verdict for people: what happened to each coupon, what is wrong, and one last line. */
export function describeVerdict(verdict: Verdict): string {
  const { plan, coupons, differences, ended, folder } = verdict
  const rows = [
    ['coupon', 'limit', 'customers', 'attempts', 'granted', 'rejected', 'in the log'],
    ...coupons.map((it) => [
      it.code,
      ...[
        it.limit,
        it.customers ?? 'any',
        it.attempts ?? 'any',
        it.granted,
        it.rejected,
        it.logged,
      ].map(String),
    ]),
  ]
  const report = join(folder, RESULT_FILES.report)
  return [
    '',
    `redeem × ${plan.workload}: ${plan.shape.users} users at once, through GraphQL, 2 api processes, PostgreSQL`,
    '',
    ...rows.map(
      (row) =>
        `  ${row.map((cell, i) => (i === 0 ? cell.padEnd(14) : cell.padStart(12))).join('')}`,
    ),
    '',
    `  k6 thresholds    ${verdict.thresholdsHeld ? 'held' : 'crossed'}`,
    `  unknown answers  ${describeUnknown(verdict)}`,
    `  keys sent again  ${verdict.repeated}`,
    `  report           ${existsSync(report) ? relative(process.cwd(), report) : 'none: the run was too short for one'}`,
    `  summary          ${relative(process.cwd(), join(folder, RESULT_FILES.summary))}`,
    '',
    ...ended.flatMap(({ name, code, lastLines }) => [
      `  ${name} ended during the run, with ${describeEnd(code)}. ${lastLines.length === 0 ? 'It wrote nothing.' : 'The last that it wrote:'}`,
      ...lastLines.map((line) => `    ${line}`),
    ]),
    ...describeRules(differences),
    `VERDICT ${verdict.passed ? 'PASS' : 'FAIL'}: ${summarise(verdict)}`,
    '',
  ].join('\n')
}

function describeUnknown({ unknown: { settled, remaining } }: Verdict): string {
  const count = settled + remaining
  if (count === 0) return '0'
  return `${count}: ${settled} settled by sending their keys again, ${remaining} still unknown`
}

/** One line a rule: how often it is broken, where, and the smallest of what was found. */
function describeRules(differences: readonly Difference[]): readonly string[] {
  return [...Map.groupBy(differences, ({ rule }) => rule)].map(([rule, broken]) => {
    const coupons = [...new Set(broken.map(({ coupon }) => coupon))].join(', ')
    const times = broken.length === 1 ? '' : `, ${broken.length} times`
    return `  "${rule}" does not hold${times} (${coupons}): ${smallest(broken.map(({ found }) => found))}`
  })
}

/** The shortest, and of the shortest the first in the alphabet: it has the fewest parts and the lowest numbers. */
function smallest(texts: readonly string[]): string {
  return texts.reduce((a, b) => (b.length < a.length || (b.length === a.length && b < a) ? b : a))
}

function summarise({ passed, coupons, differences, ended, thresholdsHeld }: Verdict): string {
  if (passed) {
    return `${coupons.reduce((sum, it) => sum + it.granted, 0)} grants, every one right`
  }
  const rules = new Set(differences.map(({ rule }) => rule)).size
  return [
    ...(rules === 0
      ? []
      : [`${count(rules, 'rule')} broken, ${count(differences.length, 'difference')}`]),
    ...ended.map(({ name }) => `${name} ended during the run`),
    ...(thresholdsHeld ? [] : ['a threshold of k6 was crossed']),
  ].join('; ')
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

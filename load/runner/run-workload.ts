import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HistoryEntry, Plan } from '../plan.ts'
import { type Difference, findDifferences } from '../verifier/find-differences.ts'
import { readDatabase } from '../verifier/read-database.ts'
import { readHistory } from '../verifier/read-history.ts'
import { redeemAgain } from '../verifier/redeem-again.ts'
import { settleHistory } from '../verifier/settle-history.ts'
import { WORKLOADS, type Workload } from '../workloads/index.ts'
import { findK6 } from './k6-binary.ts'
import { makePlan } from './make-plan.ts'
import { RESULT_FILES, runK6 } from './run-k6.ts'
import { startTarget } from './start-target.ts'

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url))

/** What came of a run. It passes only when k6's thresholds held and the verifier found no difference. */
export interface Verdict {
  readonly passed: boolean
  readonly plan: Plan
  readonly folder: string
  readonly thresholdsHeld: boolean
  /** Outcomes that k6 did not know and that were settled by replaying their keys. */
  readonly replayed: number
  readonly differences: readonly Difference[]
  readonly coupons: readonly CouponTally[]
}

/** What callers were told about one coupon, in the end. */
export interface CouponTally {
  readonly code: string
  readonly limit: number
  readonly attempts: number
  readonly granted: number
  readonly rejected: number
  readonly logged: number
}

/**
 * Runs a workload from nothing to a verdict: starts what it needs, creates the coupons, lets k6 loose, settles
 * unknown outcomes, compares with the database, and stops everything.
 *
 * @param databaseUrl see {@link startTarget}
 */
export async function runWorkload(name: string, databaseUrl?: string): Promise<Verdict> {
  const workload = WORKLOADS[name] as Workload
  const k6 = await findK6((message) => process.stderr.write(message))
  const folder = join(
    RESULTS_FOLDER,
    `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}-redeem-${name}-${process.pid}`,
  )
  await mkdir(folder, { recursive: true })
  const target = await startTarget(databaseUrl)
  try {
    const plan = await makePlan(name, workload, target)
    const thresholdsHeld = await runK6(k6, plan, folder)
    const told = await readHistory(join(folder, RESULT_FILES.history))
    const history = await settleHistory(plan, told, redeemAgain)
    const database = await readDatabase(target.databaseUrl, plan)
    const differences = findDifferences(plan, history, database)
    const replayed = told.filter(({ outcome }) => outcome.kind === 'unsettled').length
    const verdict: Verdict = {
      // Where k6 was left without an answer its counts cannot be exact: then the verifier's count decides,
      // which has every outcome.
      passed: differences.length === 0 && (thresholdsHeld || replayed > 0),
      plan,
      folder,
      thresholdsHeld,
      replayed,
      differences,
      coupons: plan.coupons.map((coupon) => ({
        code: coupon.code,
        limit: coupon.limit,
        attempts: coupon.attempts,
        granted: countOf(history, coupon.code, 'granted'),
        rejected: countOf(history, coupon.code, 'rejected'),
        logged: database.log.filter((row) => row.coupon === coupon.code).length,
      })),
    }
    await writeFile(join(folder, RESULT_FILES.verdict), JSON.stringify(verdict, null, 2))
    return verdict
  } finally {
    await target.stop()
  }
}

function countOf(
  history: readonly HistoryEntry[],
  code: string,
  kind: HistoryEntry['outcome']['kind'],
): number {
  return history.filter(({ coupon, outcome }) => coupon === code && outcome.kind === kind).length
}

import { appendFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HistoryEntry, Plan } from '../plan.ts'
import { findDifferences } from '../verifier/find-differences.ts'
import { readDatabase } from '../verifier/read-database.ts'
import { readHistory } from '../verifier/read-history.ts'
import { chooseGrants, findRepeatDifferences } from '../verifier/repeated-grants.ts'
import { type ReplayOptions, replayUntilKnown } from '../verifier/replay-until-known.ts'
import { settleHistory } from '../verifier/settle-history.ts'
import { WORKLOADS, type Workload } from '../workloads/index.ts'
import { findK6 } from './k6-binary.ts'
import { makePlan } from './make-plan.ts'
import { RESULT_FILES, runK6 } from './run-k6.ts'
import { sendCall } from './send-call.ts'
import { startTarget, type Target } from './start-target.ts'
import { hasPassed, type Verdict } from './verdict.ts'

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url))

export interface RunOptions {
  /** See `startTarget`. */
  readonly databaseUrl: string | undefined
  /** Ends the run, with everything that it started. */
  readonly signal: AbortSignal
  /** Told what is going on, for people. */
  readonly onProgress: (message: string) => void
}

/**
 * Runs a workload from nothing to a verdict: starts what it needs, creates the coupons, lets k6 loose, settles
 * unknown outcomes, sends keys again, compares with the database, and stops everything.
 *
 * @throws Error there is no verdict; the message says why
 */
export async function runWorkload(
  name: string,
  { databaseUrl, signal, onProgress }: RunOptions,
): Promise<Verdict> {
  const workload = WORKLOADS[name] as Workload
  const k6 = await findK6(onProgress, signal)
  const folder = join(
    RESULTS_FOLDER,
    `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}-redeem-${name}-${process.pid}`,
  )
  await mkdir(folder, { recursive: true })
  const target = await startTarget({
    databaseUrl,
    signal,
    onProgress,
    onOutput: (chunk) => {
      appendFileSync(join(folder, RESULT_FILES.services), chunk)
      // Who ended the run does not want to read what was lost by it.
      if (!signal.aborted) process.stderr.write(chunk)
    },
  })
  try {
    const plan = await makePlan(name, workload, target)
    onProgress(`k6 begins: ${name}`)
    const thresholdsHeld = await runK6(k6, plan, folder, signal)
    const verdict = await verify(plan, folder, thresholdsHeld, target, {
      send: sendCall,
      onProgress,
      signal,
    })
    await writeFile(join(folder, RESULT_FILES.verdict), JSON.stringify(verdict, null, 2))
    return verdict
  } finally {
    await target.stop()
  }
}

async function verify(
  plan: Plan,
  folder: string,
  thresholdsHeld: boolean,
  target: Target,
  options: ReplayOptions,
): Promise<Verdict> {
  const told = await readHistory(join(folder, RESULT_FILES.history))
  const history = await settleHistory(plan, told, options)
  const database = await readDatabase(target.databaseUrl, plan)

  const grants = chooseGrants(plan, history)
  const again = await replayUntilKnown(plan, grants, options)
  const databaseAfter = await readDatabase(target.databaseUrl, plan)

  const differences = [
    ...findDifferences(plan, history, database),
    ...findRepeatDifferences(grants, again, database, databaseAfter),
  ]
  const remaining = history.filter(isUnsettled).length
  const found = {
    plan,
    folder,
    thresholdsHeld,
    unknown: { settled: told.filter(isUnsettled).length - remaining, remaining },
    repeated: grants.length,
    ended: target.ended,
    differences,
    coupons: plan.coupons.map(({ code, limit, attempts, customers }) => ({
      code,
      limit,
      attempts,
      customers,
      granted: countOf(history, code, 'granted'),
      rejected: countOf(history, code, 'rejected'),
      logged: databaseAfter.log.filter((row) => row.coupon === code).length,
    })),
  }
  return { passed: hasPassed(found), ...found }
}

function isUnsettled({ outcome }: HistoryEntry): boolean {
  return outcome.kind === 'unsettled'
}

function countOf(
  history: readonly HistoryEntry[],
  code: string,
  kind: HistoryEntry['outcome']['kind'],
): number {
  return history.filter(({ coupon, outcome }) => coupon === code && outcome.kind === kind).length
}

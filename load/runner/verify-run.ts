import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HistoryEntry, Plan } from '../plan.ts'
import { askForSecondOpinion } from '../porcupine/second-opinion.ts'
import type { DatabaseRecord } from '../verifier/database-record.ts'
import { findDifferences } from '../verifier/find-differences.ts'
import { readDatabase } from '../verifier/read-database.ts'
import { readHistory } from '../verifier/read-history.ts'
import { LogUnreadableError, readLog } from '../verifier/read-log.ts'
import { chooseGrants, findRepeatDifferences } from '../verifier/repeated-grants.ts'
import { type ReplayOptions, replayUntilKnown } from '../verifier/replay-until-known.ts'
import { settleHistory } from '../verifier/settle-history.ts'
import { verifyByCore } from '../verifier/verify-by-core.ts'
import { goodputOf } from './goodput.ts'
import { inFlightCalls } from './in-flight-calls.ts'
import { interruptedPlan } from './make-plan.ts'
import { mergeByKey } from './merge-by-key.ts'
import { type K6End, RESULT_FILES } from './run-k6.ts'
import type { Target } from './start-target.ts'
import { type CouponTally, type Evidence, hasPassed, type Verdict } from './verdict.ts'

export interface VerifyOptions extends ReplayOptions {
  readonly folder: string
  /** See `goodputOf`. */
  readonly sloMs: number
  /** Without a second opinion the run fails. */
  readonly isSecondOpinionRequired: boolean
}

/** Finds out what came of a run: what is unknown is asked again, then all is held against all. */
export async function verifyRun(
  planned: Plan,
  end: K6End,
  target: Target,
  options: VerifyOptions,
): Promise<Verdict> {
  const { folder, sloMs } = options
  const interrupted = end === 'stopped'
  const plan = interrupted ? interruptedPlan(planned) : planned
  const told = await readHistory(join(folder, RESULT_FILES.history))
  const inFlight = interrupted ? inFlightCalls(planned, told) : []
  await appendFile(
    join(folder, RESULT_FILES.history),
    inFlight.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
  )
  const settled = await settleHistory(plan, [...told, ...inFlight], options)
  const history = mergeByKey(settled)
  const { databaseUrl } = target
  const codes = [...new Set([...plan.coupons.map(({ code }) => code), ...codesOf(history)])]
  const readRecord = () =>
    databaseUrl === null ? readShownLog(plan, codes, options) : readDatabase(databaseUrl, codes)

  const database = await readRecord()
  const grants = chooseGrants(plan, history)
  const again = await replayUntilKnown(plan, grants, options)
  const databaseAfter = await readRecord()

  const { opinion, differences: disagreements } = await askForSecondOpinion(plan, settled, {
    isRequired: options.isSecondOpinionRequired,
    signal: options.signal,
  })

  const remaining = history.filter(isUnsettled).length
  const found = {
    plan,
    folder,
    target: target.description,
    interrupted,
    thresholdsHeld: interrupted ? null : end === 'thresholds-held',
    evidence: evidenceOf(databaseUrl, database),
    unknown: {
      settled: [...told, ...inFlight].filter(isUnsettled).length - remaining,
      remaining,
    },
    repeated: grants.length,
    secondOpinion: opinion,
    ended: target.ended,
    differences: [
      ...findDifferences(plan, settled, database),
      ...findRepeatDifferences(grants, again, database, databaseAfter),
      ...(databaseUrl === null ? [] : await verifyByCore(databaseUrl, options.signal)),
      ...disagreements,
    ],
    goodput: goodputOf(told, sloMs),
    coupons: tally(plan, history, databaseAfter),
  }
  return { passed: hasPassed(found), ...found }
}

/** What the target shows of its log, where nobody can look into its database; null: nothing that helps. */
async function readShownLog(
  { target, coupons }: Plan,
  codes: readonly string[],
  { signal, onProgress }: VerifyOptions,
): Promise<DatabaseRecord | null> {
  // GraphQL does not say which of the coupons of one code a redemption is of.
  if (target.protocol === 'graphql' && coupons.some(({ isManaged }) => isManaged)) return null
  try {
    return await readLog(target, codes, signal)
  } catch (error) {
    if (!(error instanceof LogUnreadableError)) throw error
    onProgress(error.message)
    return null
  }
}

function evidenceOf(databaseUrl: string | null, record: DatabaseRecord | null): Evidence {
  if (record === null) return 'answers'
  return databaseUrl === null ? 'log' : 'database'
}

/** Guesses are no coupons, and there may be many. */
function codesOf(history: readonly HistoryEntry[]): readonly string[] {
  return history.flatMap(({ coupon, outcome: { kind } }) =>
    kind === 'granted' || kind === 'done' ? [coupon] : [],
  )
}

function tally(
  plan: Plan,
  history: readonly HistoryEntry[],
  database: DatabaseRecord | null,
): readonly CouponTally[] {
  const byCoupon = Map.groupBy(history, ({ coupon }) => coupon)
  return plan.coupons.map(({ code, role, limit, customers }) => {
    const told = byCoupon.get(code) ?? []
    const countOf = (kind: HistoryEntry['outcome']['kind']) =>
      told.filter(({ outcome }) => outcome.kind === kind).length
    return {
      code,
      role,
      limit,
      attempts: new Set(told.map(({ attempt }) => attempt).filter((number) => number >= 0)).size,
      customers,
      granted: countOf('granted'),
      rejected: countOf('rejected'),
      givenBack: told.filter(
        ({ operation, outcome }) =>
          (operation === 'release' || operation === 'rollback') && outcome.kind === 'done',
      ).length,
      logged: database?.log.filter((row) => row.coupon === code).length ?? null,
    }
  })
}

function isUnsettled({ key, outcome }: HistoryEntry): boolean {
  return key !== null && outcome.kind === 'unsettled'
}

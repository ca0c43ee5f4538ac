import type { HistoryEntry, Outcome, PlannedCoupon } from '../plan.ts'
import { seedRandom } from '../seeded-random.ts'
import type {
  DatabaseRecord,
  LoggedCounter,
  LoggedRedemption,
} from '../verifier/database-record.ts'
import { madeUpCoupon } from './made-up-run.ts'

/** What is done to one coupon of a run that nobody made. */
export interface SimulatedCoupon {
  readonly code: string
  /** 0: none. */
  readonly limit: number
  readonly attempts: number
  /** Reserve, then confirm or release, and some roll back; otherwise redeem. */
  readonly isCheckout: boolean
}

export interface SimulationOptions {
  readonly seed: number
  /** Longest time before and after the moment at which a call takes effect. */
  readonly latencyMs: number
  /** Calls that take effect in a millisecond. */
  readonly callsPerMs: number
}

/**
 * A right history of coupons that are used one after the other, each by many at once, line by line; and, when it has
 * come to its end, what the database would have. For tests and benchmarks of the verifier.
 */
export function* simulateRun(
  coupons: readonly SimulatedCoupon[],
  options: SimulationOptions,
): Generator<HistoryEntry, DatabaseRecord> {
  const random = seedRandom(options.seed).fraction
  const log: LoggedRedemption[] = []
  const counters: LoggedCounter[] = []
  let attempt = 0
  let startsAt = 1_700_000_000_000
  for (const coupon of coupons) {
    const simulation = simulateCoupon(coupon, options, random, startsAt, attempt)
    const { rows, counter, endsAt } = yield* simulation
    for (const row of rows) log.push(row)
    counters.push(counter)
    attempt += coupon.attempts
    startsAt = endsAt + 1
  }
  return { log, counters }
}

/** The plan's part for such a coupon. */
export function plannedCoupon({ code, limit, attempts }: SimulatedCoupon): PlannedCoupon {
  return madeUpCoupon({
    code,
    limit,
    attempts,
    customers: null,
    expectedGrants: null,
  })
}

type Mutable<Row> = { -readonly [Key in keyof Row]: Row[Key] }

/** A unit whose holder has something more to do, not before he has his answer. */
interface Step {
  readonly attempt: number
  readonly operation: 'confirm' | 'release' | 'rollback'
  readonly row: Mutable<LoggedRedemption>
  readonly notBefore: number
}

function* simulateCoupon(
  { code, limit, attempts, isCheckout }: SimulatedCoupon,
  { latencyMs, callsPerMs }: SimulationOptions,
  random: () => number,
  startsAt: number,
  firstAttempt: number,
): Generator<
  HistoryEntry,
  { rows: readonly LoggedRedemption[]; counter: LoggedCounter; endsAt: number }
> {
  const rows: Mutable<LoggedRedemption>[] = []
  const steps: Step[] = []
  let [used, held, made, endsAt] = [0, 0, 0, startsAt]
  let moment = startsAt + latencyMs
  const call = (notBefore: number) => {
    const calledAt = Math.floor(Math.max(notBefore, moment - random() * latencyMs))
    const returnedAt = Math.floor(moment + random() * latencyMs)
    endsAt = Math.max(endsAt, returnedAt)
    return { calledAt, returnedAt }
  }

  for (let next = 0; made < attempts || next < steps.length; ) {
    moment += 1 / callsPerMs
    const step = steps[next]
    if (step !== undefined && (step.notBefore <= moment || made === attempts)) {
      next += 1
      moment = Math.max(moment, step.notBefore)
      const { row, operation } = step
      const interval = call(step.notBefore)
      if (operation === 'rollback') used -= 1
      else held -= 1
      if (operation === 'confirm') used += 1
      row.status = { confirm: 'REDEEMED', release: 'RELEASED', rollback: 'ROLLED_BACK' }[
        operation
      ] as LoggedRedemption['status']
      if (operation === 'confirm' && random() < 0.3) {
        steps.push({ ...step, operation: 'rollback', notBefore: interval.returnedAt })
      }
      yield {
        attempt: step.attempt,
        coupon: code,
        operation,
        user: row.user,
        key: `run-${step.attempt}-${operation}`,
        redemptionId: row.redemptionId,
        ...interval,
        outcome: { kind: 'done', replayed: false },
      }
      continue
    }
    if (made === attempts) continue
    const attempt = firstAttempt + made
    made += 1
    const interval = call(0)
    const operation = isCheckout ? 'reserve' : 'redeem'
    const key = `run-${attempt}-${operation}`
    const user = `user-${attempt}`
    let outcome: Outcome
    if (limit > 0 && used + held >= limit) {
      outcome = { kind: 'rejected', reason: held > 0 ? 'ALL_HELD' : 'EXHAUSTED' }
    } else {
      const redemptionId = `${attempt.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`
      const ordinal = limit > 0 ? rows.length + 1 : null
      const status = isCheckout ? 'RESERVED' : 'REDEEMED'
      const row = {
        redemptionId,
        coupon: code,
        couponId: code,
        ordinal,
        user,
        key,
        status,
      } as const
      rows.push({ ...row })
      outcome = { kind: 'granted', redemptionId, ordinal, replayed: false }
      if (isCheckout) {
        held += 1
        steps.push({
          attempt,
          operation: random() < 0.7 ? 'confirm' : 'release',
          row: rows.at(-1) as Mutable<LoggedRedemption>,
          notBefore: interval.returnedAt,
        })
      } else {
        used += 1
      }
    }
    yield { attempt, coupon: code, operation, user, key, ...interval, outcome }
  }
  const counted = limit > 0 ? { used, held } : { used: 0, held: 0 }
  return { rows, counter: { coupon: code, couponId: code, limit, ...counted }, endsAt }
}

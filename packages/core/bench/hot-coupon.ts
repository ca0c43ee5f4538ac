import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import type { Database } from '@coupon-gateway/database'
import { type CouponCore, type CouponCoreOptions, openCouponCore } from '../src/index.ts'

/** A core with an account of its own, to measure with. */
export interface Subject {
  readonly core: CouponCore
  readonly database: Database
  readonly accountId: number
}

let accounts = 0

export async function openSubject(
  database: Database,
  options: CouponCoreOptions,
): Promise<Subject> {
  const core = await openCouponCore(database, options)
  accounts += 1
  const { id: accountId } = await core.ensureAccount(`bench ${process.pid}-${accounts}`, 'UTC')
  return { core, database, accountId }
}

export async function createCoupon(
  { core, accountId }: Subject,
  useLimit: number,
  code = codeOf(0),
): Promise<CouponCode> {
  const created = await core.create({
    accountId,
    code,
    coupon: { discountKind: 'percent', discount: 10, useLimit },
    idempotencyKey: null,
  })
  if (created.outcome !== 'created') throw new Error(`not created: ${created.outcome}`)
  return code
}

/** The n-th code of a benchmark. */
export function codeOf(n: number): CouponCode {
  const code = parseCouponCode(`BENCH${String(n).padStart(9, '0')}`)
  if (code === undefined) throw new Error(`${n} makes no code`)
  return code
}

export interface Measured {
  /** Answers of the wanted outcome a second. */
  readonly goodput: number
  readonly medianLatencyMs: number
}

/**
 * Redeems `total` times with `inFlight` callers at once, each with a user and a key of its own, and checks what it
 * times: every answer must have the outcome that is wanted.
 */
export async function redeemMany(
  { core, accountId }: Subject,
  {
    total,
    inFlight,
    codeFor,
    want = 'redeemed',
    keep = true,
  }: {
    readonly total: number
    readonly inFlight: number
    readonly codeFor: (n: number) => CouponCode
    readonly want?: 'redeemed' | 'rejected'
    /** Keep latencies; not over very long runs. */
    readonly keep?: boolean
  },
): Promise<Measured> {
  const latencies: number[] = []
  const prefix = `${Date.now()}-${Math.random().toString(36).slice(2)}`
  let next = 0
  async function redeemUntilDone(): Promise<void> {
    while (next < total) {
      const n = next
      next += 1
      const startedAt = performance.now()
      const { outcome } = await core.redeem({
        accountId,
        code: codeFor(n),
        userId: `user-${prefix}-${n}`,
        memo: 'till 7',
        onsitePassword: null,
        caller: 'bench',
        idempotencyKey: `${prefix}-${n}`,
      })
      if (outcome !== want) throw new Error(`redemption ${n} was ${outcome}, not ${want}`)
      if (keep) latencies.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: inFlight }, redeemUntilDone))
  const seconds = (performance.now() - startedAt) / 1000
  latencies.sort((a, b) => a - b)
  return { goodput: total / seconds, medianLatencyMs: latencies[latencies.length >> 1] ?? 0 }
}

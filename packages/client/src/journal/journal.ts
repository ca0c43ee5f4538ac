import { randomUUID } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Queryable } from '@coupon-gateway/database'
import type { Clock } from '../clock.ts'
import type { ValidateResult } from '../validate.ts'
import { type Begun, begin, type Claim } from './begin.ts'
import { type Conclusion, conclude } from './conclude.ts'
import { type JournalCoupon, lockCoupon } from './journal-coupon.ts'
import { type JournalEntry, readEntry } from './journal-entry.ts'
import type { ResolvedJournalOptions } from './journal-options.ts'
import { createLeases, type Lease } from './lease.ts'
import { migrateJournal } from './migrate-journal.ts'
import { applyObservation } from './observation.ts'
import { abandonOrphans } from './orphans.ts'
import type { RedemptionIntent } from './redemption-intent.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'

/** The journal, as the stage and the reconciler use it. Each step is one transaction. */
export interface Journal {
  /** Writes an intent down, under a lease that bounds how long it may be sent. */
  begin(
    idempotencyKey: string,
    intent: RedemptionIntent,
    holdId: string | null,
  ): Promise<{ readonly begun: Begun; readonly lease: Lease }>
  /** Writes an attempt's end down. While the database is away, the end is kept and written later. */
  conclude(claim: Claim, conclusion: Conclusion): Promise<void>
  find(idempotencyKey: string): Promise<JournalEntry | null>
  /** To be taken before a look at the upstream, for `apply`. */
  takeSnapshot(code: CouponCode): Promise<Snapshot>
  /** Settles what a look proves. `ownKey`: see `ObservationParts`. */
  apply(snapshot: Snapshot, seen: ValidateResult, ownKey: string | null): Promise<JournalCoupon>
  /** One transaction of the journal's database, after it was migrated. */
  transaction<Result>(work: (transaction: Queryable) => Promise<Result>): Promise<Result>
  /** Writes the ends that could not be written. */
  writeKeptEnds(): Promise<void>
  close(): Promise<void>
}

export interface JournalParts extends ResolvedJournalOptions {
  readonly clock: Clock
  readonly attemptTimeoutMs: number
}

export function createJournal(parts: JournalParts): Journal {
  const { database, clock, settleDelayMs, otherWriters } = parts
  const leases = createLeases(database, clock, parts.leaseMs)
  // Those in flight end within an attempt's time, and two rounds are enough to see it.
  const pauseMs = parts.attemptTimeoutMs + 2 * parts.reconcileIntervalMs
  const keptEnds = new Map<string, readonly [Claim, Conclusion]>()
  let migrated: Promise<void> | undefined

  async function ensureTables(): Promise<void> {
    migrated ??= migrateJournal(database)
    await migrated.catch((error) => {
      migrated = undefined
      throw error
    })
  }

  async function transaction<Result>(work: (transaction: Queryable) => Promise<Result>) {
    await ensureTables()
    return database.transaction(work)
  }

  async function write(claim: Claim, conclusion: Conclusion): Promise<void> {
    await transaction((it) => conclude(it, claim, conclusion, settleDelayMs))
    keptEnds.delete(claim.id)
  }

  return {
    async begin(idempotencyKey, intent, holdId) {
      await ensureTables()
      const lease = await leases.current()
      const claimId = randomUUID()
      const { ownerId } = lease
      try {
        const begun = await transaction((it) =>
          begin(it, { idempotencyKey, intent, claimId, ownerId, holdId, settleDelayMs }),
        )
        return { begun, lease }
      } catch (error) {
        // The commit may have been lost on its way back: nobody is to wait for a claim that nobody holds.
        keptEnds.set(claimId, [
          { id: claimId, idempotencyKey, intent, attempt: 0 },
          { kind: 'no-effect', evidence: 'NEVER_SENT' },
        ])
        throw error
      }
    },
    async conclude(claim, conclusion) {
      keptEnds.set(claim.id, [claim, conclusion])
      await write(claim, conclusion).catch(() => {})
    },
    find: (idempotencyKey) => transaction((it) => readEntry(it, idempotencyKey)),
    takeSnapshot: (code) =>
      transaction(async (it) => {
        await lockCoupon(it, code)
        await abandonOrphans(it, code, settleDelayMs)
        return readSnapshot(it, await lockCoupon(it, code))
      }),
    apply: (snapshot, seen, ownKey) =>
      transaction((it) =>
        applyObservation(it, snapshot, seen, {
          otherWriters,
          pauseMs,
          epochMs: clock.epochMs(),
          ownKey,
        }),
      ),
    transaction,
    async writeKeptEnds() {
      for (const [claim, conclusion] of keptEnds.values()) await write(claim, conclusion)
    },
    async close() {
      for (const [claim, conclusion] of keptEnds.values()) {
        await write(claim, conclusion).catch(() => {})
      }
      await leases.end().catch(() => {})
    },
  }
}

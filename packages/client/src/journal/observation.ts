import type { Queryable } from '@coupon-gateway/database'
import type { ValidateResult } from '../validate.ts'
import { type Weight, weighCount } from './evidence.ts'
import { handToPerson, recordForeignUses } from './hand-over.ts'
import { type JournalCoupon, lockCoupon, readCoupon, saveSeenCoupon } from './journal-coupon.ts'
import { type JournalEntry, readEntries } from './journal-entry.ts'
import { daysAround, readObservedCount } from './observed-count.ts'
import { recordEffect, recordNoEffect } from './record.ts'
import type { Snapshot } from './snapshot.ts'

export interface ObservationParts {
  readonly otherWriters: boolean
  /** How long new redemptions of a coupon wait when those in flight keep its count from being read. */
  readonly pauseMs: number
  /** Now, to tell whether a period is running. */
  readonly epochMs: number
  /** The redemption that looks before it is sent: it has had no effect for certain. Null: somebody else looks. */
  readonly ownKey: string | null
}

/** A look at the upstream against what the journal held when it began. */
interface Comparison {
  readonly snapshot: Snapshot
  readonly counted: number | null
  /** Open before the look began, and open still. */
  readonly pending: readonly JournalEntry[]
  /** How many others were in flight at some moment of it. */
  readonly uncertain: number
  readonly weight: Weight
}

/**
 * Settles what a look at the upstream proves, and keeps what it showed of the coupon.
 *
 * @param seen the answer to a validate that began after the snapshot was committed
 */
export async function applyObservation(
  transaction: Queryable,
  snapshot: Snapshot,
  seen: ValidateResult,
  parts: ObservationParts,
): Promise<JournalCoupon> {
  const coupon = await lockCoupon(transaction, snapshot.code)
  const comparison = await compare(transaction, snapshot, seen, coupon, parts)
  await settle(transaction, comparison, coupon, parts)
  await keepWhatWasSeen(transaction, comparison, seen)
  return readCoupon(transaction, snapshot.code)
}

async function compare(
  transaction: Queryable,
  snapshot: Snapshot,
  seen: ValidateResult,
  coupon: JournalCoupon,
  { otherWriters, ownKey, epochMs }: ObservationParts,
): Promise<Comparison> {
  const touched = await readEntries(
    transaction,
    `where e.code = $1 and e.idempotency_key is distinct from $2
       and (e.state in ('SENDING', 'PENDING') or e.version > $3) and e.state <> 'NO_EFFECT'`,
    [snapshot.code, ownKey, snapshot.version],
  )
  const pending = touched.filter(
    ({ state, idempotencyKey }) =>
      state === 'PENDING' && snapshot.pendingKeys.includes(idempotencyKey),
  )
  const uncertain = touched.length - pending.length
  // Of a coupon that is used up as far as known, nothing more can have been used, whatever it shows.
  const counted =
    readObservedCount(seen, coupon, daysAround(epochMs)) ??
    (isUsedUp(snapshot, coupon) ? snapshot.knownCount : null)
  const weight =
    snapshot.knownCount === null
      ? // Nothing is sent before the first look at a coupon.
        'NONE'
      : weighCount({
          expected: snapshot.knownCount,
          counted,
          pending: pending.length,
          uncertain,
          isSoleWriter: !otherWriters && coupon.foreignUses === 0,
        })
  return { snapshot, counted, pending, uncertain, weight }
}

async function settle(
  transaction: Queryable,
  comparison: Comparison,
  coupon: JournalCoupon,
  { pauseMs }: ObservationParts,
): Promise<void> {
  const { snapshot, counted, pending, uncertain, weight } = comparison
  const cannotArrive = snapshot.knownCount === null || isUsedUp(snapshot, coupon)
  const due = pending.filter(
    ({ idempotencyKey }) => cannotArrive || snapshot.dueKeys.includes(idempotencyKey),
  )
  switch (weight) {
    case 'NONE':
      for (const entry of due) {
        const evidence = snapshot.knownCount === null ? 'NEVER_SENT' : 'NOT_ARRIVED'
        await recordNoEffect(transaction, entry, evidence)
      }
      return
    case 'ALL':
      for (const entry of pending) {
        await recordEffect(transaction, entry, entry.attempt, 'USE_COUNT')
      }
      return
    case 'UNSETTLED':
    case 'SOME':
    case 'FOREIGN':
    case 'REPLACED':
    case 'UNREADABLE':
      if (weight === 'FOREIGN') {
        await recordForeignUses(transaction, snapshot, counted ?? 0, pending.length + uncertain)
      }
      // Others in flight can arrive at a verdict of their own; while they cannot, new ones wait.
      if (due.length > 0 && uncertain > 0) return pause(transaction, snapshot.code, pauseMs)
      // Until the last of them can arrive no more, the count may yet tell.
      if (due.length < pending.length || weight === 'UNSETTLED') return
      return handToPerson(transaction, pending, {
        weight,
        counted,
        expected: snapshot.knownCount,
      })
    default:
      throw new Error(`unknown weight ${weight satisfies never}`)
  }
}

/** At a quiet moment the upstream is right about the count, whatever was expected. */
async function keepWhatWasSeen(
  transaction: Queryable,
  { snapshot, counted, uncertain }: Comparison,
  seen: ValidateResult,
): Promise<void> {
  const { code } = snapshot
  const { knownCount } = await readCoupon(transaction, code)
  const isExact = counted !== null && uncertain === 0
  const isQuiet = isExact && (knownCount === null || !(await hasPending(transaction, snapshot)))
  const count = isQuiet ? counted : knownCount
  if (seen.coupon !== null && count !== null) await saveSeenCoupon(transaction, seen.coupon, count)
  if (isExact) {
    await transaction.query('update journal_coupon set paused_until = null where code = $1', [code])
  }
}

function isUsedUp({ knownCount }: Snapshot, { useLimit }: JournalCoupon): boolean {
  return knownCount !== null && useLimit !== null && useLimit > 0 && knownCount >= useLimit
}

async function pause(transaction: Queryable, code: string, pauseMs: number): Promise<void> {
  await transaction.query(
    `update journal_coupon set paused_until = clock_timestamp() + $2 * interval '1 millisecond' where code = $1`,
    [code, pauseMs],
  )
}

async function hasPending(transaction: Queryable, { code }: Snapshot): Promise<boolean> {
  const rows = await transaction.query(
    `select from journal_entry where code = $1 and state = 'PENDING' limit 1`,
    [code],
  )
  return rows.length > 0
}

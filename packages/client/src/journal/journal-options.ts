import type { Database } from '@coupon-gateway/database'
import { MAX_TIMER_MS } from '../clock.ts'

/**
 * The durable memory of a client of a hosted upstream. All clients of one account share one: on one PostgreSQL
 * database, or as one process on an embedded one. Two accounts need two databases.
 */
export interface JournalOptions {
  /** Opened by `packages/database`, and closed by whoever opened it, after the client. */
  readonly database: Database
  /**
   * Whether anything but the clients of this journal redeems these coupons: a dashboard, another system.
   * The use count then proves that a lost redemption did not happen, but never that it did. Default false. A
   * use that no entry accounts for makes it true for its coupon, whatever was set.
   */
  readonly otherWriters?: boolean
  /**
   * How long after its last possible sending a redemption that has not arrived is taken never to arrive:
   * 1 to 86,400,000, default 120,000. What holds it up is the network (a kernel keeps sending what a closed
   * connection left in its buffer for about 100 s) and queues before the upstream.
   */
  readonly settleDelayMs?: number
  /**
   * How long a client that says nothing counts as alive: 1,000 to 600,000, default 15,000. Afterwards what it had in
   * flight is settled by the others; it sends nothing of that any more. It renews three times as often.
   */
  readonly leaseMs?: number
  /** How often open entries are looked at: 10 to 3,600,000, default 5,000. */
  readonly reconcileIntervalMs?: number
  /**
   * How long the key of a redemption that was refused, or never sent, is remembered: 0 to 31,536,000,000, default a
   * day. What was granted, or may have been, is kept for good.
   */
  readonly retentionMs?: number
}

export type ResolvedJournalOptions = Required<JournalOptions>

const DAY_MS = 86_400_000

/** @throws RangeError names the option, what is allowed and the value */
export function resolveJournalOptions(options: JournalOptions): ResolvedJournalOptions {
  return {
    database: options.database,
    otherWriters: options.otherWriters ?? false,
    settleDelayMs: integer('settleDelayMs', options.settleDelayMs ?? 120_000, 1, DAY_MS),
    leaseMs: integer('leaseMs', options.leaseMs ?? 15_000, 1_000, 600_000),
    reconcileIntervalMs: integer(
      'reconcileIntervalMs',
      options.reconcileIntervalMs ?? 5_000,
      10,
      Math.min(3_600_000, MAX_TIMER_MS),
    ),
    retentionMs: integer('retentionMs', options.retentionMs ?? DAY_MS, 0, 365 * DAY_MS),
  }
}

function integer(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new RangeError(`\`journal.${name}\` must be an integer from ${min} to ${max}, got ${value}`)
}

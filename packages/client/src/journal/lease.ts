import { randomUUID } from 'node:crypto'
import type { Database } from '@coupon-gateway/database'
import type { Clock } from '../clock.ts'

/** The right to send what was claimed under it. Once lapsed it never comes back. */
export interface Lease {
  readonly ownerId: string
  /** Milliseconds for which nobody else takes over what was claimed under it; not above 0 once it has lapsed. */
  remainingMs(): number
}

/** The leases of a client, one after the other. */
export interface Leases {
  /** The one that holds now; a new one when the last has lapsed. */
  current(): Promise<Lease>
  /** Lets the lease lapse, so that others need not wait for it. */
  end(): Promise<void>
}

/** Of a lease, this part is not used: clocks of two machines do not run equally fast. */
const UNUSED_PART = 0.1

/**
 * Keeps a lease alive while the client is open. It is granted by the database's clock, and counted here from the
 * moment at which it was asked for: so it ends here before it ends for the others.
 *
 * A process that was frozen past its lease finds it lapsed and sends nothing more of what it had claimed, which
 * others may have settled meanwhile.
 */
export function createLeases(database: Database, clock: Clock, leaseMs: number): Leases {
  const usableMs = leaseMs * (1 - UNUSED_PART)
  let held: { readonly lease: Lease; untilMs: number } | undefined
  let asking: Promise<Lease> | undefined
  let stopRenewing = () => {}
  let isEnded = false

  const holds = () => held !== undefined && held.untilMs > clock.monotonicMs()

  async function ask(): Promise<Lease> {
    const ownerId = randomUUID()
    const askedAtMs = clock.monotonicMs()
    await database.query(
      `insert into journal_owner (id, alive_until)
       values ($1, clock_timestamp() + $2 * interval '1 millisecond')`,
      [ownerId, leaseMs],
    )
    const lease: Lease = {
      ownerId,
      remainingMs: () =>
        held?.lease === lease ? held.untilMs - clock.monotonicMs() : Number.NEGATIVE_INFINITY,
    }
    held = { lease, untilMs: askedAtMs + usableMs }
    renewLater()
    return lease
  }

  function renewLater(): void {
    stopRenewing()
    if (!isEnded) stopRenewing = clock.startTimer(leaseMs / 3, () => void renew())
  }

  async function renew(): Promise<void> {
    const renewed = held
    if (renewed === undefined || !holds()) return
    const askedAtMs = clock.monotonicMs()
    const rows = await database
      .query(
        `update journal_owner set alive_until = clock_timestamp() + $2 * interval '1 millisecond'
         where id = $1 and alive_until > clock_timestamp() returning id::text`,
        [renewed.lease.ownerId, leaseMs],
      )
      // Without an answer the lease may lapse; the next claim then begins another.
      .catch(() => [])
    if (rows.length > 0 && held === renewed && holds()) renewed.untilMs = askedAtMs + usableMs
    renewLater()
  }

  return {
    async current() {
      if (held !== undefined && holds()) return held.lease
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
    async end() {
      isEnded = true
      stopRenewing()
      const ended = held
      held = undefined
      if (ended === undefined) return
      await database.query('delete from journal_owner where id = $1', [ended.lease.ownerId])
    },
  }
}

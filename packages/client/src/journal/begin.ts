import type { Queryable } from '@coupon-gateway/database'
import { LIVE_HOLD } from './holds.ts'
import { changeCounts, type JournalCoupon, lockCoupon } from './journal-coupon.ts'
import { type JournalEntry, readEntry } from './journal-entry.ts'
import { abandonOrphans } from './orphans.ts'
import { fingerprintOf, type RedemptionIntent } from './redemption-intent.ts'
import { readSnapshot, type Snapshot } from './snapshot.ts'

/** An attempt of a redemption that was written down, and may be made. */
export interface Claim {
  readonly id: string
  readonly idempotencyKey: string
  readonly intent: RedemptionIntent
  readonly attempt: number
}

/** What comes of the wish to redeem. */
export type Begun =
  | {
      readonly kind: 'claimed'
      readonly claim: Claim
      /** Nothing else of this coupon is in flight, so its count is exact now: look before you send. */
      readonly lookAfter: Snapshot | null
    }
  /** It is decided, or open: the entry says how. */
  | { readonly kind: 'known'; readonly entry: JournalEntry }
  /** Not now: another redemption of the coupon comes first. */
  | { readonly kind: 'busy' }
  /** Not before the outcome of another one is known, since the count could not tell the two apart. */
  | { readonly kind: 'blocked'; readonly retryAfterMs: number }
  /** The reservation to be confirmed was given back. */
  | { readonly kind: 'released' }
  /** All units that are left are reserved. */
  | { readonly kind: 'all-held' }
  | { readonly kind: 'key-reused' }

export interface BeginInput {
  readonly idempotencyKey: string
  readonly intent: RedemptionIntent
  /** Id of the new claim, and of the lease under which it is made. */
  readonly claimId: string
  readonly ownerId: string
  /** The reservation that is confirmed by this redemption: its unit is ours to take. */
  readonly holdId: string | null
  /** See `JournalOptions`. */
  readonly settleDelayMs: number
}

/**
 * Writes down that a redemption is meant, before anything of it leaves. Everything that could make it a second
 * one is decided here, under the lock of its coupon.
 */
export async function begin(transaction: Queryable, input: BeginInput): Promise<Begun> {
  const { idempotencyKey, intent } = input
  const { code } = intent
  const coupon = await lockCoupon(transaction, code)
  await abandonOrphans(transaction, code, input.settleDelayMs)
  const entry = await readEntry(transaction, idempotencyKey)
  if (entry !== null) {
    const isFree = entry.state === 'NO_EFFECT'
    // A key whose request was sent and lost belongs to it, since that may still arrive; a person may say otherwise.
    const mayChange = isFree && (entry.lostAttempts === 0 || entry.evidence === 'PERSON')
    if (!mayChange && entry.fingerprint !== fingerprintOf(intent)) return { kind: 'key-reused' }
    if (!isFree) return { kind: 'known', entry }
  }
  const others = await countOthers(transaction, input)
  if (others.isKeyOfHold) return { kind: 'key-reused' }
  if (others.isReleased) return { kind: 'released' }
  if (coupon.isPaused || others.isBeingReplaced) return { kind: 'busy' }
  // The first look at a coupon must be exact, and that of a limited one stays so: one after the other.
  const isOneByOne = coupon.knownCount === null || (coupon.useLimit ?? 0) > 0
  if (isOneByOne && others.sending > 0) return { kind: 'busy' }
  if (isOneByOne && others.pending > 0) {
    return { kind: 'blocked', retryAfterMs: others.msUntilSettled }
  }
  if (isHeldByOthers(coupon, others)) return { kind: 'all-held' }

  const version = await changeCounts(transaction, code, {})
  const attempt = (entry?.attempt ?? 0) + 1
  // Somebody was faster with the same key and another coupon, whose lock is not ours: look again.
  if (!(await writeClaim(transaction, input, attempt, version))) return { kind: 'busy' }
  return {
    kind: 'claimed',
    claim: { id: input.claimId, idempotencyKey, intent, attempt },
    lookAfter:
      others.sending === 0 ? await readSnapshot(transaction, { ...coupon, version }) : null,
  }
}

interface Others {
  readonly sending: number
  readonly pending: number
  /** Until the last of those that are pending is due. */
  readonly msUntilSettled: number
  readonly held: number
  /** A rollback is about to replace the coupon. */
  readonly isBeingReplaced: boolean
  /** The reservation to be confirmed was given back. */
  readonly isReleased: boolean
  /** The key has made a reservation, and this is not its confirmation. */
  readonly isKeyOfHold: boolean
}

async function countOthers(
  transaction: Queryable,
  { idempotencyKey, intent, holdId }: BeginInput,
): Promise<Others> {
  const [others] = await transaction.query<Others>(
    `select
       (select count(*)::int from journal_entry where code = $1 and state = 'SENDING') as sending,
       (select count(*)::int from journal_entry where code = $1 and state = 'PENDING') as pending,
       (select coalesce(greatest(0, ceil(extract(epoch from max(settle_after) - clock_timestamp()) * 1000)), 0)::int
        from journal_entry where code = $1 and state = 'PENDING') as "msUntilSettled",
       (select count(*)::int from journal_hold h
        where h.code = $1 and h.id is distinct from $2::uuid and ${LIVE_HOLD}) as held,
       exists (select from journal_rollback where code = $1 and step in ('DELETE', 'CREATE')) as "isBeingReplaced",
       exists (select from journal_hold where id = $2::uuid and state = 'RELEASED') as "isReleased",
       exists (select from journal_hold where idempotency_key = $3 and id is distinct from $2::uuid) as "isKeyOfHold"`,
    [intent.code, holdId, idempotencyKey],
  )
  if (others === undefined) throw new Error('a count without rows')
  return others
}

/** A unit that is free without the reservations of others is not free with them. */
function isHeldByOthers(
  { useLimit, knownCount }: JournalCoupon,
  { sending, held }: Others,
): boolean {
  if (!useLimit || knownCount === null || held === 0) return false
  const left = useLimit - knownCount
  return left > 0 && left - sending - held <= 0
}

async function writeClaim(
  transaction: Queryable,
  { idempotencyKey, intent, claimId, ownerId }: BeginInput,
  attempt: number,
  version: number,
): Promise<boolean> {
  const written = await transaction.query(
    `insert into journal_entry as e
       (idempotency_key, fingerprint, code, user_id, memo, state, attempt, claim, owner, version)
     values ($1, $2, $3, $4, $5, 'SENDING', $6, $7, $8, $9)
     on conflict (idempotency_key) do update
     set fingerprint = excluded.fingerprint, code = excluded.code, user_id = excluded.user_id,
       memo = excluded.memo, state = 'SENDING', attempt = excluded.attempt, claim = excluded.claim,
       owner = excluded.owner, version = excluded.version, evidence = null, changed_at = clock_timestamp()
     where e.state = 'NO_EFFECT'
     returning e.attempt`,
    [
      idempotencyKey,
      fingerprintOf(intent),
      intent.code,
      intent.userId,
      intent.memo,
      attempt,
      claimId,
      ownerId,
      version,
    ],
  )
  return written.length > 0
}

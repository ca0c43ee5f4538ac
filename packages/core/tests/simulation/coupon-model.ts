import type { IdempotencyKey, WriteRefusal } from '../../src/idempotency.ts'
import type { RedemptionStatus, SettledRedemption } from '../../src/settle-redemption.ts'
import type { Take, TakenUnit, TakeVerdict } from '../../src/take.ts'

/**
 * The rules of coupons in plain objects, one request at a time: no SQL, no counters, no batches. Whatever it wants to
 * know it counts anew from the units that were ever taken. Periods and on-site passwords are left out.
 *
 * Moments are milliseconds of a clock that the caller keeps and that never goes back.
 */
export interface CouponModel {
  create(terms: CouponTerms): void
  /** The coupon is gone; its units stay, and its code may be created anew. */
  delete(accountId: number, code: string): void
  take(take: Take, now: number): TakeVerdict
  settle(request: SettleRequest, now: number): SettleVerdict
  /** Every coupon that was ever created. */
  readonly coupons: readonly ModelCoupon[]
  /** Every unit that was ever taken, in that order. */
  readonly units: readonly ModelUnit[]
}

export interface CouponTerms {
  readonly accountId: number
  readonly code: string
  /** 0 is unlimited. */
  readonly useLimit: number
  readonly userLimit: number
}

export interface ModelCoupon extends CouponTerms {
  isDeleted: boolean
}

export interface ModelUnit extends Pick<Take, 'id' | 'code' | 'userId' | 'memo' | 'key'> {
  readonly coupon: ModelCoupon
  readonly ordinal: number | null
  readonly takenAt: number
  readonly expiresAt: number | null
  /** A reservation stays RESERVED when its time is over; {@link isLive} tells. */
  status: RedemptionStatus
  redeemedAt: number | null
  endedAt: number | null
  rollbackReason: string | null
}

export interface SettleRequest {
  readonly step: 'CONFIRM' | 'RELEASE' | 'ROLLBACK'
  readonly accountId: number
  readonly redemptionId: string
  readonly reason: string | null
  readonly key: IdempotencyKey | null
  readonly fingerprint: string
}

export type SettleRejection =
  | 'RESERVATION_NOT_FOUND'
  | 'RESERVATION_EXPIRED'
  | 'REDEMPTION_NOT_FOUND'
  | 'ALREADY_ROLLED_BACK'

export type SettleVerdict =
  | { readonly outcome: 'settled' | 'replayed'; readonly answer: SettledRedemption }
  | { readonly outcome: 'rejected'; readonly reason: SettleRejection }
  | WriteRefusal

export function createCouponModel(): CouponModel {
  const coupons: ModelCoupon[] = []
  const units: ModelUnit[] = []
  const answers = new Map<string, { fingerprint: string; answer: TakenUnit | SettledRedemption }>()

  const findCoupon = (accountId: number, code: string) =>
    coupons.find((it) => it.accountId === accountId && it.code === code && !it.isDeleted)
  const liveUnits = (coupon: ModelCoupon, now: number) =>
    units.filter((unit) => unit.coupon === coupon && isLive(unit, now))
  const userUnits = (coupon: ModelCoupon, userId: string | null, now: number) =>
    liveUnits(coupon, now).filter((unit) => userId !== null && unit.userId === userId)

  /** Rule 8: what a key was answered before, if anything. */
  function recall<Answer>({ accountId, key, fingerprint }: Keyed) {
    const stored = key === null ? undefined : answers.get(`${accountId}:${key}`)
    if (stored === undefined) return null
    if (stored.fingerprint !== fingerprint) return { outcome: 'key-reused' } as const
    return { outcome: 'replayed', answer: stored.answer as Answer } as const
  }

  function remember({ accountId, key, fingerprint }: Keyed, answer: TakenUnit | SettledRedemption) {
    if (key !== null) answers.set(`${accountId}:${key}`, { fingerprint, answer })
  }

  function take(request: Take, now: number): TakeVerdict {
    const recalled = recall<TakenUnit>(request)
    if (recalled !== null) return recalled
    const coupon = findCoupon(request.accountId, request.code)
    if (coupon === undefined) return { outcome: 'rejected', reason: 'NOT_FOUND' }
    const { useLimit, userLimit } = coupon
    const live = liveUnits(coupon, now)
    const redeemed = live.filter(({ status }) => status === 'REDEEMED')
    // Rule 2, and rule 1.
    if (userUnits(coupon, request.userId, now).length >= userLimit) {
      return { outcome: 'rejected', reason: 'ALREADY_REDEEMED_BY_USER' }
    }
    if (useLimit > 0 && redeemed.length >= useLimit) {
      return { outcome: 'rejected', reason: 'EXHAUSTED' }
    }
    if (useLimit >= 2 && request.userId === null) {
      return { outcome: 'rejected', reason: 'USER_ID_REQUIRED' }
    }
    if (useLimit > 0 && live.length >= useLimit) {
      return { outcome: 'rejected', reason: 'ALL_HELD' }
    }
    // A unit that came back gets a new ordinal next time.
    const ordinal = units.filter((unit) => unit.coupon === coupon).length + 1
    const isReservation = request.ttlSeconds !== null
    const unit: ModelUnit = {
      id: request.id,
      code: request.code,
      userId: request.userId,
      memo: request.memo,
      key: request.key,
      coupon,
      ordinal: useLimit > 0 ? ordinal : null,
      takenAt: now,
      expiresAt: request.ttlSeconds === null ? null : now + request.ttlSeconds * 1000,
      status: isReservation ? 'RESERVED' : 'REDEEMED',
      redeemedAt: isReservation ? null : now,
      endedAt: null,
      rollbackReason: null,
    }
    units.push(unit)
    const answer: TakenUnit = {
      redemptionId: unit.id,
      ordinal: unit.ordinal,
      used: useLimit > 0 ? redeemed.length + (isReservation ? 0 : 1) : null,
      remaining: useLimit > 0 ? useLimit - live.length - 1 : null,
      redeemedAt: isoTime(unit.redeemedAt),
      expiresAt: isoTime(unit.expiresAt),
    }
    remember(request, answer)
    return { outcome: 'taken', answer }
  }

  function settle(request: SettleRequest, now: number): SettleVerdict {
    const recalled = recall<SettledRedemption>(request)
    if (recalled !== null) return recalled
    const unit = units.find(
      ({ coupon, id }) => coupon.accountId === request.accountId && id === request.redemptionId,
    )
    const rejection = unit === undefined ? notFound(request) : move(unit, request, now)
    if (unit === undefined || rejection !== null) {
      return { outcome: 'rejected', reason: rejection ?? notFound(request) }
    }
    const answer: SettledRedemption = {
      redemptionId: unit.id,
      code: unit.code,
      status: unit.status,
      ordinal: unit.ordinal,
      userId: unit.userId,
      memo: unit.memo,
      redeemedAt: isoTime(unit.redeemedAt),
      expiresAt: isoTime(unit.expiresAt),
      endedAt: isoTime(unit.endedAt),
      rollbackReason: unit.rollbackReason,
    }
    remember(request, answer)
    return { outcome: 'settled', answer }
  }

  /** Moves a unit on, or says why not. */
  function move(unit: ModelUnit, request: SettleRequest, now: number): SettleRejection | null {
    const { coupon } = unit
    if (unit.status === 'RESERVED' && !isLive(unit, now)) {
      Object.assign(unit, { status: 'EXPIRED', endedAt: now })
    }
    switch (request.step) {
      case 'CONFIRM': {
        if (unit.status === 'RELEASED' || unit.status === 'ROLLED_BACK') return notFound(request)
        if (unit.status === 'REDEEMED') return null
        // Too late: it takes a unit as a new redemption would.
        const isFree =
          !coupon.isDeleted &&
          (coupon.useLimit === 0 || liveUnits(coupon, now).length < coupon.useLimit) &&
          userUnits(coupon, unit.userId, now).length < coupon.userLimit
        if (unit.status === 'EXPIRED' && !isFree) return 'RESERVATION_EXPIRED'
        Object.assign(unit, { status: 'REDEEMED', redeemedAt: now, endedAt: null })
        return null
      }
      case 'RELEASE':
        if (unit.status === 'REDEEMED' || unit.status === 'ROLLED_BACK') return notFound(request)
        if (unit.status === 'RESERVED') Object.assign(unit, { status: 'RELEASED', endedAt: now })
        return null
      case 'ROLLBACK':
        // Rule 9.
        if (unit.status === 'ROLLED_BACK') return 'ALREADY_ROLLED_BACK'
        if (unit.status !== 'REDEEMED') return notFound(request)
        Object.assign(unit, { status: 'ROLLED_BACK', endedAt: now, rollbackReason: request.reason })
        return null
    }
  }

  return {
    create: (terms) => void coupons.push({ ...terms, isDeleted: false }),
    delete(accountId, code) {
      const coupon = findCoupon(accountId, code)
      if (coupon !== undefined) coupon.isDeleted = true
    },
    take,
    settle,
    coupons,
    units,
  }
}

/** Whether a unit counts against the limits: redeemed, or held by a reservation whose time is not over. */
function isLive({ status, expiresAt }: ModelUnit, now: number): boolean {
  return status === 'REDEEMED' || (status === 'RESERVED' && expiresAt !== null && expiresAt > now)
}

type Keyed = Pick<Take, 'accountId' | 'key' | 'fingerprint'>

function notFound({ step }: SettleRequest): SettleRejection {
  return step === 'ROLLBACK' ? 'REDEMPTION_NOT_FOUND' : 'RESERVATION_NOT_FOUND'
}

function isoTime(moment: number | null): string | null {
  return moment === null ? null : new Date(moment).toISOString()
}

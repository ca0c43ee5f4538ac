import type { Coupon, LoggedRedemption, Redemption } from './coupon-store.ts'

/** Answers in the contract's spelling. */

export function toWireCoupon(coupon: Coupon) {
  return {
    cpnNo: coupon.code,
    nm: coupon.name,
    discTypeIdx: coupon.discountType,
    disc: coupon.discount,
    discCurrency: coupon.discountType === 458 ? 'USD' : '',
    formatDiscCurrency: coupon.discountType === 458 ? `$${coupon.discount}` : `${coupon.discount}%`,
    strtYmd: coupon.startsOn ?? '',
    endYmd: coupon.endsOn ?? '',
    useLimit: coupon.useLimit,
    useCnt: coupon.used,
    onsiteYn: 'N',
    onsitePwd: '',
    memo: '',
  }
}

export function toWireRedeemed({ redemptionId, ordinal, used, remaining, redeemedAt }: Redemption) {
  return { redemptionId, ordinal, useCnt: used, remaining, redeemedAt }
}

export function toWireRedemption(redemption: LoggedRedemption) {
  return {
    redemptionId: redemption.redemptionId,
    cpnNo: redemption.code,
    cpnId: redemption.couponId,
    status: redemption.rolledBackAt === null ? 'REDEEMED' : 'ROLLED_BACK',
    ordinal: redemption.ordinal,
    userId: redemption.userId,
    memo: redemption.memo ?? '',
    idempotencyKey: redemption.idempotencyKey,
    takenAt: redemption.redeemedAt,
    redeemedAt: redemption.redeemedAt,
    expiresAt: null,
    endedAt: redemption.rolledBackAt,
    rollbackReason: redemption.rollbackReason,
  }
}

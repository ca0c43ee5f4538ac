import type {
  ConfirmReservationUserErrorCode,
  CouponRejectionReason,
  CreateCouponUserErrorCode,
  DeleteCouponUserErrorCode,
  RedeemCouponUserErrorCode,
  ReleaseReservationUserErrorCode,
  ReserveCouponUserErrorCode,
  RollbackRedemptionUserErrorCode,
  UpdateCouponUserErrorCode,
} from '@coupon-gateway/schema'

/** Every `reason` of a validation and every `code` in `userErrors`. */
export type RefusalCode =
  | CouponRejectionReason
  | ConfirmReservationUserErrorCode
  | CreateCouponUserErrorCode
  | DeleteCouponUserErrorCode
  | RedeemCouponUserErrorCode
  | ReleaseReservationUserErrorCode
  | ReserveCouponUserErrorCode
  | RollbackRedemptionUserErrorCode
  | UpdateCouponUserErrorCode

export interface RefusalText {
  /** What is so. */
  readonly text: string
  /** What one can do. */
  readonly advice: string
  /** Whether the gateway's own words tell more, such as how long to wait. */
  readonly isToldByGateway?: true
}

/** What people read, each in two sentences: what is so, and what to do. */
export const REFUSAL_TEXTS: Readonly<Record<RefusalCode, RefusalText>> = {
  NOT_FOUND: {
    text: 'There is no coupon with this code.',
    advice: 'Please check the spelling.',
  },
  NOT_STARTED: {
    text: 'This coupon is not valid yet.',
    advice: 'Please come back on its first day.',
  },
  EXPIRED: { text: 'This coupon is no longer valid.', advice: 'Another coupon may be.' },
  EXHAUSTED: { text: 'This coupon is used up.', advice: 'Another coupon may help.' },
  ALL_HELD: {
    text: 'Others are paying with the last uses of this coupon right now.',
    advice: 'If one of them does not, it is free again: try again in a few minutes.',
  },
  ALREADY_REDEEMED_BY_USER: {
    text: 'You have used this coupon already.',
    advice: 'Others still can; you need another coupon.',
  },
  USER_ID_REQUIRED: {
    text: 'This coupon is given to persons.',
    advice: 'It can only be used by somebody who is signed in.',
  },
  ONSITE_PASSWORD_REQUIRED: {
    text: 'This coupon is used in the shop.',
    advice: 'The staff redeem it there with their password.',
  },
  ONSITE_PASSWORD_WRONG: {
    text: 'The password is wrong.',
    advice: 'Please type it again. Too many wrong tries lock it for a while.',
  },
  TOO_MANY_ATTEMPTS: {
    text: 'There were too many wrong passwords.',
    advice: 'No password is tried for a while.',
    isToldByGateway: true,
  },
  INVALID_INPUT: {
    text: 'Something that was entered does not fit.',
    advice: 'Please correct it.',
    isToldByGateway: true,
  },
  IDEMPOTENCY_KEY_PARAMETER_MISMATCH: {
    text: 'This request was mixed up with another one.',
    advice: 'Nothing was changed: please start over.',
  },
  IDEMPOTENCY_CONCURRENT_REQUEST: {
    text: 'The first request is still being worked on.',
    advice: 'We ask again in a second.',
  },
  RESERVATION_NOT_FOUND: {
    text: 'The coupon is no longer held for you.',
    advice: 'Please enter it again.',
  },
  RESERVATION_EXPIRED: {
    text: 'The coupon was held for a while, and then somebody else took it.',
    advice: 'Please try another coupon.',
  },
  REDEMPTION_NOT_FOUND: {
    text: 'There is no such use of a coupon.',
    advice: 'There is nothing to take back.',
  },
  ALREADY_ROLLED_BACK: {
    text: 'It was taken back before.',
    advice: 'The use of the coupon is free again; there is nothing left to do.',
  },
  ROLLBACK_UNSUPPORTED: {
    text: 'This coupon cannot be given back.',
    advice: 'Please ask the shop for a new one.',
  },
  CODE_TAKEN: { text: 'There is a coupon with this code.', advice: 'Please choose another code.' },
  COUPON_LOCKED: {
    text: 'This coupon was used, and can no longer be changed.',
    advice: 'Delete it, or make a new one.',
  },
}

/** One that a later gateway added counts as final, as the schema asks of its clients. */
const UNKNOWN: RefusalText = {
  text: 'This coupon cannot be used.',
  advice: 'Please ask the shop.',
  isToldByGateway: true,
}

/** The text of a refusal; its code may be one that this page does not know yet. */
export function refusalText(code: string): RefusalText {
  return Object.hasOwn(REFUSAL_TEXTS, code) ? REFUSAL_TEXTS[code as RefusalCode] : UNKNOWN
}

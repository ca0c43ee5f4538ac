import type {
  ConfirmRejection,
  CreateRejection,
  DeleteRejection,
  RedeemResult,
  ReleaseRejection,
  RollbackRejection,
  UpdateRejection,
} from '@coupon-gateway/client'

/** Why no unit was taken, redeemed or reserved. */
export type TakeRejection = Exclude<
  Extract<RedeemResult, { outcome: 'rejected' }>['reason'],
  'UNKNOWN'
>

type RejectionReason =
  | TakeRejection
  | ConfirmRejection
  | ReleaseRejection
  | RollbackRejection
  | CreateRejection
  | UpdateRejection
  | DeleteRejection

/** What people are told of each reason for which a coupon service rejects a write. */
export const REJECTION_MESSAGES: Record<RejectionReason, string> = {
  NOT_FOUND: 'There is no coupon with this code.',
  NOT_STARTED: 'The coupon is not valid yet.',
  EXPIRED: 'The coupon has expired.',
  EXHAUSTED: 'The coupon is used up.',
  ALL_HELD: 'All uses of the coupon are reserved. Trying again later can succeed.',
  ALREADY_REDEEMED_BY_USER: 'This user has redeemed the coupon as often as one user may.',
  USER_ID_REQUIRED: 'A coupon that can be used more than once needs a userId.',
  ONSITE_PASSWORD_REQUIRED: 'The coupon needs the password that the staff of the shop types in.',
  ONSITE_PASSWORD_WRONG: 'This is not the password of the coupon.',
  TOO_MANY_ATTEMPTS: 'Too many wrong passwords.',
  RESERVATION_NOT_FOUND: 'There is no such reservation that is still to be decided.',
  RESERVATION_EXPIRED: 'The reservation has run out.',
  REDEMPTION_NOT_FOUND: 'There is no such redemption.',
  ALREADY_ROLLED_BACK: 'The redemption was taken back before, with another idempotencyKey.',
  ROLLBACK_UNSUPPORTED: 'The coupon service cannot take this redemption back.',
  CODE_TAKEN: 'Another coupon has this code.',
  COUPON_LOCKED: 'The coupon was used: only its memo can still be changed.',
}

import type { RedeemResult } from '@coupon-gateway/client'
import { REJECTION_MESSAGES, type TakeRejection } from './rejection-messages.ts'
import { userError } from './user-error.ts'
import type { RefusalWords } from './write.ts'

type Rejected = Extract<RedeemResult, { outcome: 'rejected' }>

/** Which part of the input each reason not to take a unit is about. */
const PATHS: Record<TakeRejection, string> = {
  NOT_FOUND: 'code',
  NOT_STARTED: 'code',
  EXPIRED: 'code',
  EXHAUSTED: 'code',
  ALL_HELD: 'code',
  ALREADY_REDEEMED_BY_USER: 'userId',
  USER_ID_REQUIRED: 'userId',
  ONSITE_PASSWORD_REQUIRED: 'onsitePassword',
  ONSITE_PASSWORD_WRONG: 'onsitePassword',
  TOO_MANY_ATTEMPTS: 'onsitePassword',
}

const INPUT = ['code', 'userId', 'memo', 'onsitePassword', 'ttlSeconds', 'idempotencyKey']

/** How redeemCoupon and reserveCoupon tell of their refusals. */
export const TAKE_REFUSAL: RefusalWords<Rejected, TakeRejection> = {
  pathOf: (field) => INPUT.find((it) => it === field),
  toError(rejected) {
    if (rejected.reason === 'UNKNOWN') {
      // A hosted upstream's own reason: it refused, and the contract has no word for why.
      return userError('NOT_FOUND', 'code', 'The coupon cannot be used.')
    }
    const { reason } = rejected
    return userError(reason, PATHS[reason], `${REJECTION_MESSAGES[reason]}${waitOf(rejected)}`)
  },
}

function waitOf(rejected: Rejected): string {
  return rejected.reason === 'TOO_MANY_ATTEMPTS' && rejected.retryAfterMs !== null
    ? ` No password is tried for another ${Math.ceil(rejected.retryAfterMs / 1000)} seconds.`
    : ''
}

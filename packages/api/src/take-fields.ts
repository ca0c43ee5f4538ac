import type { RedeemCouponInput } from '@coupon-gateway/core'
import { type Static, Type } from 'typebox'
import type { Caller } from './api-keys.ts'
import { cpnNo, emptyToNull, memo, onsitePwd, readCpnNo, userId } from './coupon-fields.ts'
import type { ErrorSymbol } from './error-symbols.ts'

/** What `redeem` and `reserve` take alike: each takes one unit of a coupon. */
export const takeFields = {
  cpnNo: cpnNo(),
  onsitePwd: Type.Optional(onsitePwd()),
  userId: Type.Optional(userId()),
  memo: Type.Optional(memo()),
}

export const TAKE_EXAMPLES = [
  { cpnNo: 'FRIENDS05', userId: 'user-17', memo: 'checkout' },
  { cpnNo: 'INSTORE42', onsitePwd: '4242', memo: 'till 7' },
]

/** Why no unit is taken. */
export const TAKE_ERRORS: readonly ErrorSymbol[] = [
  'NOT_FOUND',
  'NOT_STARTED',
  'EXPIRED',
  'EXHAUSTED',
  'ALL_HELD',
  'ALREADY_REDEEMED_BY_USER',
  'USER_ID_REQUIRED',
  'ONSITE_PASSWORD_REQUIRED',
  'ONSITE_PASSWORD_WRONG',
  'TOO_MANY_ATTEMPTS',
]

const fieldsObject = Type.Object(takeFields)

/** @throws ApiError INVALID_INPUT */
export function toUnitRequest(
  { accountId, keyId }: Caller,
  fields: Static<typeof fieldsObject>,
): Omit<RedeemCouponInput, 'idempotencyKey'> {
  return {
    accountId,
    code: readCpnNo(fields.cpnNo),
    userId: emptyToNull(fields.userId),
    memo: fields.memo ?? '',
    onsitePassword: emptyToNull(fields.onsitePwd),
    caller: `key:${keyId}`,
  }
}

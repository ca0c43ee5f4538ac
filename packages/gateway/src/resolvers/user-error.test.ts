import type {
  ConfirmRejection,
  CreateRejection,
  DeleteRejection,
  ReleaseRejection,
  RollbackRejection,
  UpdateRejection,
} from '@coupon-gateway/client'
import type {
  ConfirmReservationUserErrorCode,
  CreateCouponUserErrorCode,
  DeleteCouponUserErrorCode,
  RedeemCouponUserErrorCode,
  ReleaseReservationUserErrorCode,
  ReserveCouponUserErrorCode,
  RollbackRedemptionUserErrorCode,
  UpdateCouponUserErrorCode,
} from '@coupon-gateway/schema'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type { TakeRejection } from './rejection-messages.ts'
import { type CommonUserErrorCode, userError } from './user-error.ts'

describe('userError', () => {
  it('names the path within the input', () => {
    expect(userError('INVALID_INPUT', 'discount.percent', 'No.').field).toEqual([
      'input',
      'discount',
      'percent',
    ])
  })

  it('has no field when it is about no single one', () => {
    expect(userError('COUPON_LOCKED', null, 'No.').field).toBeNull()
  })
})

it('the codes of each mutation are those that it can end in, and no others', () => {
  expectTypeOf<RedeemCouponUserErrorCode>().toEqualTypeOf<CommonUserErrorCode | TakeRejection>()
  expectTypeOf<ReserveCouponUserErrorCode>().toEqualTypeOf<CommonUserErrorCode | TakeRejection>()
  expectTypeOf<ConfirmReservationUserErrorCode>().toEqualTypeOf<
    CommonUserErrorCode | ConfirmRejection
  >()
  expectTypeOf<ReleaseReservationUserErrorCode>().toEqualTypeOf<
    CommonUserErrorCode | ReleaseRejection
  >()
  expectTypeOf<RollbackRedemptionUserErrorCode>().toEqualTypeOf<
    CommonUserErrorCode | RollbackRejection
  >()
  expectTypeOf<CreateCouponUserErrorCode>().toEqualTypeOf<CommonUserErrorCode | CreateRejection>()
  expectTypeOf<UpdateCouponUserErrorCode>().toEqualTypeOf<CommonUserErrorCode | UpdateRejection>()
  expectTypeOf<DeleteCouponUserErrorCode>().toEqualTypeOf<CommonUserErrorCode | DeleteRejection>()
})

import { describe, expectTypeOf, it } from 'vitest'
import type {
  ConfirmResult,
  CreateResult,
  DeleteResult,
  FindRedemptionResult,
  RedeemResult,
  ReleaseResult,
  ReserveResult,
  RollbackResult,
  UpdateResult,
  UpstreamClient,
  UpstreamCoupon,
  ValidateRejection,
  ValidateResult,
} from '../src/index.ts'

type Outcome<Result extends { outcome: string }, Name> = Extract<Result, { outcome: Name }>

describe('the types of results', () => {
  it('name every outcome', () => {
    expectTypeOf<ValidateResult['outcome']>().toEqualTypeOf<'usable' | 'rejected'>()
    expectTypeOf<RedeemResult['outcome']>().toEqualTypeOf<
      'redeemed' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
    expectTypeOf<ReserveResult['outcome']>().toEqualTypeOf<
      'reserved' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
    expectTypeOf<ConfirmResult['outcome']>().toEqualTypeOf<
      'confirmed' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
    expectTypeOf<ReleaseResult['outcome']>().toEqualTypeOf<
      'released' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
    expectTypeOf<RollbackResult['outcome']>().toEqualTypeOf<
      'rolled-back' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
    expectTypeOf<FindRedemptionResult['outcome']>().toEqualTypeOf<'found' | 'rejected'>()
    expectTypeOf<CreateResult['outcome']>().toEqualTypeOf<
      'created' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
    expectTypeOf<UpdateResult['outcome']>().toEqualTypeOf<
      'updated' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
    expectTypeOf<DeleteResult['outcome']>().toEqualTypeOf<
      'deleted' | 'rejected' | 'key-reused' | 'key-in-use'
    >()
  })

  it('name every reason', () => {
    expectTypeOf<Outcome<ValidateResult, 'rejected'>['reason']>().toEqualTypeOf<
      | 'NOT_FOUND'
      | 'NOT_STARTED'
      | 'EXPIRED'
      | 'EXHAUSTED'
      | 'ALREADY_REDEEMED_BY_USER'
      | 'USER_ID_REQUIRED'
      | 'ALL_HELD'
      | 'UNKNOWN'
    >()
    expectTypeOf<Outcome<RedeemResult, 'rejected'>['reason']>().toEqualTypeOf<
      | Outcome<ValidateResult, 'rejected'>['reason']
      | 'ONSITE_PASSWORD_REQUIRED'
      | 'ONSITE_PASSWORD_WRONG'
      | 'TOO_MANY_ATTEMPTS'
    >()
    expectTypeOf<Outcome<ReserveResult, 'rejected'>['reason']>().toEqualTypeOf<
      Outcome<RedeemResult, 'rejected'>['reason']
    >()
    expectTypeOf<Outcome<ConfirmResult, 'rejected'>['reason']>().toEqualTypeOf<
      | 'RESERVATION_NOT_FOUND'
      | 'RESERVATION_EXPIRED'
      | Exclude<ValidateRejection, 'EXHAUSTED' | 'ALL_HELD'>
      | 'ONSITE_PASSWORD_REQUIRED'
      | 'UNKNOWN'
    >()
    expectTypeOf<Outcome<ReleaseResult, 'rejected'>['reason']>().toEqualTypeOf<
      'RESERVATION_NOT_FOUND' | 'UNKNOWN'
    >()
    expectTypeOf<Outcome<RollbackResult, 'rejected'>['reason']>().toEqualTypeOf<
      'REDEMPTION_NOT_FOUND' | 'ALREADY_ROLLED_BACK' | 'ROLLBACK_UNSUPPORTED' | 'UNKNOWN'
    >()
    expectTypeOf<Outcome<FindRedemptionResult, 'rejected'>['reason']>().toEqualTypeOf<
      'REDEMPTION_NOT_FOUND' | 'UNKNOWN'
    >()
    expectTypeOf<Outcome<CreateResult, 'rejected'>['reason']>().toEqualTypeOf<
      'CODE_TAKEN' | 'UNKNOWN'
    >()
    expectTypeOf<Outcome<UpdateResult, 'rejected'>['reason']>().toEqualTypeOf<
      'NOT_FOUND' | 'COUPON_LOCKED' | 'UNKNOWN'
    >()
    expectTypeOf<Outcome<DeleteResult, 'rejected'>['reason']>().toEqualTypeOf<
      'NOT_FOUND' | 'UNKNOWN'
    >()
  })

  it('have only the fields of their state', () => {
    expectTypeOf<Outcome<ValidateResult, 'usable'>['coupon']>().toEqualTypeOf<UpstreamCoupon>()
    expectTypeOf<Outcome<RedeemResult, 'redeemed'>['idempotencyKey']>().toEqualTypeOf<string>()
    const tell = (rejected: Outcome<RedeemResult, 'rejected'>) => {
      switch (rejected.reason) {
        case 'TOO_MANY_ATTEMPTS':
          expectTypeOf(rejected.retryAfterMs).toEqualTypeOf<number | null>()
          return
        case 'UNKNOWN':
          expectTypeOf(rejected.upstreamCode).toEqualTypeOf<number>()
          return
        default:
          expectTypeOf(rejected).not.toHaveProperty('retryAfterMs')
      }
    }
    expectTypeOf(tell).returns.toBeVoid()
    expectTypeOf<UpstreamCoupon>().not.toHaveProperty('onsitePassword')
  })

  it('demand what a call cannot do without', () => {
    expectTypeOf<UpstreamClient['redeem']>().parameter(0).toHaveProperty('code')
    // @ts-expect-error a coupon has a discount
    const settings: Parameters<UpstreamClient['create']>[0]['settings'] = { name: 'x' }
    expectTypeOf(settings).toHaveProperty('discount')
  })
})

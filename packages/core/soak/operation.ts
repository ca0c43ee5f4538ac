import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { CouponCore } from '../src/index.ts'

/** One write of the soak. Its key makes it repeatable; what it was told is what the verdict is about. */
export interface Operation {
  readonly kind: 'redeem' | 'reserve' | 'confirm' | 'release' | 'rollback'
  readonly key: string
  /** Of redeem and reserve. */
  readonly code?: CouponCode
  readonly userId?: string
  readonly ttlSeconds?: number
  /** Of the others. */
  readonly redemptionId?: string
}

/** What the caller was told: an outcome, and of a unit its id and ordinal. */
export interface Told {
  readonly outcome: string
  readonly reason?: string
  readonly redemptionId?: string
  readonly ordinal?: number | null
  readonly status?: string
}

/** A line of a worker's output: it is about to call, or it was told. */
export type Line =
  | { readonly event: 'call'; readonly operation: Operation }
  | { readonly event: 'told'; readonly key: string; readonly told: Told }

/** Carries an operation out. Repeating it with its key has no second effect. */
export async function carryOut(
  core: CouponCore,
  accountId: number,
  operation: Operation,
): Promise<Told> {
  const { kind, key: idempotencyKey, code, userId = null, redemptionId = '' } = operation
  if (kind === 'redeem' || kind === 'reserve') {
    if (code === undefined) throw new Error(`${kind} without a code`)
    const request = {
      accountId,
      code,
      userId,
      memo: 'soak',
      onsitePassword: null,
      caller: 'soak',
      idempotencyKey,
    }
    const result =
      kind === 'redeem'
        ? await core.redeem(request)
        : await core.reserve({ ...request, ttlSeconds: operation.ttlSeconds ?? 60 })
    switch (result.outcome) {
      case 'redeemed':
        return tell(result.outcome, result.redemption)
      case 'reserved':
        return tell(result.outcome, result.reservation)
      case 'rejected':
        return { outcome: 'rejected', reason: result.reason }
      default:
        return { outcome: result.outcome }
    }
  }
  const settle = { accountId, redemptionId, idempotencyKey }
  const result =
    kind === 'confirm'
      ? await core.confirm(settle)
      : kind === 'release'
        ? await core.release(settle)
        : await core.rollback({ ...settle, reason: 'soak' })
  switch (result.outcome) {
    case 'settled':
      return { ...tell(result.outcome, result.redemption), status: result.redemption.status }
    case 'rejected':
      return { outcome: 'rejected', reason: result.reason }
    default:
      return { outcome: result.outcome }
  }
}

function tell(
  outcome: string,
  { redemptionId, ordinal }: { readonly redemptionId: string; readonly ordinal: number | null },
): Told {
  return { outcome, redemptionId, ordinal }
}

import { randomUUID } from 'node:crypto'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { CouponCore } from '../src/index.ts'
import type { Answer, Call, Reason } from './call.ts'

/** A client of one core, whose calls on one coupon are recorded. */
export interface Actor {
  redeem(userId: string | null, key?: string): Promise<Answer>
  reserve(userId: string | null, key?: string): Promise<Answer>
  confirm(redemptionId: string, key?: string): Promise<Answer>
  release(redemptionId: string, key?: string): Promise<Answer>
  rollback(redemptionId: string, key?: string): Promise<Answer>
}

/** The calls for one coupon. */
export interface Recording {
  readonly calls: readonly Call[]
  /** Calls that were not answered yet. */
  readonly open: number
  record(
    call: Pick<Call, 'step' | 'userId' | 'key' | 'redemptionId'>,
    act: () => Promise<CoreResult>,
  ): Promise<Answer>
}

type CoreResult = Awaited<
  ReturnType<CouponCore['redeem' | 'reserve' | 'confirm' | 'release' | 'rollback']>
>

/** @param nextMoment later than all before, of whatever recording */
export function startRecording(nextMoment: () => number): Recording {
  const calls: Call[] = []
  let open = 0
  return {
    calls,
    get open() {
      return open
    },
    async record(call, act) {
      const calledAt = nextMoment()
      open += 1
      const answer = await act().then(toAnswer, (error: Error): Answer => {
        return { outcome: 'failed', why: `${error.name}: ${error.message}` }
      })
      open -= 1
      calls.push({ ...call, calledAt, returnedAt: nextMoment(), answer })
      return answer
    },
  }
}

export function createActor(
  core: CouponCore,
  { record }: Recording,
  coupon: { readonly accountId: number; readonly code: CouponCode },
): Actor {
  const request = { ...coupon, memo: '', onsitePassword: null, caller: 'race-museum' }
  const take =
    (step: 'redeem' | 'reserve'): Actor['redeem'] =>
    (userId, key = randomUUID()) =>
      record({ step, userId, key, redemptionId: null }, () =>
        core[step]({ ...request, userId, idempotencyKey: key }),
      )
  const settle =
    (step: 'confirm' | 'release' | 'rollback'): Actor['confirm'] =>
    (redemptionId, key = randomUUID()) => {
      const { accountId } = coupon
      const input = { accountId, redemptionId, idempotencyKey: key, reason: 'race museum' }
      return record({ step, userId: null, key, redemptionId }, () => core[step](input))
    }
  return {
    redeem: take('redeem'),
    reserve: take('reserve'),
    confirm: settle('confirm'),
    release: settle('release'),
    rollback: settle('rollback'),
  }
}

function toAnswer(result: CoreResult): Answer {
  switch (result.outcome) {
    case 'redeemed':
    case 'reserved': {
      const unit = result.outcome === 'redeemed' ? result.redemption : result.reservation
      const { redemptionId, ordinal } = unit
      return { outcome: 'granted', redemptionId, ordinal, replayed: result.replayed }
    }
    case 'settled':
      return {
        outcome: 'settled',
        status: result.redemption.status,
        replayed: result.replayed,
      }
    case 'rejected':
      return { outcome: 'rejected', reason: result.reason satisfies Reason }
    default:
      return { outcome: 'failed', why: result.outcome }
  }
}

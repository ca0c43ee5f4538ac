import type { RedemptionStatus, TakeRejection } from '../src/index.ts'

/** One call to the core, as its caller saw it. Moments count the calls and answers of the whole stage. */
export interface Call {
  readonly step: 'redeem' | 'reserve' | 'confirm' | 'release' | 'rollback'
  /** Of whom a unit was taken; null when he gave no name. */
  readonly userId: string | null
  readonly key: string
  /** Which unit a confirmation, release or rollback was about; null of the others. */
  readonly redemptionId: string | null
  readonly calledAt: number
  readonly returnedAt: number
  readonly answer: Answer
}

export type Answer =
  | {
      readonly outcome: 'granted'
      readonly redemptionId: string
      readonly ordinal: number | null
      readonly replayed: boolean
    }
  | {
      readonly outcome: 'settled'
      readonly status: RedemptionStatus
      readonly replayed: boolean
    }
  | { readonly outcome: 'rejected'; readonly reason: Reason }
  /** The core threw, or said that it is busy: the call had no effect. */
  | { readonly outcome: 'failed'; readonly why: string }

export type Reason =
  | TakeRejection
  | 'RESERVATION_NOT_FOUND'
  | 'RESERVATION_EXPIRED'
  | 'REDEMPTION_NOT_FOUND'
  | 'ALREADY_ROLLED_BACK'

export type GrantedCall = Call & { readonly answer: { readonly outcome: 'granted' } }

export function isGranted(call: Call): call is GrantedCall {
  return call.answer.outcome === 'granted'
}

/** Whether it is told of a taken unit that it came back. */
export function isGivenBack({ step, answer }: Call): boolean {
  return answer.outcome === 'settled' && !answer.replayed && step !== 'confirm'
}

/** Refused since no unit is free. */
export function isRefusedForWant({ answer }: Call): boolean {
  return (
    answer.outcome === 'rejected' && (answer.reason === 'EXHAUSTED' || answer.reason === 'ALL_HELD')
  )
}

import type { RedemptionFieldsFragment } from '@coupon-gateway/schema'
import type { RefusalCode } from '../texts/refusals.ts'
import type { Answer } from './ask.ts'
import { type Failure, failureOf } from './failure.ts'

export type Redemption = RedemptionFieldsFragment

/** What became of one try of a write. */
export type WriteResult =
  | { readonly kind: 'done'; readonly redemption: Redemption }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'failed'; readonly failure: Failure }

/** Why nothing was changed, where the one who asked can do something about it. */
export interface Refusal {
  readonly code: RefusalCode
  /** In the gateway's words, which say more for a few codes. */
  readonly message: string
}

/** What all payloads of writes to a redemption have. */
interface Payload {
  readonly redemption: Redemption | null
  readonly userErrors: readonly Refusal[]
}

/** @param pick takes the payload out of the data of the answer */
export function toWriteResult<Data>(
  answer: Answer<Data>,
  pick: (data: Data) => Payload | null,
): WriteResult {
  if (!answer.isAnswer) return { kind: 'failed', failure: answer.failure }
  const payload = pick(answer.data)
  const refusal = payload?.userErrors[0]
  if (refusal !== undefined) {
    return { kind: 'refused', refusal: { code: refusal.code, message: refusal.message } }
  }
  return payload?.redemption
    ? { kind: 'done', redemption: payload.redemption }
    : { kind: 'failed', failure: failureOf('UNREADABLE_ANSWER') }
}

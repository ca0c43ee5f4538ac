import type { Failure } from '../gateway/failure.ts'
import type { Redemption, Refusal } from '../gateway/write-result.ts'
import {
  hurried,
  judge,
  newWrite,
  type PendingWrite,
  type WriteAnswer,
} from '../parts/pending-write.ts'
import type { Due, Flow } from '../parts/run-flow.ts'

// One customer at the desk:
//
//   finding ──► shown ──► redeeming ──► redeemed ──► finding
//                 ▲           │
//                 └─ refused ─┘   with the same key: it is still the same intention
//
// The staff's password is in no state: it is never kept. A request that is repeated after a reload goes out without
// it, which is enough to be given the answer of the first, and otherwise asks for the password again.

export type DeskNotice =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'stopped'; readonly failure: Failure }
  /** The first request never had its effect, and its password is gone with the reload. */
  | { readonly kind: 'password again' }

export type InStoreStage =
  | { readonly at: 'finding' }
  | {
      readonly at: 'shown'
      readonly code: string
      /** Of this intention to redeem, from its first try to its end. */
      readonly key: string
      readonly notice: DeskNotice | null
    }
  | {
      readonly at: 'redeeming'
      readonly code: string
      /** Given for coupons that count the uses of each customer. */
      readonly userId: string | null
      readonly write: PendingWrite
    }
  | { readonly at: 'redeemed'; readonly code: string; readonly redemption: Redemption }
  | { readonly at: 'gave-up'; readonly code: string; readonly key: string }

export type InStoreEvent =
  | { readonly kind: 'found'; readonly code: string; readonly key: string }
  | { readonly kind: 'redeem'; readonly userId: string | null }
  | { readonly kind: 'try now' }
  | { readonly kind: 'give up' }
  | { readonly kind: 'next customer' }
  | {
      readonly kind: 'written'
      readonly answer: WriteAnswer
      /** Whether this try went on with one from before a reload, which took the password along. */
      readonly isPasswordForgotten: boolean
    }

export interface InStoreCall {
  readonly key: string
  readonly code: string
  readonly userId: string | null
}

export const FINDING: InStoreStage = { at: 'finding' }

export const inStoreFlow: Flow<InStoreStage, InStoreEvent, InStoreCall> = { advance, due }

function advance(stage: InStoreStage, event: InStoreEvent): InStoreStage {
  switch (event.kind) {
    case 'found':
      if (stage.at === 'shown' && stage.code === event.code) return stage
      return stage.at === 'finding' || stage.at === 'shown'
        ? { at: 'shown', code: event.code, key: event.key, notice: null }
        : stage
    case 'redeem':
      return stage.at === 'shown'
        ? {
            at: 'redeeming',
            code: stage.code,
            userId: event.userId,
            write: newWrite(stage.key),
          }
        : stage
    case 'written':
      return stage.at === 'redeeming' && stage.write.key === event.answer.key
        ? afterAnswer(stage, event.answer, event.isPasswordForgotten)
        : stage
    case 'try now':
      return stage.at === 'redeeming' && stage.write.dueAtMs > 0
        ? { ...stage, write: hurried(stage.write) }
        : stage
    case 'give up':
      return stage.at === 'redeeming' && stage.write.trouble !== null
        ? { at: 'gave-up', code: stage.code, key: stage.write.key }
        : stage
    case 'next customer':
      return stage.at === 'redeeming' || stage.at === 'finding' ? stage : FINDING
    default:
      throw new TypeError(`Unknown event: ${JSON.stringify(event satisfies never)}`)
  }
}

function afterAnswer(
  { code, userId, write }: InStoreStage & { at: 'redeeming' },
  answer: WriteAnswer,
  isPasswordForgotten: boolean,
): InStoreStage {
  const verdict = judge(write, answer)
  switch (verdict.kind) {
    case 'open':
      return { at: 'redeeming', code, userId, write: verdict.write }
    case 'done':
      return { at: 'redeemed', code, redemption: verdict.redemption }
    case 'stopped':
      return { at: 'shown', code, key: write.key, notice: verdict }
    case 'refused': {
      const isForgotten = isPasswordForgotten && verdict.refusal.code === 'ONSITE_PASSWORD_REQUIRED'
      const notice = isForgotten ? ({ kind: 'password again' } as const) : verdict
      return { at: 'shown', code, key: write.key, notice }
    }
    default:
      throw new TypeError(`Unknown verdict: ${JSON.stringify(verdict satisfies never)}`)
  }
}

function due(stage: InStoreStage): Due<InStoreCall> | null {
  if (stage.at !== 'redeeming') return null
  const { code, userId, write } = stage
  return {
    id: `${write.key} ${write.tries}`,
    atMs: write.dueAtMs,
    call: { key: write.key, code, userId },
  }
}

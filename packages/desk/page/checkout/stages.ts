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

// One order with one coupon:
//
//   choosing ──► reserving ──► reserved ──► paying ──► confirming ──► done ──► rolling-back ──► rolled-back
//      ▲             │             │           │            │
//      └── refused ──┘             └─ cancel ──┤            └─ refused: the payment goes back ──► refunded
//      ▲                                       ▼ declined
//      └────────────────────────────────── releasing
//
// Each `…ing` waits for an answer, with its key in the state: a reload goes on there. Where no answer can be had,
// `give up` leads to `gave-up`, which says what is not known.

/** What is bought, by whom, with which coupon. */
export interface Order {
  readonly orderNumber: string
  readonly code: string
  readonly customerId: string
  /** What the coupon gives, as it was when the customer chose it. */
  readonly discount: string
  /** What it takes off, in cents: a text, since the stage is kept as JSON. */
  readonly offCents: string
}

export interface Payment {
  readonly id: string
  /** Which of the two buttons of the demo was pressed: there is no bank behind it that could decide. */
  readonly willSucceed: boolean
}

/** Why the customer is where they are. */
export type Notice =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'stopped'; readonly failure: Failure }
  | { readonly kind: 'released'; readonly why: ReleaseReason }
  | { readonly kind: 'ended' }

export type ReleaseReason = 'declined' | 'cancelled'

export type CheckoutStage =
  | { readonly at: 'choosing'; readonly notice: Notice | null }
  | { readonly at: 'reserving'; readonly order: Order; readonly write: PendingWrite }
  | { readonly at: 'reserved'; readonly order: Order; readonly reservation: Redemption }
  | {
      readonly at: 'paying'
      readonly order: Order
      readonly reservation: Redemption
      readonly payment: Payment
      /** Of the confirmation or the release that follows. */
      readonly key: string
    }
  | {
      readonly at: 'confirming'
      readonly order: Order
      readonly reservation: Redemption
      readonly payment: Payment
      readonly write: PendingWrite
    }
  | {
      readonly at: 'releasing'
      readonly order: Order
      readonly reservation: Redemption
      readonly why: ReleaseReason
      readonly write: PendingWrite
    }
  | { readonly at: 'refunded'; readonly order: Order; readonly notice: Notice }
  | {
      readonly at: 'done'
      readonly order: Order
      readonly redemption: Redemption
      readonly notice: Notice | null
    }
  | {
      readonly at: 'rolling-back'
      readonly order: Order
      readonly redemption: Redemption
      readonly write: PendingWrite
    }
  | { readonly at: 'rolled-back'; readonly order: Order }
  | {
      readonly at: 'gave-up'
      readonly order: Order
      readonly what: 'reserving' | 'confirming' | 'releasing' | 'rolling-back'
      readonly key: string
    }

export type CheckoutEvent =
  | { readonly kind: 'reserve'; readonly order: Order; readonly key: string }
  | { readonly kind: 'pay'; readonly payment: Payment; readonly key: string }
  | { readonly kind: 'cancel'; readonly key: string }
  | { readonly kind: 'roll back'; readonly key: string }
  | { readonly kind: 'try now' }
  | { readonly kind: 'give up' }
  | { readonly kind: 'start over' }
  | { readonly kind: 'written'; readonly answer: WriteAnswer }
  | { readonly kind: 'paid'; readonly paymentId: string; readonly isPaid: boolean }

export type CheckoutCall =
  | { readonly kind: 'reserve'; readonly key: string; readonly order: Order }
  | { readonly kind: 'pay'; readonly payment: Payment; readonly order: Order }
  | { readonly kind: 'confirm'; readonly key: string; readonly reservationId: string }
  | { readonly kind: 'release'; readonly key: string; readonly reservationId: string }
  | { readonly kind: 'roll back'; readonly key: string; readonly redemptionId: string }

export const CHOOSING: CheckoutStage = { at: 'choosing', notice: null }

export const checkoutFlow: Flow<CheckoutStage, CheckoutEvent, CheckoutCall> = { advance, due }

function advance(stage: CheckoutStage, event: CheckoutEvent): CheckoutStage {
  switch (event.kind) {
    case 'reserve':
      if (stage.at !== 'choosing') return stage
      return { at: 'reserving', order: event.order, write: newWrite(event.key) }
    case 'pay': {
      if (stage.at !== 'reserved') return stage
      const { order, reservation } = stage
      return { at: 'paying', order, reservation, payment: event.payment, key: event.key }
    }
    case 'paid':
      return stage.at === 'paying' && stage.payment.id === event.paymentId
        ? afterPayment(stage, event.isPaid)
        : stage
    case 'cancel': {
      if (stage.at !== 'reserved') return stage
      const { order, reservation } = stage
      return { at: 'releasing', order, reservation, why: 'cancelled', write: newWrite(event.key) }
    }
    case 'roll back': {
      if (stage.at !== 'done') return stage
      const { order, redemption } = stage
      return { at: 'rolling-back', order, redemption, write: newWrite(event.key) }
    }
    case 'written':
      return 'write' in stage && stage.write.key === event.answer.key
        ? afterAnswer(stage, event.answer)
        : stage
    case 'try now':
      return 'write' in stage && stage.write.dueAtMs > 0
        ? { ...stage, write: hurried(stage.write) }
        : stage
    case 'give up':
      return 'write' in stage && stage.write.trouble !== null
        ? { at: 'gave-up', order: stage.order, what: stage.at, key: stage.write.key }
        : stage
    case 'start over':
      return isAtRest(stage) && stage !== CHOOSING ? CHOOSING : stage
    default:
      throw new TypeError(`Unknown event: ${JSON.stringify(event satisfies never)}`)
  }
}

/** Nothing is held and nothing is on its way. */
function isAtRest({ at }: CheckoutStage): boolean {
  return ['choosing', 'refunded', 'done', 'rolled-back', 'gave-up'].includes(at)
}

function afterPayment(
  { order, reservation, payment, key }: CheckoutStage & { at: 'paying' },
  isPaid: boolean,
): CheckoutStage {
  const write = newWrite(key)
  return isPaid
    ? { at: 'confirming', order, reservation, payment, write }
    : { at: 'releasing', order, reservation, why: 'declined', write }
}

type WritingStage = Extract<CheckoutStage, { write: PendingWrite }>

function afterAnswer(stage: WritingStage, answer: WriteAnswer): CheckoutStage {
  const verdict = judge(stage.write, answer)
  switch (verdict.kind) {
    case 'open':
      return { ...stage, write: verdict.write }
    case 'done':
      return afterEffect(stage, verdict.redemption)
    case 'refused':
    case 'stopped':
      return afterRefusal(stage, verdict)
    default:
      throw new TypeError(`Unknown verdict: ${JSON.stringify(verdict satisfies never)}`)
  }
}

/** The answer to a key that was sent before may tell of what came after it: its status decides. */
function afterEffect(stage: WritingStage, redemption: Redemption): CheckoutStage {
  const { order } = stage
  switch (stage.at) {
    case 'reserving':
      if (redemption.status !== 'RESERVED') return { at: 'choosing', notice: { kind: 'ended' } }
      return { at: 'reserved', order, reservation: redemption }
    case 'confirming':
      return redemption.status === 'REDEEMED'
        ? { at: 'done', order, redemption, notice: null }
        : { at: 'refunded', order, notice: { kind: 'ended' } }
    case 'releasing':
      return { at: 'choosing', notice: { kind: 'released', why: stage.why } }
    case 'rolling-back':
      return { at: 'rolled-back', order }
    default:
      throw new TypeError(`Unknown stage: ${JSON.stringify(stage satisfies never)}`)
  }
}

function afterRefusal(
  stage: WritingStage,
  notice: Extract<Notice, { kind: 'refused' | 'stopped' }>,
): CheckoutStage {
  const { order } = stage
  switch (stage.at) {
    case 'reserving':
      return { at: 'choosing', notice }
    case 'confirming':
      return { at: 'refunded', order, notice }
    case 'releasing':
      // It is not held any more, or runs out by itself: either way there is nothing to wait for.
      return { at: 'choosing', notice: notice.kind === 'refused' ? { kind: 'ended' } : notice }
    case 'rolling-back':
      return notice.kind === 'refused' && notice.refusal.code === 'ALREADY_ROLLED_BACK'
        ? { at: 'rolled-back', order }
        : { at: 'done', order, redemption: stage.redemption, notice }
    default:
      throw new TypeError(`Unknown stage: ${JSON.stringify(stage satisfies never)}`)
  }
}

function due(stage: CheckoutStage): Due<CheckoutCall> | null {
  switch (stage.at) {
    case 'reserving':
      return written(stage.write, { kind: 'reserve', key: stage.write.key, order: stage.order })
    case 'paying': {
      const { payment, order } = stage
      return { id: payment.id, atMs: 0, call: { kind: 'pay', payment, order } }
    }
    case 'confirming':
    case 'releasing':
      return written(stage.write, {
        kind: stage.at === 'confirming' ? 'confirm' : 'release',
        key: stage.write.key,
        reservationId: stage.reservation.id,
      })
    case 'rolling-back':
      return written(stage.write, {
        kind: 'roll back',
        key: stage.write.key,
        redemptionId: stage.redemption.id,
      })
    case 'choosing':
    case 'reserved':
    case 'refunded':
    case 'done':
    case 'rolled-back':
    case 'gave-up':
      return null
    default:
      throw new TypeError(`Unknown stage: ${JSON.stringify(stage satisfies never)}`)
  }
}

function written(write: PendingWrite, call: CheckoutCall): Due<CheckoutCall> {
  return { id: `${write.key} ${write.tries}`, atMs: write.dueAtMs, call }
}

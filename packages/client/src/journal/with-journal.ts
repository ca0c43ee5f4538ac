import type { Answer } from '../attempt-outcome.ts'
import type { TimedCall } from '../call.ts'
import type { Clock } from '../clock.ts'
import { endInTime } from './end-in-time.ts'
import { createHostedSteps } from './hosted-steps.ts'
import type { JournalStep } from './journal-step.ts'
import type { JournalStage } from './open-journal-stage.ts'
import { createRedeemOnce } from './redeem-once.ts'

export interface JournalStageParts {
  /** Null: an upstream that keeps the keys itself, or a client without memory. */
  readonly journal: JournalStage | null
  readonly clock: Clock
}

/** Does by a journal what a hosted upstream cannot do, or not safely. Other calls pass. */
export function withJournal(
  { journal: stage, clock }: JournalStageParts,
  next: (call: TimedCall) => Promise<Answer>,
): (call: TimedCall) => Promise<Answer> {
  if (stage === null) return next
  const redeemOnce = createRedeemOnce({ ...stage, clock }, next)
  const steps = createHostedSteps({ ...stage, clock, redeemOnce })

  return function passJournal(call) {
    const { journalStep: step } = call
    return step === null ? next(call) : endInTime(call, clock, take(step, call))
  }

  async function take(step: JournalStep, call: TimedCall): Promise<Answer> {
    const { effect } = call
    if (step.kind === 'find') return steps.find(step.by)
    if (effect.kind === 'read') throw new Error(`a read that is to ${step.kind}`)
    const { idempotencyKey } = effect
    switch (step.kind) {
      case 'redeem':
        return redeemOnce(call, { idempotencyKey, intent: step.intent, holdId: null })
      case 'reserve':
        return steps.reserve(call, { ...step, idempotencyKey })
      case 'confirm':
        return steps.confirm(call, step.reservationId)
      case 'release':
        return steps.release(step.reservationId)
      case 'rollback':
        return steps.rollBack(call, { ...step, idempotencyKey })
      default:
        throw new Error(`unknown step ${step satisfies never}`)
    }
  }
}

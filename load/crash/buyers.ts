import { setTimeout as delay } from 'node:timers/promises'
import type { Call } from '../call.ts'
import type { Endpoint, Outcome } from '../plan.ts'
import { sendCall } from '../runner/send-call.ts'

/** What a caller does not do for longer: a service that is killed while it answers says nothing at all. */
const ANSWER_TIMEOUT_MS = 5_000
const ASK_AGAIN_AFTER_MS = 50
/** Long after everything runs again. */
const GIVE_UP_AFTER_MS = 60_000

/** There was no answer in all the time that a caller tried. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

/** Customers, many at once, each with one redemption in mind. */
export interface Buyers {
  /** Attempts in all; each is by a user of its own, with a key of its own. */
  readonly attempts: number
  readonly atOnce: number
  /** Told of each answer that decides. */
  readonly onAnswer: (key: string, outcome: Outcome) => void
}

/** Lets everybody redeem, until everybody knows. */
export async function redeemAll(
  endpoint: Endpoint,
  coupon: string,
  { attempts, atOnce, onAnswer }: Buyers,
): Promise<void> {
  let next = 0
  async function buyer(): Promise<void> {
    while (next < attempts) {
      const call = redemptionOf(coupon, next)
      next += 1
      onAnswer(call.key, await askUntilKnown(endpoint, call))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, buyer))
}

/** The redemption that the n-th attempt has in mind. */
export function redemptionOf(coupon: string, n: number): Call & { readonly key: string } {
  return { coupon, operation: 'redeem', user: `user-${n}`, key: `${coupon}-${n}` }
}

/**
 * Sends a call, with its key, until the answer says what became of it. A 500 says no more than no answer does: it may
 * have had its effect.
 *
 * @throws NoAnswerError
 */
export async function askUntilKnown(endpoint: Endpoint, call: Call): Promise<Outcome> {
  const startedAt = performance.now()
  for (;;) {
    const outcome = await sendCall(endpoint, call, AbortSignal.timeout(ANSWER_TIMEOUT_MS))
    if (outcome.kind !== 'unsettled' && outcome.kind !== 'unexpected') return outcome
    if (performance.now() - startedAt > GIVE_UP_AFTER_MS) {
      throw new NoAnswerError(`${call.operation} of ${call.coupon}: ${JSON.stringify(outcome)}`)
    }
    await delay(ASK_AGAIN_AFTER_MS)
  }
}

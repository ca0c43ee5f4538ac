import type { Answer } from '../attempt-outcome.ts'
import type { TimedCall } from '../call.ts'
import type { Clock } from '../clock.ts'
import { OutcomeUnknownError, UnansweredError } from '../upstream-error.ts'

/** Past its deadline a call waits so long for what is known of it to be written down: a commit takes milliseconds. */
const GRACE_MS = 500

/**
 * Ends a call of the journal soon after its deadline, whatever its database does: one that is silent is given up by
 * the database's own timeouts only, which are longer than most calls live.
 *
 * The step goes on by itself, so that nobody has to wait for its claim: past the deadline it sends nothing more.
 */
export function endInTime(call: TimedCall, clock: Clock, step: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(outOfTime(call))
    const stopTimer = clock.startTimer(call.deadline.remainingMs() + GRACE_MS, giveUp)
    step.finally(stopTimer).then(resolve, reject)
  })
}

function outOfTime({ effect }: TimedCall): Error {
  const message = 'the journal did not answer in time'
  const error = new UnansweredError('TIMEOUT', message)
  return effect.kind === 'read'
    ? error
    : new OutcomeUnknownError(effect.idempotencyKey, null, error)
}

/**
 * What a failed guess costs of a budget, the call itself included. "Failures weigh more than successes"
 * (contract): an honest caller mistypes now and then and hardly notices, while one who tries codes or
 * passwords gets through a fifth of what the budget is good for.
 */
export const FAILED_GUESS_COST = 5

/**
 * What a guess at a code, an id or a password mostly ends in. A hosted upstream's own reasons (`UNKNOWN`) are among
 * them: the caller is told NOT_FOUND, and the cost must not tell the two apart.
 */
const FAILED_GUESSES: readonly unknown[] = [
  'NOT_FOUND',
  'UNKNOWN',
  'ONSITE_PASSWORD_WRONG',
  'RESERVATION_NOT_FOUND',
  'REDEMPTION_NOT_FOUND',
]

/** @param answer what a call of the upstream client came to */
export function isFailedGuess(answer: object): boolean {
  return 'reason' in answer && FAILED_GUESSES.includes(answer.reason)
}

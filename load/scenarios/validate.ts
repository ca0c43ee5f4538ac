import { guessedCode } from './guessed-code.ts'
import { isKnown, type Scenario } from './scenario.ts'
import { spreadOverCoupons } from './spread-over-coupons.ts'

export const validate: Scenario = {
  description: 'a user asks whether a coupon can be used',
  exact: 'every answer is the true one: valid, EXHAUSTED or NOT_FOUND',
  cost: 1,
  coupons: (volume) =>
    spreadOverCoupons(volume, [
      { role: 'valid', share: 6, limit: () => 1_000, isUndetermined: true },
      { role: 'used-up', share: 3, limit: () => 1, redeemedBefore: 1 },
      { role: 'unknown', share: 1, limit: () => 1_000, isUndetermined: true },
    ]),
  act(attempt) {
    const { role } = attempt.coupon
    const outcome = attempt.ask({
      operation: 'validate',
      ...(role === 'unknown' ? { coupon: guessedCode(attempt) } : {}),
    })
    if (!isKnown(outcome)) return
    attempt.demand(
      'validate says of a coupon what is true of it',
      outcome.kind === 'validated' && outcome.reason === REASONS[role],
    )
  },
}

const REASONS: Readonly<Record<string, string | null>> = {
  valid: null,
  'used-up': 'EXHAUSTED',
  unknown: 'NOT_FOUND',
}

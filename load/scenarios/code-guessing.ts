import { guessedCode } from './guessed-code.ts'
import { isKnown, isRejected, type Scenario } from './scenario.ts'
import { NEVER_USED_UP, spreadOverCoupons } from './spread-over-coupons.ts'

const untouched = { limit: () => NEVER_USED_UP, isUndetermined: true } as const

export const codeGuessing: Scenario = {
  description: 'somebody tries codes that he makes up, while others use the true ones',
  exact: 'every guess is NOT_FOUND, and the true code is granted all the same',
  cost: 1,
  coupons: (volume) =>
    spreadOverCoupons(volume, [
      { role: 'guess-validate', share: 6, ...untouched },
      { role: 'guess-redeem', share: 3, ...untouched },
      {
        role: 'true-code',
        share: 1,
        limit: (attempts) => (volume.isExact ? attempts : NEVER_USED_UP),
      },
    ]),
  act(attempt) {
    const { role } = attempt.coupon
    if (role === 'true-code') {
      const outcome = attempt.ask({ operation: 'redeem' })
      attempt.demand('guesses change nothing for a true code', outcome.kind !== 'rejected')
      return
    }
    const outcome = attempt.ask({
      operation: role === 'guess-validate' ? 'validate' : 'redeem',
      coupon: guessedCode(attempt),
    })
    if (!isKnown(outcome)) return
    attempt.demand(
      'a code that nobody made is NOT_FOUND',
      (outcome.kind === 'validated' && outcome.reason === 'NOT_FOUND') ||
        isRejected(outcome, 'NOT_FOUND'),
    )
  },
}

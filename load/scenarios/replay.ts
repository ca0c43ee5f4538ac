import { redeem } from './redeem.ts'
import { isGranted, isKnown, type Scenario, type Step } from './scenario.ts'

export const replay: Scenario = {
  description: 'a user redeems and sends the same key again, once alone and twice at once',
  exact:
    'grants equal what limits and users allow, and no repeat of a key changes or says anything else',
  cost: 4,
  coupons: redeem.coupons,
  act(attempt) {
    const step: Step = { operation: 'redeem' }
    const first = attempt.ask(step)
    const repeats = [attempt.ask(step), ...attempt.askTogether([step, step])]
    for (const repeat of repeats) {
      if (!isKnown(first) || !isKnown(repeat)) continue
      attempt.demand(
        'a key that is sent again gets its first answer, as a replay',
        isGranted(first)
          ? isGranted(repeat) &&
              repeat.replayed &&
              repeat.redemptionId === first.redemptionId &&
              repeat.ordinal === first.ordinal
          : repeat.kind === 'rejected',
      )
    }
  },
}

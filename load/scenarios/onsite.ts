import { type Attempt, isGranted, type Scenario } from './scenario.ts'
import { NEVER_USED_UP, spreadOverCoupons } from './spread-over-coupons.ts'

const PASSWORD = '2468'
/** Wrong tries that one caller has on one coupon, before the service stops listening to him for a while. */
const WRONG_TRIES = 5
const WRONG_OF_MIXED = 0.2

const behindPassword = {
  limit: () => NEVER_USED_UP,
  onsitePassword: PASSWORD,
  isUndetermined: true,
} as const

export const onsite: Scenario = {
  description: 'staff types the on-site password: right, wrong, none, or a guess',
  exact: `who types it right is granted up to the limit, a wrong one never is, and of guesses ${WRONG_TRIES} are looked at before the caller is locked out`,
  // The password is hashed with scrypt, which is slow on purpose.
  cost: 40,
  coupons: (volume) =>
    spreadOverCoupons(volume, [
      {
        role: 'right',
        share: 4,
        limit: (attempts) => Math.floor(attempts / 2),
        onsitePassword: PASSWORD,
      },
      { role: 'guessed', share: 3, ...behindPassword },
      { role: 'mixed', share: 2, ...behindPassword },
      { role: 'none-typed', share: 1, ...behindPassword },
    ]),
  act(attempt) {
    const password = typedPassword(attempt)
    const outcome = attempt.ask({
      operation: 'redeem',
      ...(password === undefined ? {} : { password }),
    })
    attempt.demand(
      'nobody redeems without the on-site password',
      password === PASSWORD || !isGranted(outcome),
    )
  },
  thresholds: ({ coupons, repeats }) => {
    const guessed = coupons.find(({ role }) => role === 'guessed')
    const guesses = (guessed?.attempts ?? 0) * repeats
    return guesses === 0
      ? {}
      : {
          'coupon_rejected{role:guessed,reason:ONSITE_PASSWORD_WRONG}': [
            `count==${Math.min(WRONG_TRIES, guesses)}`,
          ],
        }
  },
}

function typedPassword({ coupon, random }: Attempt): string | undefined {
  switch (coupon.role) {
    case 'guessed':
      return wrongPassword(random())
    case 'mixed':
      return random() < WRONG_OF_MIXED ? wrongPassword(random()) : PASSWORD
    case 'none-typed':
      return undefined
    default:
      return PASSWORD
  }
}

/** Four digits that are not the password. */
function wrongPassword(random: number): string {
  const guess = String(Math.floor(random * 10_000)).padStart(4, '0')
  return guess === PASSWORD ? '0000' : guess
}

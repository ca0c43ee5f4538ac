import { type Attempt, isGranted, isKnown, isRejected, type Scenario } from './scenario.ts'
import { spreadOverCoupons } from './spread-over-coupons.ts'

/** Of so many attempts at the coupon that is born again and again, one deletes it and creates it anew. */
const ATTEMPTS_A_LIFE = 25
/**
 * After the first of them its lives are longer: with hundreds of users under way in ten lives at a time there are too
 * many orders to try, and a right run would be UNDECIDED.
 */
const SHORT_LIVES = 20
const ATTEMPTS_A_LATER_LIFE = 200
const LIMIT_OF_A_LIFE = 10

const LOW = 2
const RAISED = 4
const TRIES = 6

/** Refusals of a coupon that is deleted and created while it is redeemed. */
const WHILE_IT_COMES_AND_GOES = ['EXHAUSTED', 'NOT_FOUND', 'ALREADY_REDEEMED_BY_USER']

export const management: Scenario = {
  description: 'coupons are created, raised, deleted and created anew while they are redeemed',
  exact: `a limit raised from ${LOW} to ${RAISED} gives ${RAISED} and is fixed from the first use on, a deleted coupon gives nothing, and the coupons of one code never give more than their limits together`,
  cost: 3,
  coupons: (volume) =>
    spreadOverCoupons(volume, [
      {
        role: 'reborn',
        share: 4,
        limit: () => LIMIT_OF_A_LIFE,
        isManaged: true,
        isUndetermined: true,
      },
      // Each attempt makes a coupon of its own: the one of the plan is not touched.
      { role: 'raised', share: 1, limit: () => LOW, isUndetermined: true },
    ]),
  act(attempt) {
    if (attempt.coupon.role === 'raised') liveOneLife(attempt)
    else if (isEndOfLife(attempt.index)) bearAgain(attempt)
    else redeemWhatComesAndGoes(attempt)
  },
}

function isEndOfLife(index: number): boolean {
  const isShort = index < SHORT_LIVES * ATTEMPTS_A_LIFE
  const attempts = isShort ? ATTEMPTS_A_LIFE : ATTEMPTS_A_LATER_LIFE
  return index % attempts === attempts - 1
}

function redeemWhatComesAndGoes(attempt: Attempt): void {
  const outcome = attempt.ask({ operation: 'redeem' })
  attempt.demand(
    'a coupon that comes and goes is refused only when used up or gone',
    outcome.kind !== 'rejected' || WHILE_IT_COMES_AND_GOES.includes(outcome.reason),
  )
}

/** Two may do it at once: then one of them finds it gone, or there again. */
function bearAgain(attempt: Attempt): void {
  const deleted = attempt.ask({ operation: 'delete' })
  attempt.demand(
    'a coupon is deleted, or was gone already',
    deleted.kind !== 'rejected' || deleted.reason === 'NOT_FOUND',
  )
  if (!isKnown(deleted)) return
  const created = attempt.ask({
    operation: 'create',
    user: null,
    limit: attempt.coupon.limit,
    userLimit: attempt.coupon.userLimit,
  })
  attempt.demand(
    'a code is free again, or taken by its next life',
    created.kind !== 'rejected' || created.reason === 'CODE_TAKEN',
  )
}

/** One coupon from its creation to its end, which nobody else knows. */
function liveOneLife(attempt: Attempt): void {
  const number = attempt.number.toString(36).padStart(6, '0')
  const coupon = `L${attempt.runId.slice(0, 9)}${number}`.toUpperCase()
  const own = { coupon, user: null }

  const created = attempt.ask({ operation: 'create', ...own, limit: LOW })
  attempt.demand('a new code can be created', created.kind !== 'rejected')
  if (created.kind !== 'done') return

  const raised = attempt.ask({ operation: 'raise-limit', ...own, limit: RAISED })
  attempt.demand('the limit of an unused coupon can be raised', raised.kind !== 'rejected')
  if (raised.kind !== 'done') return

  const takes = attempt.askTogether(
    Array.from({ length: TRIES }, (_, nth) => ({
      operation: 'redeem',
      coupon,
      user: `${attempt.user}-${nth}`,
      name: `redeem-${nth}`,
    })),
  )
  if (!takes.every(isKnown)) return
  attempt.demand(
    'a raised limit gives what it says, no more and no fewer',
    takes.filter(isGranted).length === RAISED &&
      takes.filter((take) => isRejected(take, 'EXHAUSTED')).length === TRIES - RAISED,
  )

  const late = attempt.ask({ operation: 'raise-limit', ...own, limit: TRIES, name: 'raise-late' })
  attempt.demand(
    'the limit of a used coupon is fixed',
    !isKnown(late) || isRejected(late, 'COUPON_LOCKED'),
  )

  const deleted = attempt.ask({ operation: 'delete', ...own })
  attempt.demand('a coupon can be deleted', deleted.kind !== 'rejected')
  if (deleted.kind !== 'done') return

  const gone = attempt.ask({ operation: 'redeem', coupon, name: 'redeem-gone' })
  attempt.demand('a deleted coupon is gone', !isKnown(gone) || isRejected(gone, 'NOT_FOUND'))
}

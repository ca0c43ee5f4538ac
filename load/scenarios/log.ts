import { type Attempt, isGranted, type Scenario } from './scenario.ts'
import { NEVER_USED_UP, spreadOverCoupons } from './spread-over-coupons.ts'

/** Enough for three pages. */
const ROWS = 250

export const log: Scenario = {
  description: 'the log is read page by page and exported while redemptions are written to it',
  exact: `a coupon with ${ROWS} redemptions has ${ROWS} in every listing and export, and who has redeemed finds it in the log at once`,
  cost: 3,
  coupons: (volume) =>
    spreadOverCoupons(volume, [
      {
        role: 'written',
        share: 8,
        limit: (attempts) => (volume.isExact ? attempts : NEVER_USED_UP),
      },
      { role: 'listed', share: 1, limit: () => ROWS, redeemedBefore: ROWS },
      { role: 'exported', share: 1, limit: () => ROWS, redeemedBefore: ROWS },
    ]),
  act(attempt) {
    switch (attempt.coupon.role) {
      case 'listed':
        return readAll(attempt, 'list')
      case 'exported':
        return readAll(attempt, 'export')
      default:
        return redeemAndRead(attempt)
    }
  },
}

function readAll(attempt: Attempt, operation: 'list' | 'export'): void {
  let rows = 0
  const ids = new Set<string>()
  let after: string | null | undefined
  for (let pages = 1; after !== null; pages += 1) {
    const page = attempt.ask({
      operation,
      user: null,
      name: `${operation}-${pages}`,
      ...(after === undefined ? {} : { after }),
    })
    if (page.kind !== 'listed') return
    rows += page.rows
    for (const id of page.ids ?? []) ids.add(id)
    after = page.next
  }
  attempt.demand('the log has every redemption once', rows === ROWS && ids.size === ROWS)
}

function redeemAndRead(attempt: Attempt): void {
  const outcome = attempt.ask({ operation: 'redeem' })
  attempt.demand('nobody is refused while a unit is free', outcome.kind !== 'rejected')
  if (!isGranted(outcome)) return
  const own = attempt.ask({ operation: 'list' })
  attempt.demand(
    'what was granted is in the log when the answer arrives',
    own.kind !== 'listed' || (own.rows === 1 && own.ids?.[0] === outcome.redemptionId),
  )
}

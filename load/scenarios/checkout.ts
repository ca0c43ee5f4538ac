import { isGranted, type Scenario } from './scenario.ts'
import { NEVER_USED_UP, spreadOverCoupons } from './spread-over-coupons.ts'

const PAYMENTS_THAT_FAIL = 0.3
const ORDERS_THAT_ARE_CANCELLED = 0.1

export const checkout: Scenario = {
  description: 'reserve, pay, then confirm or release; some orders are cancelled and rolled back',
  exact:
    'every reservation of an ample coupon is granted, each step of one’s own does what it says, and the units of a scarce coupon never exceed its limit',
  cost: 3,
  coupons: (volume) =>
    spreadOverCoupons(volume, [
      {
        role: 'ample',
        share: 1,
        limit: (attempts) => (volume.isExact ? attempts : NEVER_USED_UP),
      },
      {
        role: 'scarce',
        share: 1,
        limit: (attempts) => Math.floor(attempts / 3),
        // Who is told ALL_HELD goes away: how many units are left in the end is up to the order of things.
        isUndetermined: true,
      },
    ]),
  act(attempt) {
    const reservation = attempt.ask({ operation: 'reserve' })
    if (attempt.coupon.role === 'ample') {
      attempt.demand('nobody is refused while a unit is free', reservation.kind !== 'rejected')
    }
    if (!isGranted(reservation)) return
    const { redemptionId } = reservation
    const isPaid = attempt.random() >= PAYMENTS_THAT_FAIL
    const settled = attempt.ask({ operation: isPaid ? 'confirm' : 'release', redemptionId })
    attempt.demand('who holds a reservation can settle it', settled.kind !== 'rejected')
    if (!isPaid || settled.kind !== 'done') return
    if (attempt.random() >= ORDERS_THAT_ARE_CANCELLED) return
    const rolledBack = attempt.ask({ operation: 'rollback', redemptionId })
    attempt.demand('a redemption can be rolled back', rolledBack.kind !== 'rejected')
    if (rolledBack.kind !== 'done') return
    const again = attempt.ask({ operation: 'rollback', redemptionId, name: 'rollback-again' })
    attempt.demand('a redemption cannot be rolled back twice', again.kind !== 'done')
  },
}

import type { BudgetStore } from '../../src/budget/budget-store.ts'
import { EMPTY_LEDGER, type Ledger } from '../../src/budget/ledger.ts'
import type { Plan } from './plan.ts'
import type { SeededRandom } from './random.ts'
import { isWithin } from './simulated-upstream.ts'
import type { VirtualTime } from './virtual-time.ts'

/** Later than any process waits for it. */
const LATE_MS = 3_000

/** One ledger, reached by every process over a way of its own that may fail. */
export function createSimulatedStore(
  plan: Plan,
  random: SeededRandom,
  time: VirtualTime,
): { open(isAlive: () => boolean): BudgetStore } {
  let ledger: Ledger = EMPTY_LEDGER
  return {
    open: (isAlive) => ({
      change: (change) =>
        new Promise((resolve, reject) => {
          const fault = random.chance(plan.storeFaults)
            ? random.pick(['refused', 'lost', 'late'] as const)
            : null
          const wayMs = fault === 'late' ? LATE_MS : random.between(0.5, 20)
          time.at(wayMs, () => {
            if (fault === 'refused' || isWithin(plan.storeOutage, time.nowMs)) {
              if (isAlive()) reject(new Error('the store is down'))
              return
            }
            const result = change(ledger, 1_000_000 + time.nowMs)
            ledger = result.ledger
            time.at(random.between(0.5, 20), () => {
              if (!isAlive()) return
              if (fault === 'lost') reject(new Error('the answer of the store was lost'))
              else resolve(result)
            })
          })
        }),
    }),
  }
}

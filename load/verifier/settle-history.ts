import { setTimeout as sleep } from 'node:timers/promises'
import type { HistoryEntry, Outcome, Plan } from '../plan.ts'
import type { RedeemInput } from '../scenarios/redeem-request.ts'

/** Sends one redemption and says what the answer was. */
export type Redeem = (plan: Plan, input: RedeemInput) => Promise<Outcome>

const MAX_ROUNDS = 20
const PAUSE_MS = 250

/**
 * Replays every attempt whose outcome is not known with its own key, until it is known: the key executes at
 * most once, so the answer is the outcome of the first try. An attempt that stays unknown is left so.
 */
export async function settleHistory(
  plan: Plan,
  history: readonly HistoryEntry[],
  redeem: Redeem,
  pauseMs = PAUSE_MS,
): Promise<readonly HistoryEntry[]> {
  let settled = history
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (!settled.some(isUnsettled)) return settled
    if (round > 0) await sleep(pauseMs)
    const next: HistoryEntry[] = []
    for (const entry of settled)
      next.push(isUnsettled(entry) ? await replay(plan, entry, redeem) : entry)
    settled = next
  }
  return settled
}

function isUnsettled({ outcome }: HistoryEntry): boolean {
  return outcome.kind === 'unsettled'
}

async function replay(plan: Plan, entry: HistoryEntry, redeem: Redeem): Promise<HistoryEntry> {
  const outcome = await redeem(plan, {
    code: entry.coupon,
    userId: entry.user,
    idempotencyKey: entry.key,
  })
  return { ...entry, outcome, returnedAt: Date.now() }
}

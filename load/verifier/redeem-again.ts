import type { Outcome, Plan } from '../plan.ts'
import { type RedeemInput, readOutcome, redeemRequest } from '../scenarios/redeem-request.ts'

/** The user action of the scenario, sent from Node. */
export async function redeemAgain(plan: Plan, input: RedeemInput): Promise<Outcome> {
  const { url, ...request } = redeemRequest(plan, input)
  try {
    const response = await fetch(url, { method: 'POST', ...request })
    return readOutcome(response.status, await response.text())
  } catch (error) {
    return { kind: 'unsettled', why: String(error) }
  }
}

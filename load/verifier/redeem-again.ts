import { readOutcome, redeemRequest } from '../scenarios/redeem-request.ts'
import type { Redeem } from './replay-until-known.ts'

/** The user action of the scenario, sent from Node. */
export const redeemAgain: Redeem = async (plan, input, signal) => {
  const { url, ...request } = redeemRequest(plan, input)
  try {
    const response = await fetch(url, { method: 'POST', ...request, signal })
    return readOutcome(response.status, await response.text())
  } catch (error) {
    return { kind: 'unsettled', why: String(error) }
  }
}

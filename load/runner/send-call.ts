import type { Call } from '../call.ts'
import type { Endpoint, Outcome } from '../plan.ts'
import { outcomeOf, requestOf } from '../protocols/index.ts'

/** Sends one call and says what the answer was. It gives up when `signal` says so. */
export type SendCall = (endpoint: Endpoint, call: Call, signal: AbortSignal) => Promise<Outcome>

/** Sends a call from Node, as k6 does it in a run. */
export const sendCall: SendCall = async (endpoint, call, signal) => {
  const { url, method, headers, body } = requestOf(endpoint, call)
  try {
    const response = await fetch(url, { method, headers, body, signal })
    return outcomeOf(endpoint, call, {
      status: response.status,
      body: await response.text(),
      isReplay: response.headers.has('Idempotency-Replayed'),
    })
  } catch (error) {
    // What fetch itself says is only that it failed.
    const { cause } = error as { readonly cause?: unknown }
    return { kind: 'unsettled', why: String(cause ?? error) }
  }
}

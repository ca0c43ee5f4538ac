import exec from 'k6/execution'
import http, { type RefinedResponse, type ResponseType } from 'k6/http'
import type { Call } from '../call.ts'
import type { Endpoint, HistoryEntry, Outcome } from '../plan.ts'
import { outcomeOf, requestOf } from '../protocols/index.ts'

/** Longer than the target's own deadlines, so that it is the target that gives up first. */
const TIMEOUT = '30s'

/** What a caller was told, and how long it took. */
export type Told = Pick<HistoryEntry, 'calledAt' | 'returnedAt' | 'outcome'> & {
  readonly latencyMs: number
}

/** Sends calls at once and waits for all answers. */
export function send(endpoint: Endpoint, calls: readonly Call[]): readonly Told[] {
  const requests = calls.map((call) => {
    const { method, url, headers, body } = requestOf({ ...endpoint, url: nextUrl(endpoint) }, call)
    return {
      method,
      url,
      body,
      params: { headers, tags: { name: call.operation }, timeout: TIMEOUT },
    }
  })
  const calledAt = Date.now()
  const [first] = requests
  const responses =
    first !== undefined && requests.length === 1
      ? [http.request(first.method, first.url, first.body, first.params)]
      : (http.batch(requests) as RefinedResponse<ResponseType>[])
  const returnedAt = Date.now()
  return responses.map((response, index) => ({
    calledAt,
    returnedAt,
    latencyMs: response.timings.duration,
    outcome: readOutcome(endpoint, calls[index] as Call, response),
  }))
}

let turn = 0

/** The processes of a service take turns, and not every user begins with the first. */
function nextUrl({ url, replicas = [] }: Endpoint): string {
  turn += 1
  const position = (exec.vu.idInTest + turn) % (replicas.length + 1)
  return replicas[position] ?? url
}

function readOutcome(
  endpoint: Endpoint,
  call: Call,
  response: RefinedResponse<ResponseType>,
): Outcome {
  return outcomeOf(endpoint, call, {
    status: response.status,
    body: String(response.body ?? ''),
    isReplay: response.headers['Idempotency-Replayed'] !== undefined,
  })
}

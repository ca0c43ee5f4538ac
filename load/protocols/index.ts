import type { Call, CallAnswer, CallRequest } from '../call.ts'
import type { Endpoint, Outcome } from '../plan.ts'
import { graphqlRequest, readGraphqlAnswer } from './graphql.ts'
import { readRestAnswer, restRequest } from './rest.ts'

/** The HTTP request of a call, for k6 and for Node alike. */
export function requestOf(endpoint: Endpoint, call: Call): CallRequest {
  return (endpoint.protocol === 'graphql' ? graphqlRequest : restRequest)(endpoint, call)
}

/** What the answer to a call says. */
export function outcomeOf(endpoint: Endpoint, call: Call, answer: CallAnswer): Outcome {
  return (endpoint.protocol === 'graphql' ? readGraphqlAnswer : readRestAnswer)(call, answer)
}

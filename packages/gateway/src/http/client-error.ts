import { answerUnreadRequests, type UnreadReason } from '@coupon-gateway/service'
import { toGraphQLErrorBody } from './graphql-errors.ts'

const MESSAGES: Readonly<Record<UnreadReason, string>> = {
  'too-slow': 'The request did not arrive in time. Send it at once.',
  'headers-too-long': 'The headers must have at most 16 KiB together.',
  'not-http': 'The request could not be read. It must be HTTP/1.1.',
}

/** Answers in GraphQL's form what did not become a request. */
export const handleClientError = answerUnreadRequests(({ reason, requestId }) => ({
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(toGraphQLErrorBody('BAD_REQUEST', MESSAGES[reason], requestId)),
}))

import { answerUnreadRequests, type UnreadReason } from '@coupon-gateway/service'
import { type ApiError, invalidInput } from './api-error.ts'
import { failure } from './envelope.ts'
import { negotiateLanguage } from './language.ts'
import type { Phrase } from './messages/texts.ts'

/** Answers in the envelope, or what the profile has in its place, what did not become a request. */
export const handleClientError = answerUnreadRequests(({ app, reason, status }) => {
  const { symbol, details } = REFUSALS[reason]
  // What the caller accepts could not be read.
  const language = negotiateLanguage(undefined)
  const { contentType, body } = failure({ profile: app.profile, language }, symbol, details, status)
  return {
    contentType,
    headers: { 'Content-Language': language },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
})

const REFUSALS: Readonly<Record<UnreadReason, ApiError>> = {
  'too-slow': badRequest(
    ({ problems }) => problems.tooSlow,
    ({ allowed }) => allowed.sentAtOnce,
  ),
  'headers-too-long': badRequest(
    ({ problems }) => problems.headersTooLong,
    ({ allowed }) => allowed.shortHeaders,
  ),
  'not-http': badRequest(
    ({ problems }) => problems.notReadable,
    ({ allowed }) => allowed.http,
  ),
}

function badRequest(problem: Phrase, allowed: Phrase): ApiError {
  return invalidInput([{ field: 'request', problem, allowed }])
}

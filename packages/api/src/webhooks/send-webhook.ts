import { Agent, request } from 'undici'
import {
  type ConnectorOptions,
  createGuardedConnector,
  ForbiddenAddressError,
} from './guarded-connector.ts'

export type SendOutcome =
  | { readonly outcome: 'delivered' }
  /** `failure` is for people who look after the endpoint, at most some 200 characters. */
  | { readonly outcome: 'failed'; readonly failure: string }

/** Sends one attempt. */
export interface WebhookSender {
  send(url: string, headers: Record<string, string>, body: string): Promise<SendOutcome>
  close(): Promise<void>
}

/** More of an answer is not read: its status has said everything. */
const MAX_ANSWER_BYTES = 16 * 1024
const MAX_FAILURE_LENGTH = 200

/**
 * Sends over HTTP. Delivered is what was answered by a 2xx within `timeoutMs`, counted from the look-up of the name on.
 * A redirection is not followed: it is a failure.
 */
export function createWebhookSender(options: ConnectorOptions): WebhookSender {
  const { timeoutMs } = options
  const agent = new Agent({
    connect: createGuardedConnector(options),
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    pipelining: 1,
  })
  return {
    async send(url, headers, body) {
      const signal = AbortSignal.timeout(timeoutMs)
      try {
        const answer = await request(url, {
          method: 'POST',
          headers,
          body,
          dispatcher: agent,
          signal,
        })
        // Read, so that the connection can be used again; what happens meanwhile changes nothing any more.
        await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => {})
        return toOutcome(answer.statusCode)
      } catch (error) {
        return { outcome: 'failed', failure: describeFailure(error, signal.aborted, timeoutMs) }
      }
    },
    close: () => agent.close(),
  }
}

function toOutcome(status: number): SendOutcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered' }
  const isRedirection = status >= 300 && status < 400
  return {
    outcome: 'failed',
    failure: `answered ${status}${isRedirection ? ', and redirections are not followed' : ''}`,
  }
}

function describeFailure(error: unknown, isLate: boolean, timeoutMs: number): string {
  if (error instanceof ForbiddenAddressError) return error.message.slice(0, MAX_FAILURE_LENGTH)
  if (isLate) return `did not answer within ${timeoutMs / 1_000} s`
  const { code, message } = error as NodeJS.ErrnoException
  return `could not be called: ${code ?? message}`.slice(0, MAX_FAILURE_LENGTH)
}

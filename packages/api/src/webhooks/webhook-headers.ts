import { createHash, createHmac } from 'node:crypto'
import type { WebhookAction } from './webhook-body.ts'

export interface WebhookAttempt {
  /** New with every attempt. */
  readonly requestId: string
  /** The same over all attempts. */
  readonly eventId: string
  readonly accountId: number
  /** Whether the coupon's group has an endpoint of its own, and it is told. */
  readonly isOfGroup: boolean
  readonly action: WebhookAction
  readonly body: string
  /** When it is sent, in seconds since 1970. */
  readonly timestampSeconds: number
  /** The newest first; two while a rotation lasts. */
  readonly secrets: readonly string[]
}

/** The headers of the contract. @see upstream contract, "Webhooks", in the README of this package */
export function toWebhookHeaders(attempt: WebhookAttempt): Record<string, string> {
  const { timestampSeconds, body } = attempt
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'User-Agent': 'coupon-gateway-webhooks/1',
    'X-Vivoldi-Request-Id': attempt.requestId,
    'X-Vivoldi-Event-Id': attempt.eventId,
    'X-Vivoldi-Webhook-Type': attempt.isOfGroup ? 'GROUP' : 'GLOBAL',
    'X-Vivoldi-Resource-Type': 'COUPON',
    'X-Vivoldi-Action-Type': attempt.action,
    'X-Vivoldi-Comp-Idx': String(attempt.accountId),
    'X-Vivoldi-Timestamp': String(timestampSeconds),
    'X-Content-SHA256': createHash('sha256').update(body).digest('hex'),
    'X-Vivoldi-Signature': sign(body, timestampSeconds, attempt.secrets),
  }
}

/**
 * HMAC-SHA256 in hex over `{t}.{raw body}`. One `v1` a secret: a receiver that has either accepts it.
 */
function sign(body: string, timestampSeconds: number, secrets: readonly string[]): string {
  const signatures = secrets.map((secret) => {
    const signature = createHmac('sha256', secret).update(`${timestampSeconds}.${body}`)
    return `v1=${signature.digest('hex')}`
  })
  return [`t=${timestampSeconds}`, ...signatures, 'alg=hmac-sha256'].join(',')
}

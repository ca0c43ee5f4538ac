import { createHash } from 'node:crypto'
import {
  isSignedByAny,
  parseSignature,
  type SigningRecipe,
  TIMESTAMP_DOT_BODY,
} from './signature.ts'
import { type CouponEvent, parseCouponEvent } from './webhook-event.ts'
import { readHeader, type WebhookRequestHeaders } from './webhook-headers.ts'

/** A request that may be a webhook. */
export interface WebhookRequest {
  readonly headers: WebhookRequestHeaders
  /** The bytes as they came: JSON that was read and written again has other ones. */
  readonly rawBody: Uint8Array | string
}

export interface VerifyOptions {
  /** Any of them will do: while a secret is rotated, the old and the new one. */
  readonly secrets: readonly string[]
  /** How old, or how far ahead, a webhook may be, in seconds: 1 to 3600. Default 60. */
  readonly toleranceSeconds?: number
  /** What the sender signs. Default `{t}.{raw body}`, as our api does. */
  readonly recipe?: SigningRecipe
  /** Milliseconds since 1970. Default: this machine's clock. */
  readonly now?: () => number
}

/** A webhook whose signature is right. */
export interface Webhook {
  /** The same over all attempts. From the signed body where it has one, else from the header, which is not signed. */
  readonly eventId: string
  /** Of this attempt. */
  readonly requestId: string | null
  readonly sentAt: Date
  /** What happened; null for a body that our api did not make: then there is `body`. */
  readonly event: CouponEvent | null
  /** The body as JSON; undefined when it is none. */
  readonly body: unknown
  /** Headers of the contract, which are not signed; null for one that did not come. */
  readonly webhookType: string | null
  readonly resourceType: string | null
  readonly actionType: string | null
  readonly companyId: string | null
}

export type WebhookRefusal =
  /** No signature in the form of the contract, or no event id. */
  | 'INCOMPLETE'
  /** Sent too long ago, or a clock is wrong: it may be a replay. */
  | 'OUT_OF_TIME'
  /** None of the secrets signed this body at this time. */
  | 'WRONG_SIGNATURE'
  /** A header contradicts the signed body. */
  | 'CONTRADICTORY'

export type VerifyResult =
  | { readonly outcome: 'verified'; readonly webhook: Webhook }
  | { readonly outcome: 'refused'; readonly reason: WebhookRefusal }

/**
 * Says whether a request is a webhook of who has one of the secrets, sent just now. It does not know which were here
 * before: `createWebhookReceiver` does.
 *
 * @throws RangeError an option is out of its bounds
 * @example
 * const result = verifyWebhook({ headers: request.headers, rawBody }, { secrets: [secret] })
 * if (result.outcome === 'verified') console.log(result.webhook.event)
 */
export function verifyWebhook(
  { headers, rawBody }: WebhookRequest,
  { secrets, toleranceSeconds = 60, recipe = TIMESTAMP_DOT_BODY, now = Date.now }: VerifyOptions,
): VerifyResult {
  requireSecrets(secrets)
  requireTolerance(toleranceSeconds)
  const bytes = typeof rawBody === 'string' ? Buffer.from(rawBody) : rawBody
  const signature = parseSignature(readHeader(headers, 'x-vivoldi-signature') ?? '')
  const headerId = readHeader(headers, 'x-vivoldi-event-id') ?? ''
  if (signature === null || !EVENT_ID.test(headerId)) return refuse('INCOMPLETE')
  const { timestamp, sentAtMs, digests } = signature
  if (Math.abs(now() - sentAtMs) > toleranceSeconds * 1_000) return refuse('OUT_OF_TIME')
  const signed = recipe({ timestamp, rawBody: bytes })
  if (!isSignedByAny(secrets, digests, signed)) return refuse('WRONG_SIGNATURE')

  const body = parseJson(bytes)
  const event = parseCouponEvent(body)
  const hash = readHeader(headers, 'x-content-sha256')
  const isContradictory =
    (event !== null && event.id !== headerId) ||
    (hash !== null && hash.toLowerCase() !== createHash('sha256').update(bytes).digest('hex'))
  if (isContradictory) return refuse('CONTRADICTORY')
  return {
    outcome: 'verified',
    webhook: {
      eventId: headerId,
      requestId: readHeader(headers, 'x-vivoldi-request-id'),
      sentAt: new Date(sentAtMs),
      event,
      body,
      webhookType: readHeader(headers, 'x-vivoldi-webhook-type'),
      resourceType: readHeader(headers, 'x-vivoldi-resource-type'),
      actionType: readHeader(headers, 'x-vivoldi-action-type'),
      companyId: readHeader(headers, 'x-vivoldi-comp-idx'),
    },
  }
}

/** Fit to be kept, and to be logged. */
const EVENT_ID = /^[\x21-\x7e]{1,200}$/

/** An HMAC takes an empty secret, which anybody has: a setting that was forgotten must not open the door. */
const MIN_SECRET_LENGTH = 16

export function requireSecrets(secrets: readonly string[]): void {
  const isFit = secrets.length > 0 && secrets.every((it) => it.length >= MIN_SECRET_LENGTH)
  if (isFit) return
  throw new RangeError(
    `\`secrets\` must be one or more texts of at least ${MIN_SECRET_LENGTH} characters, got ${secrets.length} of ${secrets.map(({ length }) => length)}`,
  )
}

export function requireTolerance(toleranceSeconds: number): void {
  if (toleranceSeconds >= 1 && toleranceSeconds <= 3_600) return
  throw new RangeError(`\`toleranceSeconds\` must be from 1 to 3600, got ${toleranceSeconds}`)
}

function refuse(reason: WebhookRefusal): VerifyResult {
  return { outcome: 'refused', reason }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

import { createHash, createHmac, randomUUID } from 'node:crypto'

export const SECRET = 'whsec_of-the-shop-of-the-tests'
export const SENT_AT_SECONDS = 1_790_000_000

/** What a test changes of a webhook that is right. */
export interface WebhookChanges {
  readonly body?: object | string
  readonly secrets?: readonly string[]
  readonly timestamp?: string
  /** What is signed instead of `{t}.{body}`. */
  readonly signed?: (timestamp: string, body: string) => string
  readonly headers?: Readonly<Record<string, string | undefined>>
}

/** The body of a use, as our api sends it. */
export const redeemedBody = (eventId: string) => ({
  eventId,
  type: 'coupon.redeemed',
  sequence: 1042,
  occurredAt: '2026-11-24T07:14:20.381Z',
  coupon: {
    cpnId: 'c-1',
    cpnNo: 'FRIENDS05',
    nm: 'Five friends',
    discTypeIdx: 458,
    disc: 5,
    discCurrency: 'USD',
    grpIdx: 0,
    useLimit: 5,
  },
  redemption: {
    redemptionId: 'r-1',
    ordinal: 1,
    userId: 'user-1',
    memo: 'till 7',
    idempotencyKey: 'till-7-0001',
    redeemedAt: '2026-11-24T07:14:20.381Z',
    rolledBackAt: null,
    rollbackReason: null,
  },
})

/** Makes a webhook as its sender does, from the documentation alone. */
export function signWebhook(changes: WebhookChanges = {}) {
  const eventId = randomUUID()
  const {
    body = redeemedBody(eventId),
    secrets = [SECRET],
    timestamp = String(SENT_AT_SECONDS),
    signed = (time, text) => `${time}.${text}`,
  } = changes
  const rawBody = typeof body === 'string' ? body : JSON.stringify(body)
  const digests = secrets.map((secret) => {
    const hmac = createHmac('sha256', secret).update(signed(timestamp, rawBody))
    return `v1=${hmac.digest('hex')}`
  })
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json; charset=utf-8',
    'x-vivoldi-request-id': randomUUID(),
    'x-vivoldi-event-id': eventId,
    'x-vivoldi-webhook-type': 'GLOBAL',
    'x-vivoldi-resource-type': 'COUPON',
    'x-vivoldi-action-type': 'NONE',
    'x-vivoldi-comp-idx': '7',
    'x-vivoldi-timestamp': timestamp,
    'x-content-sha256': createHash('sha256').update(rawBody).digest('hex'),
    'x-vivoldi-signature': [`t=${timestamp}`, ...digests, 'alg=hmac-sha256'].join(','),
    ...changes.headers,
  }
  return { headers, rawBody, eventId }
}

import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { type CouponEvent, type VerifyOptions, verifyWebhook } from '../src/index.ts'
import {
  redeemedBody,
  SECRET,
  SENT_AT_SECONDS,
  signWebhook,
  type WebhookChanges,
} from './signed-webhook.ts'

const options: VerifyOptions = { secrets: [SECRET], now: () => SENT_AT_SECONDS * 1_000 }
const verify = (changes: WebhookChanges = {}, more: Partial<VerifyOptions> = {}) =>
  verifyWebhook(signWebhook(changes), { ...options, ...more })
const reasonOf = (...args: Parameters<typeof verify>) => {
  const result = verify(...args)
  return result.outcome === 'refused' ? result.reason : null
}
const webhookOf = (...args: Parameters<typeof verify>) => {
  const result = verify(...args)
  if (result.outcome === 'refused') throw new Error(result.reason)
  return result.webhook
}

describe('a webhook', () => {
  it('that is signed is verified, and its event has types', () => {
    const request = signWebhook()
    expect(verifyWebhook(request, options)).toEqual({
      outcome: 'verified',
      webhook: {
        eventId: request.eventId,
        requestId: request.headers['x-vivoldi-request-id'],
        sentAt: new Date(SENT_AT_SECONDS * 1_000),
        webhookType: 'GLOBAL',
        resourceType: 'COUPON',
        actionType: 'NONE',
        companyId: '7',
        body: JSON.parse(request.rawBody),
        event: {
          id: request.eventId,
          type: 'redeemed',
          sequence: 1042,
          occurredAt: new Date('2026-11-24T07:14:20.381Z'),
          coupon: {
            id: 'c-1',
            code: 'FRIENDS05',
            name: 'Five friends',
            discountKind: 'amount',
            discount: 5,
            currency: 'USD',
            groupId: null,
            useLimit: 5,
          },
          redemption: {
            id: 'r-1',
            ordinal: 1,
            userId: 'user-1',
            memo: 'till 7',
            idempotencyKey: 'till-7-0001',
            redeemedAt: new Date('2026-11-24T07:14:20.381Z'),
          },
        } satisfies CouponEvent,
      },
    })
    expectTypeOf<CouponEvent['type']>().toEqualTypeOf<'redeemed' | 'rolled-back' | 'deleted'>()
    expectTypeOf<Extract<CouponEvent, { type: 'deleted' }>>().not.toHaveProperty('redemption')
  })

  it('is the same as bytes, and with the headers of fetch', () => {
    const { headers, rawBody } = signWebhook()
    const given = new Headers(
      Object.entries(headers).map(([name, value]) => [name, value ?? ''] as [string, string]),
    )
    const result = verifyWebhook({ headers: given, rawBody: Buffer.from(rawBody) }, options)
    expect(result.outcome).toBe('verified')
  })

  it('tells of a rollback and of a deletion', () => {
    const eventId = 'e-1'
    const headers = { 'x-vivoldi-event-id': eventId }
    const body = redeemedBody(eventId)
    const redemption = { ...body.redemption, rollbackReason: 'returned' }
    expect(
      webhookOf({ headers, body: { ...body, type: 'coupon.rolled_back', redemption } }).event,
    ).toMatchObject({ type: 'rolled-back', rollbackReason: 'returned', redemption: { id: 'r-1' } })
    expect(
      webhookOf({ headers, body: { ...body, type: 'coupon.deleted', redemption: null } }).event,
    ).toMatchObject({ type: 'deleted', coupon: { code: 'FRIENDS05' } })
  })

  it.each([
    ['of another form', '{"some":"thing"}', { some: 'thing' }],
    ['of a kind that is not known yet', { ...redeemedBody('e'), type: 'coupon.melted' }, {}],
    ['that is no JSON', '{"a"', undefined],
    ['that is empty', '', undefined],
  ])('with a body %s is verified, and has no event', (_what, body, parsed) => {
    const webhook = webhookOf({ body })
    expect(webhook.event).toBeNull()
    if (parsed === undefined) expect(webhook.body).toBeUndefined()
    else expect(webhook.body).toMatchObject(parsed)
  })

  it('never throws, whatever its body says', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(verify({ body: json }).outcome).toBe('verified')
      }),
    )
    const whole = redeemedBody('e-1')
    const paths = [
      ...Object.keys(whole).map((key) => [key]),
      ...Object.keys(whole.coupon).map((key) => ['coupon', key]),
      ...Object.keys(whole.redemption).map((key) => ['redemption', key]),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), ([key = '', inner], value) => {
        const part = Reflect.get(whole, key)
        const body = { ...whole, [key]: inner === undefined ? value : { ...part, [inner]: value } }
        const result = verify({ body, headers: { 'x-vivoldi-event-id': 'e-1' } })
        expect(result.outcome === 'verified' || result.reason === 'CONTRADICTORY').toBe(true)
      }),
    )
  })
})

describe('what is not signed by the secret is refused', () => {
  it.each<[string, string, WebhookChanges]>([
    ['another secret', 'WRONG_SIGNATURE', { secrets: ['whsec_of-somebody-else'] }],
    ['another body', 'WRONG_SIGNATURE', { signed: (time) => `${time}.{}` }],
    ['another time', 'WRONG_SIGNATURE', { signed: (_, body) => `1.${body}` }],
    ['the body alone', 'WRONG_SIGNATURE', { signed: (_, body) => body }],
    ['nothing', 'INCOMPLETE', { headers: { 'x-vivoldi-signature': undefined } }],
    ['no digest', 'INCOMPLETE', { secrets: [] }],
    ['too many digests', 'INCOMPLETE', { secrets: Array(5).fill(SECRET) }],
    ['no event id', 'INCOMPLETE', { headers: { 'x-vivoldi-event-id': undefined } }],
    [
      'an event id that would be two lines of a log',
      'INCOMPLETE',
      { headers: { 'x-vivoldi-event-id': 'a\nb' } },
    ],
    [
      'an event id without end',
      'INCOMPLETE',
      { headers: { 'x-vivoldi-event-id': 'x'.repeat(201) } },
    ],
    [
      'an event id of another event',
      'CONTRADICTORY',
      { headers: { 'x-vivoldi-event-id': 'fresh' } },
    ],
    [
      'a hash of another body',
      'CONTRADICTORY',
      { headers: { 'x-content-sha256': '0'.repeat(64) } },
    ],
  ])('%s: %s', (_what, reason, changes) => {
    expect(reasonOf(changes)).toBe(reason)
  })

  const digest = 'a'.repeat(64)
  const time = SENT_AT_SECONDS
  it.each([
    ['without a time', `v1=${digest},alg=hmac-sha256`],
    ['with an empty time', `t=,v1=${digest},alg=hmac-sha256`],
    ['with a time that is no integer', `t=1e9,v1=${digest},alg=hmac-sha256`],
    ['with a time before all others', `t=-1,v1=${digest},alg=hmac-sha256`],
    ['with two times', `t=1,t=${time},v1=${digest},alg=hmac-sha256`],
    ['with a short digest', `t=${time},v1=abc,alg=hmac-sha256`],
    ['with a long digest', `t=${time},v1=${digest}a,alg=hmac-sha256`],
    ['of another algorithm', `t=${time},v1=${digest},alg=none`],
    ['of two algorithms', `t=${time},v1=${digest},alg=hmac-sha256,alg=none`],
    ['that is too long', `t=${time},v1=${digest},${'x'.repeat(1_024)}`],
    ['that is empty', ''],
  ])('a signature %s is not in the form of the contract', (_what, header) => {
    expect(reasonOf({ headers: { 'x-vivoldi-signature': header } })).toBe('INCOMPLETE')
  })

  it('any bit of it that is another', () => {
    const { headers, rawBody } = signWebhook()
    const bytes = Buffer.from(rawBody)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (index, bit) => {
        const changed = Buffer.from(bytes)
        changed[index] = (changed[index] ?? 0) ^ (1 << bit)
        expect(verifyWebhook({ headers, rawBody: changed }, options)).toEqual({
          outcome: 'refused',
          reason: 'WRONG_SIGNATURE',
        })
      }),
    )
  })
})

describe('the time of a webhook', () => {
  const at = (secondsLater: number) => ({ now: () => (SENT_AT_SECONDS + secondsLater) * 1_000 })

  it('is a minute either way, or as much as is set', () => {
    expect([-60, 0, 60].map((it) => reasonOf({}, at(it)))).toEqual([null, null, null])
    expect([-61, 61].map((it) => reasonOf({}, at(it)))).toEqual(['OUT_OF_TIME', 'OUT_OF_TIME'])
    const wide = { toleranceSeconds: 300 }
    expect([300, 301].map((it) => reasonOf({}, { ...wide, ...at(it) }))).toEqual([
      null,
      'OUT_OF_TIME',
    ])
  })

  it('may come in milliseconds, told by their size', () => {
    const timestamp = String(SENT_AT_SECONDS * 1_000 + 250)
    expect(webhookOf({ timestamp }).sentAt.getTime()).toBe(Number(timestamp))
    expect(reasonOf({ timestamp }, at(61))).toBe('OUT_OF_TIME')
    expect(reasonOf({ timestamp: '99999999999' })).toBe('OUT_OF_TIME')
    expect(reasonOf({ timestamp: '100000000000' })).toBe('OUT_OF_TIME')
  })
})

describe('secrets', () => {
  const OTHER = 'whsec_the-new-one-of-the-shop'

  it('both of a rotation are accepted, on either side', () => {
    expect(reasonOf({ secrets: [OTHER, SECRET] })).toBeNull()
    expect(reasonOf({ secrets: [OTHER] }, { secrets: [SECRET, OTHER] })).toBeNull()
    expect(reasonOf({ secrets: [OTHER] })).toBe('WRONG_SIGNATURE')
  })

  it.each([[[]], [['']], [['short']], [[SECRET, '']]])('%j would let anybody in', (secrets) => {
    expect(() => verify({}, { secrets })).toThrow(/^`secrets` must be one or more texts/)
  })

  it('the tolerance is bounded too', () => {
    expect(() => verify({}, { toleranceSeconds: Number.NaN })).toThrow('`toleranceSeconds` must be')
  })
})

it('a sender with another recipe is verified by it, and by no other', () => {
  const signed = (time: string, body: string) => `v0:${time}:${body}`
  const recipe: VerifyOptions['recipe'] = ({ timestamp, rawBody }) => [`v0:${timestamp}:`, rawBody]
  expect(reasonOf({ signed }, { recipe })).toBeNull()
  expect(reasonOf({ signed })).toBe('WRONG_SIGNATURE')
  expect(reasonOf({}, { recipe })).toBe('WRONG_SIGNATURE')
})

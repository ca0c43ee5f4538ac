import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import {
  createMemorySeenEvents,
  createWebhookReceiver,
  type Webhook,
  type WebhookReceiverOptions,
} from '../src/index.ts'
import { webhooks } from '../src/webhooks/fastify.ts'
import { SECRET, SENT_AT_SECONDS, signWebhook } from './signed-webhook.ts'

const now = () => SENT_AT_SECONDS * 1_000
const receiverOf = (options: Partial<WebhookReceiverOptions> = {}) => {
  const handled: Webhook[] = []
  const handle = (webhook: Webhook) => void handled.push(webhook)
  const receiver = createWebhookReceiver({ secrets: [SECRET], now, handle, ...options })
  return { receiver, handled }
}

describe('a receiver', () => {
  it('handles an event once, however often and however newly signed it comes', async () => {
    const { receiver, handled } = receiverOf()
    const first = signWebhook()
    const again = signWebhook({
      body: first.rawBody,
      timestamp: String(SENT_AT_SECONDS + 30),
      headers: { 'x-vivoldi-event-id': first.eventId },
    })
    const outcomes = []
    for (const request of [first, again, first]) {
      outcomes.push((await receiver.receive(request)).outcome)
    }
    expect(outcomes).toEqual(['handled', 'duplicate', 'duplicate'])
    expect(handled.map(({ eventId }) => eventId)).toEqual([first.eventId])
  })

  it('lets the sender try again after a handler that failed, and while one is at it', async () => {
    let finish: ((error?: Error) => void) | undefined
    let isFailing = true
    const { receiver } = receiverOf({
      handle: () =>
        isFailing
          ? new Promise<void>((resolve, reject) => {
              finish = (error) => (error === undefined ? resolve() : reject(error))
            })
          : undefined,
    })
    const request = signWebhook()
    const first = receiver.receive(request)
    await expect.poll(() => finish).toBeDefined()
    expect(await receiver.receive(request)).toMatchObject({ outcome: 'handling', status: 409 })
    finish?.(new Error('no room'))
    await expect(first).rejects.toThrow('no room')
    isFailing = false
    expect(await receiver.receive(request)).toMatchObject({ outcome: 'handled', status: 204 })
    expect(await receiver.receive(request)).toMatchObject({ outcome: 'duplicate', status: 204 })
  })

  it('does not remember what was refused', async () => {
    const { receiver, handled } = receiverOf()
    const request = signWebhook()
    const forged = { ...request, rawBody: `${request.rawBody} ` }
    expect(await receiver.receive(forged)).toEqual({
      outcome: 'refused',
      status: 401,
      reason: 'WRONG_SIGNATURE',
    })
    expect(await receiver.receive({ ...request, headers: {} })).toMatchObject({
      status: 400,
      reason: 'INCOMPLETE',
    })
    expect(await receiver.receive(request)).toMatchObject({ outcome: 'handled' })
    expect(handled).toHaveLength(1)
  })

  it('asks for its secrets anew at every webhook', async () => {
    let secrets = [SECRET]
    const { receiver } = receiverOf({ secrets: async () => secrets })
    expect((await receiver.receive(signWebhook())).outcome).toBe('handled')
    secrets = ['whsec_the-new-one-of-the-shop']
    expect((await receiver.receive(signWebhook())).outcome).toBe('refused')
    expect((await receiver.receive(signWebhook({ secrets }))).outcome).toBe('handled')
  })

  it('is not made without a secret', () => {
    expect(() => receiverOf({ secrets: [] })).toThrow(RangeError)
    expect(() => receiverOf({ toleranceSeconds: 0 })).toThrow(RangeError)
  })
})

describe('the memory of events', () => {
  it('forgets the oldest that is handled, and none that is being handled', async () => {
    const seen = createMemorySeenEvents(2)
    await seen.claim('open')
    for (const id of ['a', 'b', 'c']) {
      expect(await seen.claim(id)).toBe('new')
      await seen.confirm(id)
    }
    expect(await seen.claim('c')).toBe('handled')
    expect(await seen.claim('b')).toBe('handled')
    expect(await seen.claim('a')).toBe('new')
    expect(await seen.claim('open')).toBe('handling')
  })

  it.each([0, -1, 1.5, Number.NaN])('is not made for %d events', (maxEvents) => {
    expect(() => createMemorySeenEvents(maxEvents)).toThrow('`maxEvents` must be an integer')
  })
})

describe('the Fastify plugin', () => {
  async function buildApp(options: Partial<WebhookReceiverOptions> = {}) {
    const handled: Webhook[] = []
    const app = Fastify()
    const handle = (webhook: Webhook) => void handled.push(webhook)
    await app.register(webhooks, { path: '/hook', secrets: [SECRET], now, handle, ...options })
    app.post('/other', (request) => ({ got: request.body }))
    return { app, handled }
  }
  const post = (
    app: Awaited<ReturnType<typeof buildApp>>['app'],
    { headers, rawBody }: ReturnType<typeof signWebhook>,
  ) =>
    app.inject({
      method: 'POST',
      url: '/hook',
      headers: Object.fromEntries(Object.entries(headers).filter(([, it]) => it !== undefined)),
      payload: rawBody,
    })

  it('checks the bytes as they came, also such as JSON would write otherwise', async () => {
    const { app, handled } = await buildApp()
    const request = signWebhook({ body: '{ "a" : 1.0,\r\n "é": "\\u00e9" }' })
    expect((await post(app, request)).statusCode).toBe(204)
    expect((await post(app, request)).statusCode).toBe(204)
    expect(handled.map(({ body }) => body)).toEqual([{ a: 1, é: 'é' }])
  })

  it('leaves the bodies of other routes alone', async () => {
    const { app } = await buildApp()
    const answer = await app.inject({ method: 'POST', url: '/other', payload: { a: 1 } })
    expect(answer.json()).toEqual({ got: { a: 1 } })
  })

  it('refuses without saying why, answers 500 when the handler fails, and bounds the body', async () => {
    const { app } = await buildApp({
      handle: () => {
        throw new Error('no room')
      },
    })
    const forged = await post(app, signWebhook({ secrets: ['whsec_of-somebody-else'] }))
    expect([forged.statusCode, forged.json()]).toEqual([401, { error: 'webhook refused' }])
    expect((await post(app, signWebhook())).statusCode).toBe(500)
    const large = signWebhook({ body: 'x'.repeat(64 * 1024 + 1) })
    expect((await post(app, large)).statusCode).toBe(413)
    const empty = await app.inject({ method: 'POST', url: '/hook' })
    expect(empty.statusCode).toBe(400)
  })
})

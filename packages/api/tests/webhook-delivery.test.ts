import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listDeadLetters, resendDeadLetters } from '../src/webhooks/dead-letters.ts'
import { claimDeliveries, queueEvents, settleDelivery } from '../src/webhooks/delivery-store.ts'
import {
  listEndpoints,
  removeEndpoint,
  rotateSecret,
  setEndpoint,
} from '../src/webhooks/endpoints.ts'
import {
  type Arrival,
  accept,
  type Behaviour,
  findDisorder,
  startWebhookReceiver,
  type WebhookReceiver,
} from './webhook-receiver.ts'
import { DATABASES, openWebhooks, type WebhooksUnderTest } from './webhooks-under-test.ts'

describe.each(DATABASES)('on %s', (_name, makePlace) => {
  let subject: WebhooksUnderTest
  let receivers: WebhookReceiver[]
  let secrets: string[]
  beforeAll(async () => {
    subject = await openWebhooks(makePlace)
  })
  afterAll(() => subject.close())
  beforeEach(() => {
    receivers = []
    secrets = []
  })
  afterEach(async () => {
    await Promise.all(receivers.map((receiver) => receiver.close()))
    await subject.reset()
  })

  /** Starts a receiver, and reports the account's events, or those of a group, to it. */
  async function receive(behave?: Behaviour, groupId: number | null = null) {
    const receiver = await startWebhookReceiver(() => secrets, behave)
    receivers.push(receiver)
    const { accountId, database } = subject
    const { id, secret } = await setEndpoint(database, { accountId, groupId, url: receiver.url })
    if (secret !== null) secrets.push(secret)
    return { receiver, id }
  }

  const deadLetters = () =>
    listDeadLetters(subject.database, { endpointId: null, eventId: null }, 100)

  it('a use, its rollback and the deletion arrive as documented', async () => {
    const { receiver } = await receive()
    const code = await subject.create({ useLimit: 2, name: 'Two', groupId: 9 })
    const [id = ''] = await subject.redeem(code, 'u1')
    const { accountId } = subject
    await subject.core.rollback({
      accountId,
      redemptionId: id,
      reason: 'returned',
      idempotencyKey: null,
    })
    await subject.core.delete({ accountId, code, idempotencyKey: null })
    subject.start()
    await subject.deliverAll()

    const { arrivals } = receiver
    expect(arrivals.map(({ body }) => body.type)).toEqual([
      'coupon.redeemed',
      'coupon.rolled_back',
      'coupon.deleted',
    ])
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const [used, rolledBack, deleted] = arrivals as [Arrival, Arrival, Arrival]
    expect(used.body).toEqual({
      eventId: used.eventId,
      type: 'coupon.redeemed',
      sequence: expect.any(Number),
      occurredAt: moment,
      coupon: {
        cpnId: expect.any(String),
        cpnNo: code,
        nm: 'Two',
        discTypeIdx: 457,
        disc: 10,
        discCurrency: '',
        grpIdx: 9,
        useLimit: 2,
      },
      redemption: {
        redemptionId: id,
        ordinal: 1,
        userId: 'u1',
        memo: 'memo of u1',
        idempotencyKey: null,
        redeemedAt: moment,
        rolledBackAt: null,
        rollbackReason: null,
      },
    })
    expect(rolledBack.body.redemption).toEqual({
      ...used.body.redemption,
      rolledBackAt: moment,
      rollbackReason: 'returned',
    })
    expect(deleted.body.redemption).toBeNull()
    expect(arrivals.map(({ headers }) => headers['x-vivoldi-action-type'])).toEqual([
      'NONE',
      'ADD',
      'REMOVE',
    ])
    expect(used.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-vivoldi-webhook-type': 'GLOBAL',
      'x-vivoldi-resource-type': 'COUPON',
      'x-vivoldi-comp-idx': String(accountId),
      'x-vivoldi-event-id': used.eventId,
    })
    expect(receiver.unsigned).toEqual([])
  })

  it('a receiver that fails, hangs, redirects to loopback, answers late and twice gets every event, in order', async () => {
    // Whoever follows the redirection comes here.
    const trap = await startWebhookReceiver(() => secrets)
    receivers.push(trap)
    const late: (() => void)[] = []
    const misbehave: Behaviour[] = [
      (_, response) => response.writeHead(500).end(),
      () => {},
      (_, response) => response.writeHead(307, { Location: trap.url }).end(),
      // It has the event, and says so when nobody waits for it any more: it gets it twice.
      (arrival, response) => {
        arrival.accepted = true
        late.push(() => response.writeHead(200).end())
      },
      (_, response) => response.socket?.destroy(),
    ]
    const { receiver } = await receive((arrival, response) => {
      const behave = misbehave[arrival.body.sequence % (misbehave.length + 1)]
      // The first attempt of most events goes wrong, the second of some.
      const isMisbehaving = arrival.attempt <= 1 + (arrival.body.sequence % 2)
      ;(isMisbehaving && behave ? behave : accept)(arrival, response)
    })
    const codes = await Promise.all([1, 2, 3].map(() => subject.create({ useLimit: 20 })))
    const users = Array.from({ length: 12 }, (_, index) => `u${index}`)
    const ids = (await Promise.all(codes.map((code) => subject.redeem(code, ...users)))).flat()
    subject.start({ timeoutMs: 150 })
    await subject.deliverAll()
    for (const answer of late) answer()

    const { arrivals } = receiver
    const arrived = new Set(arrivals.map(({ body }) => body.redemption.redemptionId))
    expect(arrived).toEqual(new Set(ids))
    expect(findDisorder(arrivals)).toEqual([])
    expect(receiver.unsigned).toEqual([])
    expect(trap.arrivals).toEqual([])
    expect(late.length).toBeGreaterThan(0)
    // An event has one id and the same bytes over its attempts, an attempt a request id of its own.
    expect(arrivals.length).toBeGreaterThan(36)
    expect(new Set(arrivals.map(({ eventId }) => eventId)).size).toBe(36)
    expect(new Set(arrivals.map(({ rawBody }) => rawBody)).size).toBe(36)
    expect(new Set(arrivals.map((it) => it.headers['x-vivoldi-request-id'])).size).toBe(
      arrivals.length,
    )
    expect(await deadLetters()).toEqual([])
  })

  it('an endpoint that hangs holds up no other', async () => {
    const open: (() => void)[] = []
    const hanging = await receive((_, response) => open.push(() => response.end()))
    const { receiver } = await receive(accept, 7)
    for (let count = 0; count < 12; count += 1) {
      await subject.redeem(await subject.create({ useLimit: 1 }), 'u1')
    }
    const quick = await subject.create({ useLimit: 20, groupId: 7 })
    await subject.redeem(quick, ...Array.from({ length: 20 }, (_, index) => `u${index}`))
    subject.start({ timeoutMs: 60_000, perEndpoint: 3 })
    await expect.poll(() => receiver.arrivals.length, { timeout: 20_000 }).toBe(20)
    expect(receiver.arrivals.every((it) => it.headers['x-vivoldi-webhook-type'] === 'GROUP')).toBe(
      true,
    )
    // It has as many under way as it may, and one lane more than that would have been claimed long ago.
    expect(hanging.receiver.arrivals).toHaveLength(3)
    // Stopping waits for what is under way.
    for (const answer of open) answer()
  })

  it('stopping takes no more, and waits for what is under way', async () => {
    const open: (() => void)[] = []
    const { receiver } = await receive((_, response) => open.push(() => response.end()))
    const code = await subject.create({ useLimit: 2 })
    await subject.redeem(code, 'u1', 'u2')
    const deliverer = subject.start({ timeoutMs: 60_000 })
    await expect.poll(() => receiver.arrivals.length, { timeout: 20_000 }).toBe(1)
    let isStopped = false
    const stopped = deliverer.stop().then(() => {
      isStopped = true
    })
    await subject.database.query('select 1 as answer')
    expect(isStopped).toBe(false)
    for (const answer of open) answer()
    await stopped
    expect(receiver.arrivals).toHaveLength(1)
    // The one that was taken is settled, the other one is due.
    expect(await listEndpoints(subject.database, 'shop')).toMatchObject([{ waiting: 1 }])
  })

  it('a process that comes back after its claim has lapsed changes nothing', async () => {
    await receive()
    const code = await subject.create({ useLimit: 2 })
    await subject.redeem(code, 'u1', 'u2')
    await subject.core.takeEvents(10, queueEvents)
    const claim = async (leaseMs: number) => {
      const options = { perEndpoint: 4, running: new Map<number, number>(), leaseMs }
      const [delivery] = await claimDeliveries(subject.database, options)
      if (delivery === undefined) throw new Error('nothing is due')
      return { ...delivery, userId: JSON.parse(delivery.body).redemption.userId }
    }
    const frozen = await claim(0)
    const other = await claim(60_000)
    expect([frozen.userId, other.userId]).toEqual(['u1', 'u1'])
    const late = { outcome: 'retry', delayMs: 3_600_000, failure: 'late' } as const
    expect(await settleDelivery(subject.database, frozen, late)).toBe(false)
    expect(await settleDelivery(subject.database, other, { outcome: 'delivered' })).toBe(true)
    expect(await settleDelivery(subject.database, other, { outcome: 'delivered' })).toBe(false)
    expect((await claim(60_000)).userId).toBe('u2')
    await expect(claim(60_000)).rejects.toThrow('nothing is due')
  })

  it('what failed waits, longer every time', async () => {
    const { receiver } = await receive((_, response) => response.writeHead(500).end())
    await subject.redeem(await subject.create({ useLimit: 1 }), 'u1')
    subject.start()
    const delaysMs: number[] = []
    for (let attempt = 1; attempt <= 6; attempt += 1) {
      await expect.poll(() => receiver.arrivals.length, { timeout: 20_000 }).toBe(attempt)
      await expect
        .poll(async () => {
          const [lane] = await subject.database.query<{ failures: number; delay: number }>(
            `select failures, extract(epoch from due_at - now())::float8 as delay
             from webhook_lane where claim is null`,
          )
          if (lane?.failures !== attempt) return 0
          delaysMs[attempt - 1] = lane.delay
          return lane.failures
        })
        .toBe(attempt)
      await subject.letTimePass(3_600)
    }
    // Half of a delay is chance, and a poll may come late: the shortest of one is the longest of the one before.
    for (const [index, delay] of delaysMs.entries()) {
      expect(delay).toBeLessThanOrEqual(5 * 2 ** index)
      expect(delay).toBeGreaterThan(5 * 2 ** index * 0.5 - 2.5)
    }
  })

  it('what failed for a day is a dead letter, lets the next events pass, and can be sent again', async () => {
    let isBroken = true
    const { receiver, id: endpointId } = await receive((arrival, response) =>
      isBroken ? response.writeHead(503).end() : accept(arrival, response),
    )
    const code = await subject.create({ useLimit: 3 })
    await subject.redeem(code, 'u1')
    subject.start()
    await expect.poll(() => receiver.arrivals.length, { timeout: 20_000 }).toBe(1)
    await subject.letTimePass(25 * 3_600)
    await expect.poll(async () => (await deadLetters()).length, { timeout: 20_000 }).toBe(1)
    const [letter] = await deadLetters()
    expect(letter).toMatchObject({
      eventId: receiver.arrivals[0]?.eventId,
      endpointId,
      account: 'shop',
      code,
      attempts: 2,
      lastFailure: 'answered 503',
    })

    isBroken = false
    await subject.redeem(code, 'u2')
    await subject.deliverAll()
    const users = () =>
      receiver.arrivals.filter((it) => it.accepted).map(({ body }) => body.redemption.userId)
    expect(users()).toEqual(['u2'])
    expect(await listEndpoints(subject.database, 'shop')).toMatchObject([{ waiting: 0, dead: 1 }])

    const nobody = { endpointId: null, eventId: '00000000-0000-4000-8000-000000000000' }
    expect(await resendDeadLetters(subject.database, nobody)).toBe(0)
    expect(await resendDeadLetters(subject.database, { endpointId, eventId: null })).toBe(1)
    await subject.deliverAll()
    expect(users()).toEqual(['u2', 'u1'])
    expect(receiver.arrivals.at(-1)?.eventId).toBe(letter?.eventId)
    expect(await deadLetters()).toEqual([])
  })

  it('while a secret is rotated, a receiver that has either accepts; afterwards only the new one', async () => {
    const { receiver, id } = await receive()
    const [old] = secrets
    const code = await subject.create({ useLimit: 5 })
    const signaturesOf = (arrival: Arrival | undefined) =>
      String(arrival?.headers['x-vivoldi-signature']).match(/v1=[0-9a-f]{64}/g)
    subject.start()
    const rotated = await rotateSecret(subject.database, id, 1)
    // The receiver has only the old one.
    await subject.redeem(code, 'u1')
    await subject.deliverAll()
    secrets = [rotated?.secret ?? '']
    await subject.redeem(code, 'u2')
    await subject.deliverAll()
    expect(receiver.unsigned).toEqual([])
    expect(receiver.arrivals.map((it) => signaturesOf(it)?.length)).toEqual([2, 2])

    await subject.database.query(
      `update webhook_endpoint set previous_secret_until = previous_secret_until - interval '1 hour'`,
    )
    await subject.redeem(code, 'u3')
    await subject.deliverAll()
    expect(signaturesOf(receiver.arrivals.at(-1))).toHaveLength(1)
    secrets = [old ?? '']
    await subject.redeem(code, 'u4')
    await subject.deliverAll()
    expect(receiver.unsigned).toHaveLength(1)
    expect(await rotateSecret(subject.database, 4_000, 1)).toBeUndefined()
  })

  it('a secret that leaked ends at once', async () => {
    const { receiver, id } = await receive()
    const { secret = '' } = (await rotateSecret(subject.database, id, 0)) ?? {}
    secrets = [secret]
    await subject.redeem(await subject.create({ useLimit: 1 }), 'u1')
    subject.start()
    await subject.deliverAll()
    expect(receiver.unsigned).toEqual([])
    expect(receiver.arrivals[0]?.headers['x-vivoldi-signature']).toMatch(
      /^t=\d+,v1=[0-9a-f]{64},alg=hmac-sha256$/,
    )
  })

  it('an endpoint keeps its secret when its URL is changed, and takes its events along when it is removed', async () => {
    const { receiver: first, id } = await receive((_, response) => response.writeHead(500).end())
    await subject.redeem(await subject.create({ useLimit: 1 }), 'u1')
    subject.start()
    await expect.poll(() => first.arrivals.length, { timeout: 20_000 }).toBe(1)
    const { receiver: second, id: same } = await receive()
    expect([same, secrets.length]).toEqual([id, 1])
    await subject.deliverAll()
    expect(second.arrivals.map(({ eventId }) => eventId)).toEqual([first.arrivals[0]?.eventId])
    expect(await removeEndpoint(subject.database, id)).toBe(true)
    expect(await removeEndpoint(subject.database, id)).toBe(false)
    // Nobody is told from now on, and nothing piles up.
    await subject.redeem(await subject.create({ useLimit: 1 }), 'u1')
    await subject.deliverAll()
    expect(second.arrivals).toHaveLength(1)
  })
})

it('several processes deliver each event once, and in order, when nothing fails', async () => {
  const subject = await openWebhooks(DATABASES[0][1])
  const secrets: string[] = []
  const receiver = await startWebhookReceiver(() => secrets)
  const { accountId, database } = subject
  const { secret } = await setEndpoint(database, { accountId, groupId: null, url: receiver.url })
  secrets.push(secret ?? '')
  const codes = await Promise.all([1, 2, 3, 4, 5].map(() => subject.create({ useLimit: 30 })))
  for (let count = 0; count < 3; count += 1) subject.start()
  const users = Array.from({ length: 30 }, (_, index) => `u${index}`)
  const ids = (await Promise.all(codes.map((code) => subject.redeem(code, ...users)))).flat()
  await subject.deliverAll()
  expect(receiver.arrivals.map(({ body }) => body.redemption.redemptionId).toSorted()).toEqual(
    ids.toSorted(),
  )
  expect(findDisorder(receiver.arrivals)).toEqual([])
  await receiver.close()
  await subject.reset()
  await subject.close()
})

import { describe, expect, it } from 'vitest'
import { failureOf, openClient, openUpstream } from './client-under-test.ts'
import { done, hang, held, problem, rejected, WIRE_COUPON } from './misbehaving-upstream.ts'

const usable = done(WIRE_COUPON)
const unknown = rejected(1001, 'NOT_FOUND')
const CODE = { code: 'FRIENDS05' }

describe('validates of one code at the same time', () => {
  it('are one call, which answers all of them', async () => {
    const upstream = await openUpstream(usable)
    const { client } = openClient([upstream.url])
    const typed = ['FRIENDS05', 'friends-05', 'Friends 05']
    const calls = Array.from({ length: 1_000 }, (_, n) =>
      client.validate({ code: typed[n % typed.length] ?? '' }),
    )
    for (const result of await Promise.all(calls)) expect(result.outcome).toBe('usable')
    expect(upstream.received).toHaveLength(1)
  })

  it('are a call for each user, where the upstream answers for a user', async () => {
    for (const [profile, expected] of [
      ['native', 3],
      ['hosted', 1],
    ] as const) {
      const upstream = await openUpstream(usable)
      const { client } = openClient([upstream.url], { profile })
      const users = ['ada', 'bob', null]
      await Promise.all(users.map((userId) => client.validate({ ...CODE, userId })))
      expect(upstream.received).toHaveLength(expected)
    }
  })

  it('fail together when the call fails', async () => {
    const upstream = await openUpstream(problem(401, 3001, 'UNAUTHENTICATED'))
    const { client } = openClient([upstream.url])
    const calls = [failureOf(client.validate(CODE)), failureOf(client.validate(CODE))]
    for (const failure of calls) expect(await failure).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(upstream.received).toHaveLength(1)
  })

  it('are not ended by one who gives up, the first or another, but by the last of them', async () => {
    const gate = held(usable)
    const upstream = await openUpstream(gate.behaviour, hang)
    const { client } = openClient([upstream.url])
    const callers = [new AbortController(), new AbortController(), new AbortController()] as const
    const calls = callers.map(({ signal }) => client.validate(CODE, { signal }))
    await upstream.whenReceived(1)
    callers[0].abort()
    callers[1].abort()
    expect(await failureOf(calls[0] as Promise<unknown>)).toMatchObject({ code: 'ABORTED' })
    expect(await failureOf(calls[1] as Promise<unknown>)).toMatchObject({ code: 'ABORTED' })
    gate.release()
    expect(await calls[2]).toMatchObject({ outcome: 'usable' })

    const others = [new AbortController(), new AbortController()]
    const left = others.map(({ signal }) => failureOf(client.validate(CODE, { signal })))
    await upstream.whenReceived(2)
    for (const caller of others) caller.abort()
    for (const failure of left) expect(await failure).toMatchObject({ code: 'ABORTED' })
    // The upstream would hang for ever: only an ended call lets the client close.
    await client.close()
  })

  it('are not joined by who comes as the last of them gives up', async () => {
    const upstream = await openUpstream(hang, usable)
    const { client } = openClient([upstream.url])
    const caller = new AbortController()
    const left = failureOf(client.validate(CODE, { signal: caller.signal }))
    await upstream.whenReceived(1)
    caller.abort()
    expect(await client.validate(CODE)).toMatchObject({ outcome: 'usable' })
    expect(await left).toMatchObject({ code: 'ABORTED' })
  })

  it('are left at the deadline of each, and not joined by who has more time', async () => {
    const upstream = await openUpstream(hang)
    const { client, clock } = openClient([upstream.url], { attemptTimeoutMs: 60_000 })
    const first = failureOf(client.validate(CODE, { deadlineMs: 5_000 }))
    const shorter = failureOf(client.validate(CODE, { deadlineMs: 1_000 }))
    const longer = failureOf(client.validate(CODE, { deadlineMs: 9_000 }))
    await upstream.whenReceived(2)
    clock.advance(1_000)
    expect(await shorter).toMatchObject({ code: 'TIMEOUT' })
    clock.advance(4_000)
    expect(await first).toMatchObject({ code: 'TIMEOUT' })
    clock.advance(4_000)
    expect(await longer).toMatchObject({ code: 'TIMEOUT' })
  })

  it('are not joined past a write of the same client, which the answer might not show yet', async () => {
    const gate = held(usable)
    const upstream = await openUpstream(gate.behaviour, done({ redemptionId: 'r-1' }), usable)
    const { client } = openClient([upstream.url])
    const before = client.validate(CODE)
    await upstream.whenReceived(1)
    await client.redeem(CODE)
    await client.validate(CODE)
    gate.release()
    await before
    expect(upstream.received).toHaveLength(3)
  })
})

describe('a code that is unknown', () => {
  it('is not asked for again for a second, whoever asks', async () => {
    const upstream = await openUpstream(unknown, usable)
    const { client, clock } = openClient([upstream.url])
    await client.validate(CODE)
    expect(await client.validate({ ...CODE, userId: 'ada' })).toEqual({
      outcome: 'rejected',
      reason: 'NOT_FOUND',
      coupon: null,
    })
    expect(upstream.received).toHaveLength(1)
    clock.advance(1_000)
    expect(await client.validate(CODE)).toMatchObject({ outcome: 'usable' })
  })

  it('is asked for again as soon as it was created here', async () => {
    const upstream = await openUpstream(unknown, done('FRIENDS05'), usable)
    const { client } = openClient([upstream.url])
    await client.validate(CODE)
    await client.create({ ...CODE, settings: { discountKind: 'percent', discount: 10 } })
    expect(await client.validate(CODE)).toMatchObject({ outcome: 'usable' })
  })

  it('is not remembered when it was created while the answer was under way', async () => {
    const gate = held(unknown)
    const upstream = await openUpstream(gate.behaviour, done('FRIENDS05'), usable)
    const { client } = openClient([upstream.url])
    const before = client.validate(CODE)
    await upstream.whenReceived(1)
    await client.create({ ...CODE, settings: { discountKind: 'percent', discount: 10 } })
    gate.release()
    await before
    expect(await client.validate(CODE)).toMatchObject({ outcome: 'usable' })
  })

  it('is the only one that is remembered: what else a coupon is may change at any time', async () => {
    const upstream = await openUpstream(rejected(1016, 'ALL_HELD'), usable)
    const { client } = openClient([upstream.url])
    await client.validate(CODE)
    expect(await client.validate(CODE)).toMatchObject({ outcome: 'usable' })
  })

  it('is asked for each time with a memory of 0 ms', async () => {
    const upstream = await openUpstream(unknown)
    const { client } = openClient([upstream.url], { unknownCodeTtlMs: 0 })
    await client.validate(CODE)
    await client.validate(CODE)
    expect(upstream.received).toHaveLength(2)
  })
})

import { describe, expect, it } from 'vitest'
import { failureOf, numberedCode, openClient, openUpstream } from './client-under-test.ts'
import { answer, type Behaviour, done, hang, held, WIRE_COUPON } from './misbehaving-upstream.ts'

const usable = done(WIRE_COUPON)

describe('concurrency', () => {
  it('is reached and never exceeded, and every call is answered', async () => {
    let inFlight = 0
    let most = 0
    const gate = held(usable)
    const counted: Behaviour = (response, request) => {
      inFlight += 1
      most = Math.max(most, inFlight)
      response.on('finish', () => {
        inFlight -= 1
      })
      gate.behaviour(response, request)
    }
    const upstream = await openUpstream(counted)
    const { client } = openClient([upstream.url], { concurrency: 4 })
    const calls = Array.from({ length: 40 }, (_, n) => client.validate({ code: numberedCode(n) }))
    await upstream.whenReceived(4)
    gate.release()
    await Promise.all(calls)
    expect(most).toBe(4)
    expect(upstream.received).toHaveLength(40)
  })

  it('is not used up by calls that wait for their next attempt', async () => {
    const upstream = await openUpstream(answer(502, 'no'), usable)
    const { client, clock } = openClient([upstream.url], { concurrency: 1 })
    let other: Promise<unknown> | undefined
    clock.onSleep = () => {
      other ??= client.validate({ code: 'FRIENDS05' })
    }
    await client.validate({ code: 'FRIENDS05' })
    expect(await other).toMatchObject({ outcome: 'usable' })
  })
})

describe('a full queue', () => {
  it('refuses one more call with OVERLOADED at once, and serves those who wait', async () => {
    const gate = held(usable)
    const upstream = await openUpstream(gate.behaviour)
    const { client } = openClient([upstream.url], { concurrency: 1, maxQueued: 2 })
    const accepted = Array.from({ length: 3 }, (_, n) => client.validate({ code: numberedCode(n) }))
    const error = await failureOf(client.validate({ code: 'FRIENDS05' }))
    expect(error).toMatchObject({ code: 'OVERLOADED', retryAfterMs: null })
    gate.release()
    expect(await Promise.all(accepted)).toHaveLength(3)
    expect(upstream.received).toHaveLength(3)
  })

  it('has room for one more when somebody who waited gives up, and for one only', async () => {
    const gates = [held(usable), held(usable), held(usable)] as const
    const upstream = await openUpstream(...gates.map(({ behaviour }) => behaviour))
    const { client } = openClient([upstream.url], { concurrency: 1, maxQueued: 1 })
    let count = 0
    const validate = (signal?: AbortSignal) => {
      count += 1
      return client.validate({ code: numberedCode(count) }, { signal })
    }
    const impatient = new AbortController()
    const first = validate()
    const second = failureOf(validate(impatient.signal))
    impatient.abort()
    expect(await second).toMatchObject({ code: 'ABORTED' })
    const third = validate()
    gates[0].release()
    await first
    await upstream.whenReceived(2)

    const fourth = validate()
    expect(await failureOf(validate())).toMatchObject({ code: 'OVERLOADED' })
    gates[1].release()
    gates[2].release()
    await Promise.all([third, fourth])
    expect(upstream.received).toHaveLength(3)
  })

  it('is not entered by a call that was given up before', async () => {
    const gate = held(usable)
    const upstream = await openUpstream(gate.behaviour)
    const { client } = openClient([upstream.url], { concurrency: 1 })
    const first = client.validate({ code: 'FRIENDS05' })
    const signal = AbortSignal.abort()
    expect(await failureOf(client.validate({ code: 'FRIENDS05' }, { signal }))).toMatchObject({
      code: 'ABORTED',
    })
    gate.release()
    await first
  })

  it('is left with OVERLOADED at the deadline, without having been sent', async () => {
    const upstream = await openUpstream(hang)
    const { client, clock } = openClient([upstream.url], {
      concurrency: 1,
      attemptTimeoutMs: 60_000,
      deadlineMs: 60_000,
    })
    const first = failureOf(client.validate({ code: 'FRIENDS05' }))
    const second = failureOf(client.redeem({ code: 'FRIENDS05' }, { deadlineMs: 1_000 }))
    await upstream.whenReceived(1)
    clock.advance(1_000)
    expect(await second).toMatchObject({ code: 'OVERLOADED' })
    clock.advance(59_000)
    expect(await first).toMatchObject({ code: 'TIMEOUT' })
    expect(upstream.received).toHaveLength(1)
  })
})

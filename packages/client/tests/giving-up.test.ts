import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { failureOf, numberedCode, openClient, openUpstream } from './client-under-test.ts'
import { createFakeClock } from './fake-clock.ts'
import { answer, done, hang, held, reset, WIRE_COUPON } from './misbehaving-upstream.ts'

it('a process that was frozen over the time of an attempt does not send it afterwards', async () => {
  let nowMs = 0
  let isGivenUp: boolean | undefined
  // Its timers have not had their turn yet when the connection is there.
  const clock = { ...createFakeClock(), monotonicMs: () => nowMs, startTimer: () => () => {} }
  const { client } = openClient(['http://127.0.0.1:1'], {
    clock,
    openTransport: () => ({
      async send(_request, exchange) {
        nowMs += 60_000
        isGivenUp = exchange.isGivenUp
        throw new Error('not sent')
      },
      async close() {},
    }),
  })
  expect(await failureOf(client.redeem({ code: 'FRIENDS05' }))).toMatchObject({
    code: 'UNAVAILABLE',
  })
  expect(isGivenUp).toBe(true)
})

it('callers with little time do not make an upstream look dead to those with more', async () => {
  const impatient = Array.from({ length: 20 }, (_, n) => numberedCode(n))
  const upstream = await openUpstream(...impatient.map(() => hang), done(WIRE_COUPON))
  const { client, clock } = openClient([upstream.url])
  const failures = impatient.map((code) =>
    failureOf(client.validate({ code }, { deadlineMs: 100 })),
  )
  await upstream.whenReceived(impatient.length)
  clock.advance(100)
  for (const failure of failures) expect(await failure).toMatchObject({ code: 'TIMEOUT' })
  expect(await client.validate({ code: 'FRIENDS05' })).toMatchObject({ outcome: 'usable' })
})

describe('the signal of a call', () => {
  it('that fired before keeps it from being sent', async () => {
    const upstream = await openUpstream(done())
    const { client } = openClient([upstream.url])
    const reason = new Error('the user left')
    const call = client.redeem({ code: 'FRIENDS05' }, { signal: AbortSignal.abort(reason) })
    expect(await failureOf(call)).toMatchObject({ code: 'ABORTED', cause: reason })
    expect(upstream.received).toHaveLength(0)
  })

  it('that fires right after keeps it from being sent, too', async () => {
    const upstream = await openUpstream(done())
    const { client } = openClient([upstream.url])
    const caller = new AbortController()
    const call = client.redeem({ code: 'FRIENDS05' }, { signal: caller.signal })
    caller.abort()
    expect(await failureOf(call)).toMatchObject({ code: 'ABORTED' })
    expect(upstream.received).toHaveLength(0)
  })

  it('ends a read under way', async () => {
    const upstream = await openUpstream(hang)
    const { client } = openClient([upstream.url])
    const caller = new AbortController()
    const failure = failureOf(client.validate({ code: 'FRIENDS05' }, { signal: caller.signal }))
    await upstream.whenReceived(1)
    caller.abort()
    expect(await failure).toMatchObject({ code: 'ABORTED' })
  })

  it('does not end a write that was sent: its answer is the result', async () => {
    const gate = held(done({ redemptionId: 'r-1' }))
    const upstream = await openUpstream(gate.behaviour)
    const { client } = openClient([upstream.url])
    const caller = new AbortController()
    const call = client.redeem({ code: 'FRIENDS05' }, { signal: caller.signal })
    await upstream.whenReceived(1)
    caller.abort()
    gate.release()
    expect(await call).toMatchObject({ outcome: 'redeemed', redemption: { id: 'r-1' } })
  })

  it('ends the pause before another attempt', async () => {
    const upstream = await openUpstream(answer(429, 'slow down'), done())
    const { client, clock } = openClient([upstream.url])
    const caller = new AbortController()
    clock.onSleep = () => caller.abort()
    const call = client.redeem({ code: 'FRIENDS05' }, { signal: caller.signal })
    expect(await failureOf(call)).toMatchObject({ code: 'ABORTED' })
    expect(upstream.received).toHaveLength(1)
  })

  it('leaves the outcome of a write unknown when its answer was lost before', async () => {
    const upstream = await openUpstream(reset, done())
    const { client, clock } = openClient([upstream.url])
    const caller = new AbortController()
    clock.onSleep = () => caller.abort()
    const call = client.redeem({ code: 'FRIENDS05' }, { signal: caller.signal })
    expect(await failureOf(call)).toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      cause: { code: 'ABORTED' },
    })
    expect(upstream.received).toHaveLength(1)
  })
})

describe('a deadline that passes before anything is sent', () => {
  it('is a TIMEOUT for a read, and UNAVAILABLE for a write, which had no effect', async () => {
    const upstream = await openUpstream(done())
    const { client, clock } = openClient([upstream.url])
    const read = failureOf(client.validate({ code: 'FRIENDS05' }))
    const write = failureOf(client.redeem({ code: 'FRIENDS05' }))
    clock.advance(12_000)
    expect(await read).toMatchObject({ code: 'TIMEOUT' })
    expect(await write).toMatchObject({ code: 'UNAVAILABLE' })
    expect(upstream.received).toHaveLength(0)
  })
})

describe('close', () => {
  it('lets calls under way come to their end, retries included, and takes no more', async () => {
    const gate = held(reset)
    const upstream = await openUpstream(gate.behaviour, done(WIRE_COUPON))
    const { client } = openClient([upstream.url])
    const call = client.validate({ code: 'FRIENDS05' })
    await upstream.whenReceived(1)
    const closed = client.close()
    expect(await failureOf(client.validate({ code: 'FRIENDS05' }))).toMatchObject({
      code: 'ABORTED',
      message: 'the client is closed',
    })
    gate.release()
    expect(await call).toMatchObject({ outcome: 'usable' })
    await closed
    expect(upstream.received).toHaveLength(2)
  })

  it('can be called twice, and without any call before', async () => {
    const { client } = openClient(['http://127.0.0.1:9'])
    await Promise.all([client.close(), client.close()])
  })
})

describe('a connection that is never made', () => {
  it('ends a write at the attempt timeout as never sent, so that it is sent elsewhere', async () => {
    const silent = await openSilentServer()
    const upstream = await openUpstream(done({ redemptionId: 'r-1' }))
    const { client, clock } = openClient([silent.url, upstream.url], { profile: 'hosted' })
    const call = client.redeem({ code: 'FRIENDS05' })
    await silent.connected
    clock.advance(5_000)
    expect(await call).toMatchObject({ outcome: 'redeemed' })
  })

  it('ends a write as soon as the signal fires, since nothing of it has left', async () => {
    const silent = await openSilentServer()
    const { client } = openClient([silent.url])
    const caller = new AbortController()
    const call = client.redeem({ code: 'FRIENDS05' }, { signal: caller.signal })
    await silent.connected
    caller.abort()
    expect(await failureOf(call)).toMatchObject({ code: 'ABORTED' })
  })
})

/** Accepts connections and says nothing, so that no TLS connection ever comes about. */
async function openSilentServer() {
  const sockets: Socket[] = []
  const server = createServer((socket) => sockets.push(socket.on('error', () => {})))
  const connected = once(server, 'connection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, connected }
}

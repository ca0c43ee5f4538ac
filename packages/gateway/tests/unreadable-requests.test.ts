import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeUpstream, startGateway } from './gateway-under-test.ts'

let finishUpstream = () => {}
let upstreamAsked = Promise.withResolvers<void>()
let upstream: Awaited<ReturnType<typeof startFakeUpstream>>
let gateway: ServiceProcess
beforeAll(async () => {
  upstream = await startFakeUpstream((_request, response) => {
    const result = { redemptionId: 'r-1', ordinal: 1, redeemedAt: '2026-11-24T06:36:00.000Z' }
    finishUpstream = () => response.end(JSON.stringify({ code: 0, message: '', result }))
    upstreamAsked.resolve()
  })
  gateway = await startGateway(upstream, { LOG_LEVEL: 'info' })
})
afterAll(async () => {
  await gateway?.stop()
  upstream.close()
})

async function open() {
  const { hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  return socket
}

/** Sends bytes as they are, and reads until the gateway closes the connection. */
async function sendBytes(bytes: string) {
  const socket = await open()
  socket.write(bytes)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  const [statusLine = '', ...headerLines] = head.split('\r\n')
  const headers = new Headers(headerLines.map((line) => line.split(': ', 2) as [string, string]))
  return { status: Number(statusLine.split(' ')[1]), headers, body: JSON.parse(body) }
}

const SECRET = 'sk_secret_of_the_shop'
const request = (...headers: string[]) =>
  ['POST /graphql HTTP/1.1', 'Host: gateway', ...headers, '', ''].join('\r\n')

describe('a request that cannot be read was answered in the form of Fastify:', () => {
  it.each<[string, string, number, string]>([
    ['20 kB of headers', request(`X-Large: ${'x'.repeat(20_000)}`), 431, 'at most 16 KiB'],
    [
      'a key of 20 kB',
      request(`Authorization: Bearer ${SECRET.repeat(1_000)}`),
      431,
      'at most 16 KiB',
    ],
    ['no HTTP', `{ "query": "{ a }", "key": "${SECRET}" }\r\n\r\n`, 400, 'HTTP/1.1'],
    ['a header without a name', request(`: Bearer ${SECRET}`), 400, 'HTTP/1.1'],
    ['two lengths', request('Content-Length: 5', 'Content-Length: 6'), 400, 'HTTP/1.1'],
    ['a length that is none', request('Content-Length: five'), 400, 'HTTP/1.1'],
  ])('%s', async (_what, bytes, status, words) => {
    const answer = await sendBytes(bytes)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('Cache-Control')).toBe('no-store')
    expect(answer.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(answer.headers.get('Connection')).toBe('close')
    expect(answer.body).toEqual({
      errors: [
        {
          message: expect.stringContaining(words),
          extensions: {
            code: 'BAD_REQUEST',
            correlationId: answer.headers.get('X-Request-Id'),
          },
        },
      ],
    })
  })

  it('none of what came is logged', () => {
    expect(gateway.output()).not.toContain(SECRET)
    expect(gateway.output()).toContain('HPE_HEADER_OVERFLOW')
  })
})

it('what follows a redeem on its connection does not answer for it', async () => {
  upstreamAsked = Promise.withResolvers()
  const body = JSON.stringify({
    query:
      'mutation { redeemCoupon(input: { code: "WELCOME10", idempotencyKey: "order-17" }) { replayed } }',
  })
  const socket = await open()
  socket.write(
    request(
      'Authorization: Bearer sk_demo',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
    ) + body,
  )
  await upstreamAsked.promise
  socket.write('no HTTP\r\n\r\n')
  // The caller learns that the answer was lost, and repeats with the same key.
  expect(await text(socket).catch(() => '')).toBe('')
  finishUpstream()
})

import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { parseNetwork } from './address-rules.ts'
import { createWebhookSender } from './send-webhook.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function sendTo(answer: RequestListener, timeoutMs = 5_000) {
  server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const sender = createWebhookSender({
    allowedNetworks: [parseNetwork('127.0.0.0/8') ?? expect.unreachable()],
    timeoutMs,
  })
  const { port } = server.address() as AddressInfo
  return sender.send(`http://127.0.0.1:${port}/hook`, { 'X-Test': '1' }, '{"a":1}')
}

describe('an attempt', () => {
  it.each([200, 201, 204, 299])('that is answered %i is delivered', async (status) => {
    expect(await sendTo((_, response) => response.writeHead(status).end())).toEqual({
      outcome: 'delivered',
    })
  })

  it.each([
    [302, 'answered 302, and redirections are not followed'],
    [307, 'answered 307, and redirections are not followed'],
    [400, 'answered 400'],
    [410, 'answered 410'],
    [500, 'answered 500'],
  ])('that is answered %i has failed, and is not followed', async (status, failure) => {
    let calls = 0
    const sent = await sendTo((_, response) => {
      calls += 1
      response.writeHead(status, { Location: '/elsewhere' }).end()
    })
    expect(sent).toEqual({ outcome: 'failed', failure })
    expect(calls).toBe(1)
  })

  it.each([
    ['nothing', () => {}],
    ['half of a head', (_: unknown, response) => response.socket?.write('HTTP/1.1 200 O')],
  ] satisfies [string, RequestListener][])(
    'that is answered by %s in its time has failed',
    async (_what, answer) => {
      expect(await sendTo(answer, 100)).toEqual({
        outcome: 'failed',
        failure: 'did not answer within 0.1 s',
      })
    },
  )

  it('is over with the status: a body without end is read to its bound, or its time', async () => {
    const endless: RequestListener = (_, response) => {
      response.writeHead(200)
      const more = () => {
        if (!response.destroyed) response.write('x'.repeat(64 * 1024), () => setImmediate(more))
      }
      more()
    }
    expect(await sendTo(endless)).toEqual({ outcome: 'delivered' })
    const silent: RequestListener = (_, response) => response.writeHead(200).write('x')
    expect(await sendTo(silent, 200)).toEqual({ outcome: 'delivered' })
  })

  it('that finds the connection broken has failed', async () => {
    expect(await sendTo((_, response) => response.socket?.destroy())).toEqual({
      outcome: 'failed',
      failure: 'could not be called: UND_ERR_SOCKET',
    })
  })
})

import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseNetwork } from './address-rules.ts'
import { createWebhookSender, type WebhookSender } from './send-webhook.ts'

// One machine with two addresses: 127.0.0.2 may be called, 127.0.0.1 may not.
const allowedNetworks = [parseNetwork('127.0.0.2/32') ?? expect.unreachable()]

let server: Server
let called: string[]
let sender: WebhookSender
let port: number
let answers: string[][]

/** Answers each look-up with the next list of addresses. */
const resolve: LookupFunction = (_hostname, _options, callback) => {
  const addresses = answers.shift() ?? []
  callback(
    null,
    addresses.map((address) => ({ address, family: 4 })),
  )
}

beforeEach(async () => {
  called = []
  server = createServer((request, response) => {
    called.push(request.socket.localAddress ?? '')
    // The next attempt connects, and looks up, anew.
    response.writeHead(200, { Connection: 'close' }).end()
  })
  await new Promise<void>((done) => server.listen(0, '0.0.0.0', done))
  port = (server.address() as AddressInfo).port
  sender = createWebhookSender({ allowedNetworks, timeoutMs: 5_000, resolve })
})
afterEach(async () => {
  await sender.close()
  await new Promise((done) => server.close(done))
})

const send = (host: string, protocol = 'http') =>
  sender.send(`${protocol}://${host}:${port}/hook`, {}, '{}')

describe('a webhook', () => {
  it('followed a name that was rebound to an inner address, and does not', async () => {
    answers = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.2']]
    expect(await send('shop.example')).toEqual({ outcome: 'delivered' })
    expect(await send('shop.example')).toEqual({
      outcome: 'failed',
      failure: 'shop.example is 127.0.0.1, which is not allowed',
    })
    expect(await send('shop.example')).toEqual({ outcome: 'delivered' })
    expect(called).toEqual(['127.0.0.2', '127.0.0.2'])
  })

  it('goes to the allowed ones among the addresses of a name, and resolves it once', async () => {
    answers = [['127.0.0.1', '127.0.0.2'], ['127.0.0.1']]
    expect(await send('shop.example')).toEqual({ outcome: 'delivered' })
    expect(called).toEqual(['127.0.0.2'])
    expect(answers).toHaveLength(1)
  })

  it.each(['http', 'https'])('is not sent to a forbidden address by %s', async (protocol) => {
    answers = [['127.0.0.1'], ['10.0.0.1', '169.254.169.254']]
    for (const failure of [/is 127\.0\.0\.1, which/, /is 10\.0\.0\.1, 169\.254\.169\.254, which/]) {
      expect(await send('shop.example', protocol)).toEqual({
        outcome: 'failed',
        failure: expect.stringMatching(failure),
      })
    }
    expect(called).toEqual([])
  })

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', 'localhost'])(
    'is not sent to %s, which needs no name server',
    async (host) => {
      const local = createWebhookSender({ allowedNetworks, timeoutMs: 5_000 })
      const sent = await local.send(`http://${host}:${port}/hook`, {}, '{}')
      expect(sent).toEqual({ outcome: 'failed', failure: expect.stringContaining('not allowed') })
      expect(called).toEqual([])
      await local.close()
    },
  )

  it('says what a name server said that knows no such name', async () => {
    const deaf = createWebhookSender({
      allowedNetworks,
      timeoutMs: 5_000,
      resolve: (_hostname, _options, callback) =>
        callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    })
    expect(await deaf.send('http://shop.example/', {}, '{}')).toEqual({
      outcome: 'failed',
      failure: 'could not be called: ENOTFOUND',
    })
    await deaf.close()
  })
})

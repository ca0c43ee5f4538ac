import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { drain } from './drain.ts'
import { DRAIN_MS, GRACE_MS } from './grace.ts'

let server: Server
beforeEach(async () => {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => server.closeAllConnections())

const HEAD = 'PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\n'

/** Opens a connection, sends, and waits until the server has it all. */
async function send(bytes: string): Promise<Socket> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [accepted] = (await once(server, 'connection')) as [Socket]
  client.write(bytes)
  while (accepted.bytesRead < bytes.length) await nextTurn()
  return client
}

/** Sends a whole request, and answers with what the server has to answer it by. */
async function sendRequest(more = ''): Promise<{ client: Socket; response: ServerResponse }> {
  const arrived = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>
  const client = await send(`${HEAD}body${more}`)
  const [, response] = await arrived
  return { client, response }
}

const drainServer = () => drain(server, promisify(server.close.bind(server)))

describe('drain', () => {
  it.each([
    ['half of a head', 'GET /livez HTT'],
    ['half of a body', `${HEAD}bo`],
  ])('was held up to the end of its time by %s, and is not', async (_what, bytes) => {
    const client = await send(bytes)
    const ended = text(client).catch(() => 'reset')
    await drainServer()
    expect(await ended).not.toContain('HTTP')
  })

  it('waits for a request that is being handled, and sends its answer', async () => {
    const { client, response } = await sendRequest()
    const other = await send('GET /livez HTT')
    const drained = drainServer()
    // The other connection is closed while this one is still open.
    await once(other.resume(), 'close')
    response.end('answered')
    expect(await text(client)).toContain('answered')
    await drained
  })

  it('waits for a request that is being handled when half of the next one came after it', async () => {
    const { client, response } = await sendRequest('GET /livez HTT')
    const other = await send('GET /livez HTT')
    const drained = drainServer()
    await once(other.resume(), 'close')
    response.end('answered')
    expect(await text(client)).toContain('answered')
    await drained
  })

  it('closes a connection that falls idle while it drains, long before its keep-alive time', async () => {
    server.keepAliveTimeout = 1e9
    const { client, response } = await sendRequest()
    const drained = drainServer()
    response.end('answered')
    await drained
    expect(await text(client)).toContain('answered')
  })

  it('gives up a request that is never answered, and leaves time to close the database', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    try {
      const { client } = await sendRequest()
      const drained = drainServer()
      vi.advanceTimersByTime(DRAIN_MS)
      await drained
      await once(client.on('error', () => {}).resume(), 'close')
      expect(said.mock.calls).toEqual([
        ['requests were not answered within 13 s and are given up\n'],
      ])
      expect(DRAIN_MS).toBeLessThan(GRACE_MS)
    } finally {
      said.mockRestore()
      vi.useRealTimers()
    }
  })
})

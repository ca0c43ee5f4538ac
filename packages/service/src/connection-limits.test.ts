import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectionLimits, limitConnections } from './connection-limits.ts'

let server: Server
const clients: Socket[] = []
beforeEach(async () => {
  server = createServer((_request, response) => void response.end('here'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
  server.closeAllConnections()
  server.close()
})

/** Connects and asks: answers with what came back, or with nothing when the connection was closed on it. */
async function ask(): Promise<{ client: Socket; answer: string }> {
  const { port } = server.address() as AddressInfo
  const client = connect({ port, host: '127.0.0.1' })
  clients.push(client)
  client.on('error', () => {})
  client.write('GET / HTTP/1.1\r\nHost: test\r\n\r\n')
  const answer = await Promise.race([
    once(client, 'data').then(([data]) => String(data)),
    once(client, 'close').then(() => ''),
  ])
  return { client, answer }
}

const limit = (limits: Partial<ConnectionLimits>) =>
  limitConnections(server, { max: 100, maxPerPeer: 100, ...limits })

describe('limitConnections', () => {
  it('closes a connection of a peer beyond its limit, and leaves those that it has', async () => {
    limit({ maxPerPeer: 2 })
    const { client } = await ask()
    expect((await ask()).answer).toContain('here')
    expect((await ask()).answer).toBe('')
    client.write('GET / HTTP/1.1\r\nHost: test\r\n\r\n')
    expect(String((await once(client, 'data'))[0])).toContain('here')
  })

  it('takes another one when one was closed', async () => {
    limit({ maxPerPeer: 1 })
    const { client } = await ask()
    client.destroy()
    await expect.poll(async () => (await ask()).answer).toContain('here')
  })

  it('leaves other peers their connections, and one that is shared without a limit', async () => {
    const peers = ['ada', 'ada', 'bob', undefined, undefined]
    limit({ maxPerPeer: 1, peerOf: () => peers.shift() })
    const answered = []
    for (const _ of [...peers]) answered.push((await ask()).answer !== '')
    expect(answered).toEqual([true, false, true, true, true])
  })

  it('closes every connection beyond the limit of all', async () => {
    limit({ max: 2 })
    expect((await ask()).answer).toContain('here')
    expect((await ask()).answer).toContain('here')
    expect((await ask()).answer).toBe('')
  })
})

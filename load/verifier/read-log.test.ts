import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import type { Endpoint } from '../plan.ts'
import { LogUnreadableError, readLog } from './read-log.ts'

const { signal } = new AbortController()
const row = (redemptionId: string) => ({
  redemptionId,
  cpnNo: 'CODE0001',
  cpnId: 'coupon-1',
  status: 'REDEEMED',
  ordinal: 1,
  userId: 'ada',
  idempotencyKey: 'key-0001',
})
const logged = (redemptionId: string, couponId: string) => ({
  redemptionId,
  coupon: 'CODE0001',
  couponId,
  ordinal: 1,
  user: 'ada',
  key: 'key-0001',
  status: 'REDEEMED',
})

let close = () => {}
afterEach(() => close())

/** A target that answers so. */
async function targetOf(
  protocol: Endpoint['protocol'],
  answer: (request: IncomingMessage, body: string) => { status?: number; text: string },
): Promise<Endpoint> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { status = 200, text } = answer(request, body)
      response.writeHead(status).end(text)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  close = () => server.close()
  const { port } = server.address() as AddressInfo
  return { protocol, url: `http://127.0.0.1:${port}`, key: 'secret' }
}

it('reads the export of REST, with the identity of each coupon', async () => {
  const target = await targetOf('rest', ({ url, headers }) => {
    expect(url).toBe('/api/coupon/v1/redemptions?cpnNo=CODE0001')
    expect(headers).toMatchObject({
      accept: 'application/x-ndjson',
      authorization: 'APIKey secret',
    })
    return { text: `${JSON.stringify(row('r1'))}\n${JSON.stringify(row('r2'))}\n` }
  })
  expect(await readLog(target, ['CODE0001'], signal)).toEqual({
    log: [logged('r1', 'coupon-1'), logged('r2', 'coupon-1')],
    counters: [],
  })
})

it('reads the log of GraphQL page after page', async () => {
  const node = (id: string) => ({
    id,
    status: 'REDEEMED',
    ordinal: 1,
    userId: 'ada',
    idempotencyKey: 'key-0001',
  })
  const target = await targetOf('graphql', (_request, body) => {
    const { after } = JSON.parse(body).variables
    const pageInfo = { hasNextPage: after === null, endCursor: after === null ? 'c1' : 'c2' }
    const nodes = [node(after === null ? 'r1' : 'r2')]
    return { text: JSON.stringify({ data: { redemptions: { nodes, pageInfo } } }) }
  })
  expect(await readLog(target, ['CODE0001'], signal)).toEqual({
    log: [logged('r1', 'CODE0001'), logged('r2', 'CODE0001')],
    counters: [],
  })
})

it.each<[Endpoint['protocol'], number, string]>([
  ['rest', 404, '{"code":2007,"error":"ROUTE_NOT_FOUND"}'],
  ['rest', 200, '{"code":0,"result":[]}'],
  ['graphql', 200, '{"data":{"redemptions":null},"errors":[{"message":"No."}]}'],
])('of %s that shows no log says what it answered', async (protocol, status, text) => {
  const target = await targetOf(protocol, () => ({ status, text }))
  const failing = readLog(target, ['CODE0001'], signal)
  await expect(failing).rejects.toThrow(LogUnreadableError)
  await expect(failing).rejects.toThrow(`the log cannot be read: HTTP ${status} {`)
})

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WIRE_COUPON } from '../tests/misbehaving-upstream.ts'

// Answers every request with one coupon, from a process of its own: its CPU is not to be counted.

const body = JSON.stringify({ code: 0, message: '', result: WIRE_COUPON })
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
const server = createServer((_request, response) => response.writeHead(200, headers).end(body))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
process.stdin.once('close', () => process.exit()).resume()

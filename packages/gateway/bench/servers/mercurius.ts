import { createHash } from 'node:crypto'
import { ValidateCouponDocument } from '@coupon-gateway/schema'
import Fastify from 'fastify'
import { print } from 'graphql'
import mercurius from 'mercurius'
import { makeGatewaySchema } from '../../src/apollo.ts'
import { createPeerContext } from './peer-context.ts'

// Mercurius with its compiler, and with its persisted queries: `{ "query": "<hash>", "persisted": true }`.

const { HOST: host = '127.0.0.1', GATEWAY_PORT: port } = process.env

const createContext = createPeerContext()
const text = print(ValidateCouponDocument)
const app = Fastify({ forceCloseConnections: true })
await app.register(mercurius, {
  schema: makeGatewaySchema(),
  jit: 1,
  persistedQueries: { [createHash('sha256').update(text).digest('hex')]: text },
  context: (request) => ({ ...createContext(request.id) }),
})
await app.listen({ host, port: Number(port) })
process.once('SIGTERM', () => app.close().then(() => process.exit()))
process.send?.('ready')

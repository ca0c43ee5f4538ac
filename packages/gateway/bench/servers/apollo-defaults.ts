import { ApolloServer } from '@apollo/server'
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import Fastify from 'fastify'
import { makeGatewaySchema } from '../../src/apollo.ts'
import type { GatewayContext } from '../../src/context.ts'
import { createPeerContext } from './peer-context.ts'

// Apollo Server on Fastify as its documentation has it, with no option set.

const { HOST: host = '127.0.0.1', GATEWAY_PORT: port } = process.env

const createContext = createPeerContext()
const app = Fastify({ forceCloseConnections: true })
const apollo = new ApolloServer<GatewayContext>({
  schema: makeGatewaySchema(),
  plugins: [fastifyApolloDrainPlugin(app)],
})
await apollo.start()
await app.register(fastifyApollo(apollo), {
  context: async (request) => createContext(request.id),
})
await app.listen({ host, port: Number(port) })
process.once('SIGTERM', () => app.close().then(() => process.exit()))
process.send?.('ready')

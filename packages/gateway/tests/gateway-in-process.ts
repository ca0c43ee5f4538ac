import {
  createUpstreamClient,
  type UpstreamClientOptions,
  type WireResponse,
} from '@coupon-gateway/client'
import type { FastifyInstance } from 'fastify'
import { readGatewayKeys } from '../src/gateway-keys.ts'
import { buildGatewayServer } from '../src/server.ts'
import { readGatewaySettings } from '../src/settings.ts'

/** An upstream that answers every request of a test with the same. */
export interface CannedAnswer {
  readonly status: number
  readonly envelope: Readonly<Record<string, unknown>>
}

/** Too long to wait for: what an answer says shows at once, however busy the machine is. */
const RETRY_AFTER = '3600'

/** A gateway in this process, over an upstream that is a list of requests and an answer. */
export async function buildGatewayOver(
  canned: CannedAnswer,
  onRequest: (path: string) => void = () => {},
): Promise<FastifyInstance> {
  const response: WireResponse = {
    status: canned.status,
    headers: canned.status < 400 ? {} : { 'retry-after': RETRY_AFTER },
    body: JSON.stringify({ message: '', result: null, ...canned.envelope }),
  }
  const openTransport: UpstreamClientOptions['openTransport'] = () => ({
    async send({ path }, exchange) {
      exchange.isSent = true
      onRequest(path)
      return response
    },
    async close() {},
  })
  const settings = readGatewaySettings({ LOG_LEVEL: 'silent', DEMO: 'true' })
  const upstream = createUpstreamClient({
    urls: ['http://upstream'],
    apiKey: 'hunter2',
    profile: 'native',
    maxAttempts: 1,
    openTransport,
  })
  const app = await buildGatewayServer(settings, await readGatewayKeys(undefined, true), upstream)
  app.addHook('onClose', () => upstream.close())
  return app
}

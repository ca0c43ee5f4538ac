import {
  createUpstreamClient,
  type Transport,
  type UpstreamClientOptions,
  type WireResponse,
} from '@coupon-gateway/client'
import type { FastifyInstance } from 'fastify'
import { readGatewayKeys } from '../src/gateway-keys.ts'
import { buildGatewayServer, type GatewayServerOptions } from '../src/server.ts'
import { readGatewaySettings } from '../src/settings.ts'

/** An upstream that answers every request of a test with the same. */
export interface CannedAnswer {
  readonly status: number
  readonly envelope: Readonly<Record<string, unknown>>
}

/** A request of the client to its upstream. */
export type SentRequest = Parameters<Transport['send']>[0]

/** An upstream where there is no coupon. */
export function answerNotFound({ path, body }: SentRequest): CannedAnswer {
  const unknown = { valid: false, error: 'NOT_FOUND', coupon: null }
  return {
    status: 200,
    envelope: path.endsWith('/batch')
      ? { code: 0, result: JSON.parse(body ?? '').cpnNos.map(() => unknown) }
      : { code: 1001, error: 'NOT_FOUND' },
  }
}

/** Too long to wait for: what an answer says shows at once, however busy the machine is. */
const RETRY_AFTER = '3600'

/**
 * A gateway in this process, over an upstream that is a list of requests and an answer.
 * @param environment settings besides those of a silent demo
 */
export async function buildGatewayOver(
  canned: CannedAnswer | ((request: SentRequest) => CannedAnswer),
  onRequest: (path: string, request: SentRequest) => void = () => {},
  environment: Readonly<Record<string, string>> = {},
  options: GatewayServerOptions = {},
): Promise<FastifyInstance> {
  const answerTo = (request: SentRequest): WireResponse => {
    const { status, envelope } = typeof canned === 'function' ? canned(request) : canned
    return {
      status,
      headers: status < 400 ? {} : { 'retry-after': RETRY_AFTER },
      body: JSON.stringify({ message: '', result: null, ...envelope }),
    }
  }
  const openTransport: UpstreamClientOptions['openTransport'] = () => ({
    async send(request, exchange) {
      exchange.isSent = true
      onRequest(request.path, request)
      return answerTo(request)
    },
    async close() {},
  })
  const settings = readGatewaySettings({ LOG_LEVEL: 'silent', DEMO: 'true', ...environment })
  const upstream = createUpstreamClient({
    urls: ['http://upstream'],
    apiKey: 'hunter2',
    profile: 'native',
    maxAttempts: 1,
    openTransport,
  })
  const keys = await readGatewayKeys(settings.keysFile, settings.demo)
  const app = await buildGatewayServer(settings, keys, upstream, options)
  app.addHook('onClose', () => upstream.close())
  return app
}

import { createUpstreamClient } from '@coupon-gateway/client'
import { drain, type Service } from '@coupon-gateway/service'
import { readGatewayKeys } from './gateway-keys.ts'
import { buildGatewayServer } from './server.ts'
import type { GatewaySettings } from './settings.ts'

/** Starts the gateway. It needs no upstream to start: one that is down shows in the answers. */
export async function startGateway(settings: GatewaySettings): Promise<Service> {
  const keys = await readGatewayKeys(settings.keysFile, settings.demo)
  const upstream = createUpstreamClient(settings.upstream)
  try {
    const app = await buildGatewayServer(settings, keys, upstream)
    await app.listen({ host: settings.host, port: settings.port })
    return {
      async stop() {
        await drain(app.server, () => app.close())
        await upstream.close()
      },
    }
  } catch (error) {
    await upstream.close()
    throw error
  }
}

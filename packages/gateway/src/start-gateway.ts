import { createUpstreamClient, openJournalDatabase } from '@coupon-gateway/client'
import {
  createRangeCheck,
  drain,
  limitConnections,
  networkOf,
  type Service,
} from '@coupon-gateway/service'
import { readGatewayKeys } from './gateway-keys.ts'
import { buildGatewayServer } from './server.ts'
import type { GatewaySettings } from './settings.ts'

/**
 * Starts the gateway. It needs no upstream to start: one that is down shows in the answers. The database of its
 * journal it needs: what could not be written down could not be redeemed.
 */
export async function startGateway(settings: GatewaySettings): Promise<Service> {
  const keys = await readGatewayKeys(settings.keysFile, settings.demo)
  const { place, ...journal } = settings.journal ?? {}
  const sharedPlace = place ?? settings.budgetPlace
  const database = sharedPlace === null ? null : await openJournalDatabase(sharedPlace)
  const upstream = createUpstreamClient({
    ...settings.upstream,
    database,
    ...(database === null || place === undefined ? {} : { journal: { ...journal, database } }),
  })
  const closeUpstream = async () => {
    await upstream.close()
    await database?.close()
  }
  try {
    const app = await buildGatewayServer(settings, keys, upstream)
    const isProxy = createRangeCheck(settings.trustedProxies)
    limitConnections(app.server, {
      ...settings.connections,
      peerOf: (address) => (isProxy(address) ? undefined : networkOf(address)),
    })
    await app.listen({ host: settings.host, port: settings.port })
    return {
      async stop() {
        await drain(app.server, () => app.close())
        await closeUpstream()
      },
    }
  } catch (error) {
    await closeUpstream()
    throw error
  }
}

import { type CouponCoreOptions, openCouponCore } from '@coupon-gateway/core'
import {
  createRangeCheck,
  drain,
  limitConnections,
  loggerOptions,
  networkOf,
  type Service,
} from '@coupon-gateway/service'
import { openApiKeys } from './api-keys.ts'
import { PROFILES } from './api-profile.ts'
import { loadDemo } from './demo.ts'
import { openDatabase } from './open-database.ts'
import { buildApiServer } from './server.ts'
import type { ApiSettings } from './settings.ts'
import { startWebhookDeliverer } from './webhooks/deliverer.ts'
import { createWebhookSender } from './webhooks/send-webhook.ts'

/**
 * Starts the REST API: database, tables, demo data, then the port.
 * @param coreOptions for benchmarks, which compare strategies behind one API; a service has none
 */
export async function startApi(
  settings: ApiSettings,
  coreOptions: CouponCoreOptions = {},
): Promise<Service> {
  const database = await openDatabase(settings.database)
  try {
    const core = await openCouponCore(database, coreOptions)
    const keys = await openApiKeys(database)
    if (settings.demo) await loadDemo(core, database)
    const profile = PROFILES[settings.profile]
    const { planLimits, trustedProxies } = settings
    const isProxy = createRangeCheck(trustedProxies)
    const app = buildApiServer(
      { core, database, keys, profile, planLimits, trustedProxies },
      loggerOptions(settings.logLevel),
    )
    limitConnections(app.server, {
      ...settings.connections,
      peerOf: (address) => (isProxy(address) ? undefined : networkOf(address)),
    })
    await app.listen({ host: settings.host, port: settings.port })
    const deliverer = startWebhookDeliverer(
      { core, database, sender: createWebhookSender(settings.webhooks), log: app.log },
      settings.webhooks,
    )
    return {
      async stop() {
        await Promise.all([drain(app.server, () => app.close()), deliverer.stop()])
        await database.close()
      },
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

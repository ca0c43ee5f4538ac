import { type CouponCoreOptions, openCouponCore } from '@coupon-gateway/core'
import {
  createRangeCheck,
  drain,
  limitConnections,
  loggerOptions,
  networkOf,
  type Service,
  startMetricsServer,
  startTracing,
} from '@coupon-gateway/service'
import { openApiKeys } from './api-keys.ts'
import { PROFILES } from './api-profile.ts'
import { loadDemo } from './demo.ts'
import { createApiMetrics } from './observability/api-metrics.ts'
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
  const { drainDelayMs, ...watched } = settings.operation
  const opened: Service[] = []
  const stop = async () => {
    for (const service of opened.splice(0).reverse()) await service.stop()
  }
  try {
    if (watched.tracing !== null) opened.push(await startTracing('coupon-api', watched.tracing))
    const database = await openDatabase(settings.database)
    opened.push({ stop: () => database.close() })
    const metrics = watched.metrics === null ? null : createApiMetrics()
    const hooks = metrics === null ? {} : { hooks: metrics.coreHooks }
    const core = await openCouponCore(database, { ...hooks, ...coreOptions })
    const keys = await openApiKeys(database)
    if (settings.demo) await loadDemo(core, database)
    if (metrics !== null && watched.metrics !== null) {
      opened.push(await startMetricsServer(watched.metrics, metrics.registry))
    }
    const profile = PROFILES[settings.profile]
    const { planLimits, trustedProxies } = settings
    const isProxy = createRangeCheck(trustedProxies)
    const isTraced = watched.tracing !== null
    const app = buildApiServer(
      { core, database, keys, profile, planLimits, trustedProxies, metrics, isTraced },
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
    opened.push({
      async stop() {
        await app.stopNotice.give(drainDelayMs)
        await Promise.all([drain(app.server, () => app.close()), deliverer.stop()])
      },
    })
    return { stop, drainDelayMs }
  } catch (error) {
    await stop()
    throw error
  }
}

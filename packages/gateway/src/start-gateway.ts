import {
  createUpstreamClient,
  openJournalDatabase,
  type UpstreamClient,
} from '@coupon-gateway/client'
import {
  answerMetricsQuestions,
  createRangeCheck,
  drain,
  limitConnections,
  networkOf,
  type Service,
  startMetricsServer,
  startTracing,
} from '@coupon-gateway/service'
import { readGatewayKeys } from './gateway-keys.ts'
import { createGatewayMetrics, type GatewayMetrics } from './observability/gateway-metrics.ts'
import { buildGatewayServer } from './server.ts'
import type { GatewaySettings } from './settings.ts'

/**
 * Starts the gateway in this process. It needs no upstream to start: one that is down shows in the answers. The
 * database of its journal it needs: what could not be written down could not be redeemed.
 *
 * @param worker its number, where several processes serve together: the primary serves the metrics of all
 */
export async function startGateway(
  settings: GatewaySettings,
  worker: number | null,
): Promise<Service> {
  const { host, port, operation } = settings
  const { drainDelayMs } = operation
  const opened: Service[] = []
  const stop = async () => {
    for (const service of opened.splice(0).reverse()) await service.stop()
  }
  try {
    const keys = await readGatewayKeys(settings.keysFile, settings.demo)
    if (operation.tracing !== null) {
      opened.push(await startTracing('coupon-gateway', operation.tracing))
    }
    const metrics =
      operation.metrics === null
        ? null
        : createGatewayMetrics(settings.upstream.urls.length, worker)
    const upstream = await openUpstream(settings, metrics)
    opened.push(upstream)
    if (metrics !== null && operation.metrics !== null) {
      metrics.watchBudget(() => upstream.client.rateBudget())
      if (worker === null)
        opened.push(await startMetricsServer(operation.metrics, metrics.registry))
      else answerMetricsQuestions(metrics.registry)
    }
    const app = await buildGatewayServer(settings, keys, upstream.client, { metrics })
    const isProxy = createRangeCheck(settings.trustedProxies)
    limitConnections(app.server, {
      ...settings.connections,
      peerOf: (address) => (isProxy(address) ? undefined : networkOf(address)),
    })
    await app.listen({ host, port })
    opened.push({
      async stop() {
        await app.stopNotice.give(drainDelayMs)
        await drain(app.server, () => app.close())
      },
    })
    return { stop, drainDelayMs }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The client, and the database that it shares with other gateways where it has one. */
async function openUpstream(
  settings: GatewaySettings,
  metrics: GatewayMetrics | null,
): Promise<Service & { readonly client: UpstreamClient }> {
  const { place, ...journal } = settings.journal ?? {}
  const sharedPlace = place ?? settings.budgetPlace
  const database = sharedPlace === null ? null : await openJournalDatabase(sharedPlace)
  const client = createUpstreamClient({
    ...settings.upstream,
    database,
    // Its own reasons are NOT_FOUND to a caller, and not remembered: a faster answer would tell which of the two it is.
    ...(settings.upstream.profile === 'hosted' ? { unknownCodeTtlMs: 0 } : {}),
    ...(database === null || place === undefined ? {} : { journal: { ...journal, database } }),
    ...(metrics === null ? {} : { hooks: metrics.clientHooks }),
  })
  return {
    client,
    async stop() {
      await client.close()
      await database?.close()
    },
  }
}

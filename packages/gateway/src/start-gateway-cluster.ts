import {
  readWorkerMetrics,
  type Service,
  startMetricsServer,
  startWorkers,
} from '@coupon-gateway/service'
import { Counter, Gauge, Registry } from 'prom-client'
import type { GatewaySettings } from './settings.ts'

/**
 * Starts the gateway as several processes on one port. This one serves nothing but the metrics of all of them: they
 * have one address, whichever worker would have answered.
 */
export async function startGatewayCluster({
  workers: count,
  operation: { metrics, drainDelayMs },
}: GatewaySettings): Promise<Service> {
  const workers = await startWorkers(count)
  if (metrics === null) return { stop: workers.stop, drainDelayMs }

  const own = new Registry()
  new Gauge({
    name: 'coupon_gateway_workers',
    help: 'Workers that take requests now.',
    registers: [own],
    collect() {
      this.set(workers.countReady())
    },
  })
  new Counter({
    name: 'coupon_gateway_worker_restarts_total',
    help: 'Workers that took the place of one that ended.',
    registers: [own],
    collect() {
      this.reset()
      this.inc(workers.countRestarts())
    },
  })
  try {
    const server = await startMetricsServer(metrics, {
      contentType: own.contentType,
      metrics: async () => `${await readWorkerMetrics()}\n${await own.metrics()}`,
    })
    return {
      drainDelayMs,
      async stop() {
        await workers.stop()
        await server.stop()
      },
    }
  } catch (error) {
    await workers.stop()
    throw error
  }
}

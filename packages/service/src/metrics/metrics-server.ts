import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Service } from '../run-service.ts'

/** Where the metrics of a process are served. */
export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

/** Where metrics come from: a registry of prom-client is one. */
export interface MetricsSource {
  readonly contentType: string
  metrics(): Promise<string>
}

/**
 * Serves metrics at `/metrics`, on a port of their own: they say how busy a business is, and the service's port is
 * the one that faces the world. There is no key; who may reach the port is decided by its address.
 */
export async function startMetricsServer(
  { host, port }: MetricsAddress,
  source: MetricsSource,
): Promise<Service> {
  const server = createServer(async (request, response) => {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('X-Content-Type-Options', 'nosniff')
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404).end('There is nothing here. Metrics are at /metrics.\n')
      return
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { Allow: 'GET, HEAD' }).end()
      return
    }
    try {
      const text = await source.metrics()
      response.writeHead(200, { 'Content-Type': source.contentType }).end(text)
    } catch (error) {
      process.stderr.write(`metrics could not be read: ${(error as Error).stack}\n`)
      response.writeHead(500).end('The metrics could not be read.\n')
    }
  })
  // A start that fails by its port rejects here, with what `explainFailedStart` explains.
  server.listen({ host, port })
  await once(server, 'listening')
  return {
    async stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'

/** What a run is aimed at: two api processes over one PostgreSQL, and a gateway in front of them. */
export interface Target {
  readonly databaseUrl: string
  readonly apis: readonly ServiceProcess[]
  readonly gateway: ServiceProcess
  stop(): Promise<void>
}

const API_PROCESSES = 2

/**
 * Starts everything that a run needs.
 * @param databaseUrl a database that is there; without one a PostgreSQL server of our own is started
 */
export async function startTarget(databaseUrl?: string): Promise<Target> {
  const started: { stop(): Promise<void> }[] = []
  const stop = async () => {
    for (const part of started.reverse()) await part.stop()
  }
  const keep = <Part extends { stop(): Promise<void> }>(part: Part): Part => {
    started.push(part)
    return part
  }
  try {
    const url = databaseUrl ?? (await createTestDatabase(keep(await startPostgres()).url))
    const shared = { LOG_LEVEL: 'warn', DEMO: 'true' }
    const apis: ServiceProcess[] = []
    for (let count = 0; count < API_PROCESSES; count += 1) {
      apis.push(keep(await startServiceProcess('api', { ...shared, DATABASE_URL: url }, toStderr)))
    }
    const gateway = keep(
      await startServiceProcess(
        'gateway',
        { ...shared, UPSTREAM_URL: apis.map((api) => api.url).join(',') },
        toStderr,
      ),
    )
    return { databaseUrl: url, apis, gateway, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function toStderr(chunk: string): void {
  process.stderr.write(chunk)
}

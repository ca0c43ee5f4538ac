import { type ServiceName, type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import { assertFitForDemo } from './fit-for-demo.ts'

/** What a run is aimed at: two api processes over one PostgreSQL, and a gateway in front of them. */
export interface Target {
  readonly databaseUrl: string
  readonly apis: readonly ServiceProcess[]
  readonly gateway: ServiceProcess
  /** Processes that ended by themselves so far. */
  readonly ended: readonly EndedProcess[]
  /** Stops everything, in order. Again, it waits for the same end. */
  stop(): Promise<void>
}

/** A process that ended before it was asked to. */
export interface EndedProcess {
  /** Which one: `api 1`, `api 2`, `gateway`. */
  readonly name: string
  /** Its exit code, or null when a signal ended it. */
  readonly code: number | null
  /** The last that it wrote. */
  readonly lastLines: readonly string[]
}

export interface StartTargetOptions {
  /** A database that is there; without one a PostgreSQL server of our own is started. */
  readonly databaseUrl: string | undefined
  /** Ends the start between two of its steps, and stops what was started. */
  readonly signal: AbortSignal
  /** Told what was started, and what ended by itself, for people. */
  readonly onProgress: (message: string) => void
  /** Gets everything that the services write. */
  readonly onOutput: (chunk: string) => void
}

const API_PROCESSES = 2
/** A service has 15 s to stop by itself. One that still runs after that would stay for good. */
const STOP_TIMEOUT_MS = 20_000
const LAST_LINES = 10

/** Starts everything that a run needs. @throws UnfitDatabaseError */
export async function startTarget({
  databaseUrl,
  signal,
  onProgress,
  onOutput,
}: StartTargetOptions): Promise<Target> {
  const started: (() => Promise<void>)[] = []
  const ended: EndedProcess[] = []
  let stopping: Promise<void> | undefined

  const stop = () => {
    stopping ??= (async () => {
      for (const stopPart of started.toReversed()) {
        // What cannot be stopped must not keep the rest running.
        await stopPart().catch((error) => onProgress(`something did not stop: ${error}`))
      }
    })()
    return stopping
  }

  const startPostgresOfOurOwn = async () => {
    signal.throwIfAborted()
    // A load run fills its server and wears it out: it must not be the one that somebody lends to tests, and
    // `startPostgres` takes that one when it is named.
    // biome-ignore lint/style/noProcessEnv: startPostgres reads the variable itself
    delete process.env.TEST_DATABASE_URL
    const server = await startPostgres()
    started.push(() => server.stop())
    onProgress(`PostgreSQL runs at ${server.url}`)
    return createTestDatabase(server.url)
  }

  const startService = async (
    service: ServiceName,
    name: string,
    environment: Readonly<Record<string, string>>,
  ) => {
    signal.throwIfAborted()
    const child = await startServiceProcess(
      service,
      { LOG_LEVEL: 'warn', DEMO: 'true', ...environment },
      onOutput,
    )
    started.push(() => stopOrKill(child))
    onProgress(`${name} runs at ${child.url} (pid ${child.pid})`)
    void child.exited.then((code) => {
      if (stopping !== undefined) return
      ended.push({ name, code, lastLines: lastLinesOf(child.output()) })
      onProgress(`${name} ended by itself, with ${describeEnd(code)}`)
    })
    return child
  }

  try {
    if (databaseUrl !== undefined) await assertFitForDemo(databaseUrl)
    const url = databaseUrl ?? (await startPostgresOfOurOwn())
    const apis: ServiceProcess[] = []
    for (let number = 1; number <= API_PROCESSES; number += 1) {
      apis.push(await startService('api', `api ${number}`, { DATABASE_URL: url }))
    }
    const gateway = await startService('gateway', 'gateway', {
      UPSTREAM_URL: apis.map((api) => api.url).join(','),
    })
    return { databaseUrl: url, apis, gateway, ended, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** How a process ended, by its exit code. */
export function describeEnd(code: number | null): string {
  return code === null ? 'a signal' : `exit code ${code}`
}

function lastLinesOf(output: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line !== '')
    .slice(-LAST_LINES)
}

async function stopOrKill(child: ServiceProcess): Promise<void> {
  const timer = setTimeout(() => void child.kill(), STOP_TIMEOUT_MS)
  await child.stop()
  clearTimeout(timer)
}

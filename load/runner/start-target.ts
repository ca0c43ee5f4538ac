import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServiceName, type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import getPort from 'get-port'
import type { ChaosTarget, CrashablePart } from '../chaos/carry-out.ts'
import type { Part } from '../chaos/fault.ts'
import type { Endpoint } from '../plan.ts'
import { assertFitForDemo } from './fit-for-demo.ts'
import { ownEndpoint, type TargetOptions } from './load-options.ts'
import { proxyLinks } from './proxied-links.ts'

/** What a run is aimed at. */
export interface Target {
  readonly endpoint: Endpoint
  /** What it is, for people: `GraphQL, 2 api processes, PostgreSQL`. */
  readonly description: string
  /** Where its database can be read; null: it cannot. */
  readonly databaseUrl: string | null
  /** What of it can be broken. Nothing of a target that ran before. */
  readonly chaosTarget: ChaosTarget
  /** The process of each part at this moment, by its name: `gateway`, `api 1`, `PostgreSQL`. */
  readonly pids: Readonly<Record<string, () => number | undefined>>
  /** Where its api processes tell their metrics. */
  readonly metricsUrls: readonly string[]
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
  /** Faults are to come on its links, too. */
  readonly isFaulty: boolean
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

/** Starts everything that a run needs, or takes what runs already. @throws UnfitDatabaseError */
export async function startTarget(
  target: TargetOptions,
  { isFaulty, signal, onProgress, onOutput }: StartTargetOptions,
): Promise<Target> {
  if (target.kind === 'running') return runningTarget(target)
  const { protocol, database } = target
  const started: (() => Promise<void>)[] = []
  const crashable = new Map<Part, CrashablePart['crash'][]>()
  const addCrashable = (part: Part, crash: CrashablePart['crash']) =>
    crashable.set(part, [...(crashable.get(part) ?? []), crash])
  const ended: EndedProcess[] = []
  const pids: Record<string, () => number | undefined> = {}
  const metricsUrls: string[] = []
  const links = proxyLinks(isFaulty)
  started.push(() => links.close())
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

  const startDatabase = async () => {
    signal.throwIfAborted()
    if (database === 'embedded') {
      const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-load-'))
      started.push(() => rm(folder, { recursive: true, force: true }))
      return { url: null, environment: { DATABASE_URL: '', DATA_DIR: folder } }
    }
    if (database !== 'postgres') {
      await assertFitForDemo(database.url)
      return { url: database.url, environment: { DATABASE_URL: database.url } }
    }
    // A load run fills its server and wears it out: it must not be the one that somebody lends to tests, and
    // `startPostgres` takes that one when it is named.
    // biome-ignore lint/style/noProcessEnv: startPostgres reads the variable itself
    delete process.env.TEST_DATABASE_URL
    const server = await startPostgres()
    started.push(() => server.stop())
    onProgress(`PostgreSQL runs at ${server.url}`)
    pids.PostgreSQL = () => server.pid()
    addCrashable('database', async () => {
      const down = Promise.withResolvers<void>()
      const start = Promise.withResolvers<void>()
      const restarted = server.crash(() => {
        down.resolve()
        return start.promise
      })
      await Promise.race([down.promise, restarted])
      return () => {
        start.resolve()
        return restarted
      }
    })
    const url = await createTestDatabase(server.url)
    return { url, environment: { DATABASE_URL: await links.through('database', url) } }
  }

  const startService = async (
    kind: ServiceName & Part,
    name: string,
    environment: Readonly<Record<string, string>>,
  ) => {
    signal.throwIfAborted()
    let isExpectedToEnd = false
    const spawn = async (port: Readonly<Record<string, string>>) => {
      const child = await startServiceProcess(
        kind,
        { LOG_LEVEL: 'warn', DEMO: 'true', ...environment, ...port },
        onOutput,
      )
      onProgress(`${name} runs at ${child.url} (pid ${child.pid})`)
      isExpectedToEnd = false
      void child.exited.then((code) => {
        if (stopping !== undefined || isExpectedToEnd) return
        ended.push({ name, code, lastLines: lastLinesOf(child.output()) })
        onProgress(`${name} ended by itself, with ${describeEnd(code)}`)
      })
      return child
    }
    let child = await spawn({})
    const { url } = child
    const port = { [kind === 'api' ? 'API_PORT' : 'GATEWAY_PORT']: new URL(url).port }
    started.push(() => stopOrKill(child))
    pids[name] = () => child.pid
    addCrashable(kind, async () => {
      isExpectedToEnd = true
      await child.kill()
      return async () => {
        child = await spawn(port)
      }
    })
    return url
  }

  try {
    const { url: databaseUrl, environment } = await startDatabase()
    const apis: string[] = []
    // One process alone can have an embedded database.
    const apiProcesses = database === 'embedded' ? 1 : API_PROCESSES
    for (let number = 1; number <= apiProcesses; number += 1) {
      const metricsPort = await getPort({ host: '127.0.0.1' })
      const url = await startService('api', `api ${number}`, {
        ...environment,
        METRICS_PORT: `${metricsPort}`,
      })
      apis.push(url)
      metricsUrls.push(`http://127.0.0.1:${metricsPort}/metrics`)
    }
    const urls =
      protocol === 'graphql'
        ? [
            await startService('gateway', 'gateway', {
              UPSTREAM_URL: (
                await Promise.all(apis.map((url) => links.through('upstream', url)))
              ).join(','),
            }),
          ]
        : apis
    return {
      endpoint: ownEndpoint(
        protocol,
        await Promise.all(urls.map((url) => links.through('callers', url))),
      ),
      description: [
        protocol === 'graphql' ? 'GraphQL' : 'REST',
        apiProcesses === 1 ? '1 api process' : `${apiProcesses} api processes`,
        database === 'embedded' ? 'PGlite' : 'PostgreSQL',
      ].join(', '),
      databaseUrl,
      chaosTarget: { parts: partsOf(crashable), links: links.proxies },
      pids,
      metricsUrls,
      ended,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function runningTarget({
  endpoint,
  databaseUrl,
}: Extract<TargetOptions, { kind: 'running' }>): Target {
  return {
    endpoint,
    description: `${endpoint.protocol === 'graphql' ? 'GraphQL' : 'REST'} at ${endpoint.url}`,
    databaseUrl,
    chaosTarget: { parts: {}, links: {} },
    pids: {},
    metricsUrls: [],
    ended: [],
    stop: async () => {},
  }
}

/** Of several processes that are one part, each crash takes the next. */
function partsOf(
  crashable: ReadonlyMap<Part, readonly CrashablePart['crash'][]>,
): ChaosTarget['parts'] {
  const parts = [...crashable].map(([part, crashes]) => {
    let turn = 0
    const crash = () => {
      const next = crashes[turn % crashes.length] as CrashablePart['crash']
      turn += 1
      return next()
    }
    return [part, { crash }]
  })
  return Object.fromEntries(parts)
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

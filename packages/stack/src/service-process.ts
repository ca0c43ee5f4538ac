import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import { serviceUrl } from './service-url.ts'

/** Services that run as a process each, and the variable that holds their port. */
const SERVICES = {
  api: { main: new URL('../../api/src/main.ts', import.meta.url), portVariable: 'API_PORT' },
  gateway: {
    main: new URL('../../gateway/src/main.ts', import.meta.url),
    portVariable: 'GATEWAY_PORT',
  },
  desk: { main: new URL('../../desk/src/main.ts', import.meta.url), portVariable: 'DESK_PORT' },
} as const

export type ServiceName = keyof typeof SERVICES

/** A service that runs as a process of its own. */
export interface ServiceProcess {
  readonly name: ServiceName
  /** Base URL, `http://host:port`. */
  readonly url: string
  readonly pid: number
  /** What it wrote to stdout and stderr so far (the last 64 kB). */
  output(): string
  /** Settles when the process has ended, with its exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>
  /** Asks it to stop with SIGTERM, which drains it, and waits for its end. */
  stop(): Promise<void>
  /** Ends it at once with SIGKILL, as a crash would, and waits for its end. */
  kill(): Promise<void>
}

/** The process ended before it was ready. The message is what it said about it. */
export class ServiceStartError extends Error {
  override readonly name = 'ServiceStartError'
}

/** Much longer than a start takes, since the machine may be busy with others: only one that hangs is to end here. */
const READY_TIMEOUT_MS = 120_000
const KEPT_OUTPUT_LENGTH = 65_536

/**
 * Starts a service and waits until it is ready. The environment is this process's, changed by `environment`;
 * without a port in it a free one is taken.
 *
 * @param onOutput where the output of a started service goes, besides `output()`
 * @param entry runs in place of the service's own entry file: for a benchmark, which compares it with another one
 * @throws ServiceStartError
 */
export async function startServiceProcess(
  name: ServiceName,
  environment: Readonly<Record<string, string>>,
  onOutput: (chunk: string) => void = () => {},
  entry: URL = SERVICES[name].main,
): Promise<ServiceProcess> {
  const { portVariable } = SERVICES[name]
  const host = environment.HOST ?? '127.0.0.1'
  const port = environment[portVariable] ?? String(await getPort({ host }))
  const child = spawn(process.execPath, [fileURLToPath(entry)], {
    env: { ...process.env, ...environment, HOST: host, [portVariable]: port },
    // A group of its own, so that Ctrl-C reaches only the one who stops the services in order; the channel
    // tells the service when that one is gone.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  let isReady = false
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-KEPT_OUTPUT_LENGTH)
      if (isReady) onOutput(chunk)
    })
  }
  const exited = once(child, 'close').then(() => child.exitCode)
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await exited
  }
  try {
    await untilReady(child)
    isReady = true
    onOutput(output)
  } catch (error) {
    await end('SIGKILL')
    throw new ServiceStartError(output.trim() || String(error))
  }
  return {
    name,
    url: serviceUrl(host, port),
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  }
}

/** A service says over its channel that it is ready: asking its port could reach another process instead. */
function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timeout = setTimeout(
      () => reject(new Error(`it was not ready within ${READY_TIMEOUT_MS / 1000} s`)),
      READY_TIMEOUT_MS,
    )
    child.once('message', () => resolve())
    child.once('error', reject)
    child.once('close', () => reject(new Error('it ended before it was ready')))
    child.once('message', () => clearTimeout(timeout))
    child.once('close', () => clearTimeout(timeout))
  })
}

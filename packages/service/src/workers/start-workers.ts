import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import { READY_MESSAGE, type Service, STOP_MESSAGE } from '../run-service.ts'
import { countFailures, type EndedWorker, restartPauseMs } from './restart-pause.ts'
import { WORKER_NUMBER_VARIABLE } from './worker-number.ts'

/** The processes that serve together on one port. */
export interface Workers extends Service {
  /** Those that are ready now. */
  countReady(): number
  /** Workers that took the place of another one. */
  countRestarts(): number
}

interface Place {
  readonly number: number
  worker: Worker | null
  /** When its worker became ready; null while it is not. */
  readySinceMs: number | null
  failuresInARow: number
  restart: NodeJS.Timeout | null
}

/**
 * Runs this program again, `count` times, in processes that share the port: the primary accepts connections and hands
 * them out in turn. A worker that ends gets a successor, at once after an orderly end and after a growing pause after
 * a failure; SIGTERM to one worker so replaces it without losing a request. Asked to stop, all of them drain at once.
 *
 * @param say is told of workers that ended unasked, in a line each
 * @throws Error a worker ended before it was ready for the first time: it has said why itself
 */
export async function startWorkers(
  count: number,
  say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
): Promise<Workers> {
  const places: Place[] = Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    worker: null,
    readySinceMs: null,
    failuresInARow: 0,
    restart: null,
  }))
  let isStopping = false
  let restarts = 0

  /** @param isFirst what stops the first worker of a place would stop its successors, and stops the start of all */
  function fill(place: Place, isFirst: boolean): Promise<void> {
    const worker = cluster.fork({ [WORKER_NUMBER_VARIABLE]: String(place.number) })
    place.worker = worker
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    worker.on('message', (message: unknown) => {
      if (message !== READY_MESSAGE) return
      place.readySinceMs = performance.now()
      resolve()
    })
    worker.once('exit', (code: number | null, signal: NodeJS.Signals | null) => {
      const ranForMs = place.readySinceMs === null ? null : performance.now() - place.readySinceMs
      place.worker = null
      place.readySinceMs = null
      reject(new Error(`worker ${place.number} ended before it was ready`))
      if (isStopping || (isFirst && ranForMs === null)) return
      replace(place, { ranForMs, exitCode: code }, signal ?? `exit code ${code}`)
    })
    return promise
  }

  function replace(place: Place, ended: EndedWorker, how: string): void {
    place.failuresInARow = countFailures(place.failuresInARow, ended)
    const pauseMs = restartPauseMs(place.failuresInARow)
    say(`worker ${place.number} ended (${how}), another one takes its place in ${pauseMs} ms`)
    place.restart = setTimeout(() => {
      place.restart = null
      restarts += 1
      // Its end is told of where it is noticed.
      fill(place, false).catch(() => {})
    }, pauseMs)
  }

  async function end(place: Place): Promise<void> {
    if (place.restart !== null) clearTimeout(place.restart)
    const { worker } = place
    if (worker === null) return
    const exited = once(worker, 'exit')
    // Not by a signal: one from a terminal has reached the workers already, and a second one ends them at once.
    if (place.readySinceMs !== null && worker.isConnected()) worker.send(STOP_MESSAGE, () => {})
    else worker.process.kill('SIGTERM')
    const [code, signal] = await exited
    if (code !== 0) throw new Error(`worker ${place.number} ended with ${signal ?? code}`)
  }

  async function stop(): Promise<void> {
    isStopping = true
    const ends = await Promise.allSettled(places.map(end))
    const failed = ends.find((it) => it.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  try {
    // The first alone: what stops its start would stop that of all, and is said once.
    const [first, ...others] = places as [Place, ...Place[]]
    await fill(first, true)
    await Promise.all(others.map((place) => fill(place, true)))
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
  return {
    stop,
    countReady: () => places.filter(({ readySinceMs }) => readySinceMs !== null).length,
    countRestarts: () => restarts,
  }
}

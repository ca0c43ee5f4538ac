import closeWithGrace from 'close-with-grace'
import { explainFailedStart } from './explain-failed-start.ts'
import { GRACE_MS } from './grace.ts'

/** A running service. */
export interface Service {
  /** Stops taking work, finishes what runs, frees its resources. */
  stop(): Promise<void>
  /** Of a stop, what it waits before it begins: comes on top of `GRACE_MS`. */
  readonly drainDelayMs?: number
}

/** What a process of ours says over its channel when it takes work. */
export const READY_MESSAGE = 'ready'
/** What a process of ours is told over its channel when it is to stop. A signal would reach a group twice. */
export const STOP_MESSAGE = 'stop'

/**
 * Runs a service as this process: starts it, and stops it on SIGTERM or SIGINT after the requests in
 * flight were answered. A start that fails is one readable line on stderr and exit code 1, never a stack.
 * A stop that fails, or takes longer than `GRACE_MS`, says so and is exit code 1 too.
 */
export async function runService(name: string, start: () => Promise<Service>): Promise<void> {
  const starting = (async () => start())()
  let stopping: Promise<void> | undefined

  function endAfter(graceMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      process.stderr.write(
        `${name} did not stop within ${graceMs / 1000} s and ends as it is: requests or its database were not closed\n`,
      )
      process.exit(1)
    }, graceMs)
  }

  async function stop(): Promise<void> {
    let end = endAfter(GRACE_MS)
    const service = await starting
    if (service.drainDelayMs !== undefined) {
      clearTimeout(end)
      end = endAfter(GRACE_MS + service.drainDelayMs)
    }
    try {
      await service.stop()
    } catch (stopError) {
      process.stderr.write(`${name} did not stop cleanly: ${explainFailedStop(stopError)}\n`)
      throw stopError
    }
  }

  // From the first moment: a signal during the start is obeyed when the start is done.
  const grace = closeWithGrace(
    {
      // Its own could not be told of a service's drain delay, which is known after the start only.
      delay: false,
      logger: false,
      onSecondError: (error) =>
        process.stderr.write(`${name} failed while it stopped: ${explainFailedStop(error)}\n`),
    },
    ({ err: error }) => {
      if (error !== undefined) {
        process.stderr.write(`${name} failed and stops: ${error.stack ?? error.message}\n`)
      }
      // A signal and a message may ask for the same stop.
      stopping ??= stop()
      return stopping
    },
  )
  process.on('message', (message) => {
    if (message === STOP_MESSAGE) void grace.close()
  })
  try {
    await starting
  } catch (error) {
    process.stderr.write(`${name} did not start: ${explainFailedStart(error)}\n`)
    process.exit(1)
  }
  // Started by another process of ours: tell it that we are ready, and go with it, however it ends.
  process.send?.(READY_MESSAGE)
  if (process.channel !== undefined) process.once('disconnect', () => grace.close())
}

/** A failed stop is nothing that a setting would mend, so it comes with its stack. */
function explainFailedStop(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

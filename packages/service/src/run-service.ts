import closeWithGrace from 'close-with-grace'
import { explainFailedStart } from './explain-failed-start.ts'
import { GRACE_MS } from './grace.ts'

/** A running service. */
export interface Service {
  /** Stops taking work, finishes what runs, frees its resources. */
  stop(): Promise<void>
}

/**
 * Runs a service as this process: starts it, and stops it on SIGTERM or SIGINT after the requests in
 * flight were answered. A start that fails is one readable line on stderr and exit code 1, never a stack.
 * A stop that fails, or takes longer than `GRACE_MS`, says so and is exit code 1 too.
 */
export async function runService(name: string, start: () => Promise<Service>): Promise<void> {
  const starting = (async () => start())()
  // From the first moment: a signal during the start is obeyed when the start is done.
  const grace = closeWithGrace(
    {
      delay: GRACE_MS,
      logger: false,
      onTimeout: (delayMs) =>
        process.stderr.write(
          `${name} did not stop within ${delayMs / 1000} s and ends as it is: requests or its database were not closed\n`,
        ),
      onSecondError: (error) =>
        process.stderr.write(`${name} failed while it stopped: ${explainFailedStop(error)}\n`),
    },
    async ({ err: error }) => {
      if (error !== undefined) {
        process.stderr.write(`${name} failed and stops: ${error.stack ?? error.message}\n`)
      }
      const service = await starting
      try {
        await service.stop()
      } catch (stopError) {
        process.stderr.write(`${name} did not stop cleanly: ${explainFailedStop(stopError)}\n`)
        throw stopError
      }
    },
  )
  try {
    await starting
  } catch (error) {
    process.stderr.write(`${name} did not start: ${explainFailedStart(error)}\n`)
    process.exit(1)
  }
  // Started by another process of ours: tell it that we are ready, and go with it, however it ends.
  process.send?.('ready')
  if (process.channel !== undefined) process.once('disconnect', () => grace.close())
}

/** A failed stop is nothing that a setting would mend, so it comes with its stack. */
function explainFailedStop(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

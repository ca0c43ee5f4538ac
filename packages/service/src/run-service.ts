import closeWithGrace from 'close-with-grace'

/** A running service. */
export interface Service {
  /** Stops taking work, finishes what runs, frees its resources. */
  stop(): Promise<void>
}

/** Longest wait for requests in flight once a stop was asked for. */
const DRAIN_TIMEOUT_MS = 15_000

/**
 * Runs a service as this process: starts it, and stops it on SIGTERM or SIGINT after the requests in
 * flight were answered. A start that fails is one readable line on stderr and exit code 1, never a stack.
 */
export async function runService(name: string, start: () => Promise<Service>): Promise<void> {
  const starting = (async () => start())()
  // From the first moment: a signal during the start is obeyed when the start is done.
  const grace = closeWithGrace(
    { delay: DRAIN_TIMEOUT_MS, logger: false },
    async ({ err: error }) => {
      if (error !== undefined) {
        process.stderr.write(`${name} failed and stops: ${error.stack ?? error.message}\n`)
      }
      await (await starting).stop()
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

function explainFailedStart(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, port, address } = error as NodeJS.ErrnoException & {
    port?: number
    address?: string
  }
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is taken by another process; stop it or choose another port`
    case 'EACCES':
      return `port ${port} on ${address} needs more rights than this process has; choose one above 1023`
    case 'EADDRNOTAVAIL':
      return `HOST ${address} is not an address of this machine`
    default:
      return error.message
  }
}

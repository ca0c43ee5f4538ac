import type { Server } from 'node:http'
import { DRAIN_MS } from './grace.ts'
import { closeWaitingConnections } from './server-connections.ts'

/** How often connections to close are looked for, and what a request that is on its way has to arrive. */
const SWEEP_MS = 50

/**
 * Closes a server after the requests in flight were answered. A request is in flight when it has come in
 * whole: half of one holds nothing up. Node closes idle keep-alive connections only at the moment of the
 * call: one that falls idle later would hold the close up for its whole keep-alive time, so they are swept.
 *
 * Requests that take longer than `DRAIN_MS` lose their connections, so that what closes after the server,
 * the database, still has time to.
 */
export async function drain(server: Server, close: () => Promise<unknown>): Promise<void> {
  const sweep = setInterval(() => closeWaitingConnections(server), SWEEP_MS)
  const end = setTimeout(() => {
    process.stderr.write(
      `requests were not answered within ${DRAIN_MS / 1000} s and are given up\n`,
    )
    server.closeAllConnections()
  }, DRAIN_MS)
  try {
    await close()
  } finally {
    clearInterval(sweep)
    clearTimeout(end)
  }
}

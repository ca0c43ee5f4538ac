import type { Server } from 'node:http'

/** How often idle connections are looked for while a server closes. */
const SWEEP_MS = 50

/**
 * Closes a server after the requests in flight were answered. Node closes idle keep-alive connections only
 * at the moment of the call: one that falls idle later would hold the close up for its whole keep-alive
 * time, so they are swept.
 */
export async function drain(server: Server, close: () => Promise<unknown>): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  try {
    await close()
  } finally {
    clearInterval(sweep)
  }
}

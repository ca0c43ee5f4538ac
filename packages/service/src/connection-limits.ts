import type { Server, Socket } from 'node:net'

export interface ConnectionLimits {
  /** Connections at once. Node closes those beyond at once. */
  readonly max: number
  /** Connections at once of one peer, so that none can have them all. */
  readonly maxPerPeer: number
  /** Who an address belongs to; undefined for one with many callers behind it, which has no limit of its own. */
  readonly peerOf?: (address: string) => string | undefined
}

/**
 * Bounds how many connections a server keeps. One beyond a limit is closed without an answer: it would cost more to
 * read what it sends than it costs to send it.
 */
export function limitConnections(
  server: Server,
  { max, maxPerPeer, peerOf = (address) => address }: ConnectionLimits,
): void {
  const counts = new Map<string, number>()
  server.maxConnections = max
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address } = socket
    // Without an address it is closed already.
    const peer = address === undefined ? undefined : peerOf(address)
    if (peer === undefined) return
    const count = (counts.get(peer) ?? 0) + 1
    if (count > maxPerPeer) {
      socket.destroy()
      return
    }
    counts.set(peer, count)
    socket.once('close', () => {
      const left = (counts.get(peer) ?? 0) - 1
      if (left > 0) counts.set(peer, left)
      else counts.delete(peer)
    })
  })
}

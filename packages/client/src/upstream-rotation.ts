import type { Transport } from './transport.ts'

/** The addresses of the upstream in turn: each call begins at the next one, and each of its retries goes one further. */
export interface UpstreamRotation {
  startRoute(): { next(): Transport }
}

export function rotateUpstreams(transports: readonly Transport[]): UpstreamRotation {
  let startOfNextRoute = 0
  return {
    startRoute() {
      let position = startOfNextRoute
      startOfNextRoute = (startOfNextRoute + 1) % transports.length
      return {
        next() {
          const transport = transports[position]
          if (transport === undefined) throw new Error('there is no upstream to send to')
          position = (position + 1) % transports.length
          return transport
        },
      }
    },
  }
}

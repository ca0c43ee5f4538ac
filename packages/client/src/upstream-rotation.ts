import type { Upstream } from './upstream.ts'

/**
 * The addresses of the upstream in turn: each call begins at the next one, and each of its retries goes one
 * further. One that is known to answer nothing is passed over, as long as another is left.
 */
export interface UpstreamRotation {
  startRoute(): { next(): Upstream }
}

export function rotateUpstreams(upstreams: readonly Upstream[]): UpstreamRotation {
  let startOfNextRoute = 0

  function pickFrom(position: number): number {
    for (let step = 0; step < upstreams.length; step += 1) {
      const index = (position + step) % upstreams.length
      if (upstreams[index]?.breaker.msUntilTry() === 0) return index
    }
    return position
  }

  return {
    startRoute() {
      let position = startOfNextRoute
      startOfNextRoute = (startOfNextRoute + 1) % upstreams.length
      return {
        next() {
          const picked = pickFrom(position)
          const upstream = upstreams[picked]
          if (upstream === undefined) throw new Error('there is no upstream to send to')
          position = (picked + 1) % upstreams.length
          return upstream
        },
      }
    },
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/**
 * What a client in the middle of its work has to learn of the stop: it gets the answer to a request that is on its
 * way, and that answer tells it to send no more on this connection.
 */
const SHORTEST_NOTICE_MS = 100

declare module 'fastify' {
  interface FastifyInstance {
    readonly stopNotice: StopNotice
  }
}

/** Tells clients and balancers that this process is about to stop, while it still takes and answers everything. */
export interface StopNotice {
  readonly isGiven: boolean
  /**
   * From now on every answer ends its connection, and `/readyz` says 503. Settles when the port may be closed.
   * @param pauseMs what a balancer needs to see it and to send elsewhere, at least {@link SHORTEST_NOTICE_MS}
   */
  give(pauseMs: number): Promise<void>
}

/**
 * A server that closes a kept connection takes the chance that a request is on its way there just then: the client
 * sees it fail, and cannot know whether it was carried out. So the connections are ended by answers first.
 */
export function addStopNotice(app: FastifyInstance): void {
  let isGiven = false
  const notice: StopNotice = {
    get isGiven() {
      return isGiven
    },
    async give(pauseMs) {
      isGiven = true
      await sleep(Math.max(pauseMs, SHORTEST_NOTICE_MS))
    },
  }
  app.decorate('stopNotice', notice)
  app.addHook('onSend', function endConnection(_request, reply, _payload, done) {
    if (isGiven) reply.header('Connection', 'close')
    done()
  })
}

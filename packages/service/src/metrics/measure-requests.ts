import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerEnd, whenAnswered } from '../when-answered.ts'

export interface MeasuredRequest extends AnswerEnd {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly seconds: number
}

/**
 * Measures every request from its head to the end of its answer.
 * @param record gets each once, also those that nobody waited for
 */
export function measureRequests(
  app: FastifyInstance,
  record: (measured: MeasuredRequest) => void,
): void {
  app.addHook('onRequest', function measure(request, reply, done) {
    const startedAtMs = performance.now()
    whenAnswered(reply, ({ isWhole }) =>
      record({ request, reply, isWhole, seconds: (performance.now() - startedAtMs) / 1_000 }),
    )
    done()
  })
}

/** Seconds; from an answer out of memory to the longest that an upstream call may take. */
export const LATENCY_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
]

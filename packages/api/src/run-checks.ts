import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'

/**
 * Makes one hook of checks that wait for nothing, which run in this order until one throws. Each as an asynchronous hook of
 * its own would cost a promise and a turn for every call, which is more than what most of them do.
 */
export function runChecks(
  ...checks: readonly ((request: FastifyRequest, reply: FastifyReply) => void)[]
) {
  return function check(
    request: FastifyRequest,
    reply: FastifyReply,
    done: HookHandlerDoneFunction,
  ): void {
    for (const each of checks) each(request, reply)
    done()
  }
}

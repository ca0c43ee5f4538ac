import type { FastifyError, FastifyReply } from 'fastify'

/** Ends when the connection of the caller does: what is still to be made for the answer is for nobody. */
export function whenCallerGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  if (raw.closed) gone.abort()
  else raw.once('close', () => gone.abort())
  return gone.signal
}

/** Whether an answer failed because nobody was left to read it: nothing that anybody should look into. */
export function isCallerGone({ name, code }: FastifyError): boolean {
  return name === 'AbortError' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

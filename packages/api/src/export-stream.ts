import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** A reader that takes nothing for so long is cut off: it would keep a connection and a page of memory for ever. */
const STALLED_MS = 60_000

/**
 * Answers with a text that is made while it is read: a chunk only when the one before has gone out, so that a slow
 * reader costs no memory. Ends the source when the reader goes. An error in the middle breaks the connection off,
 * which a reader can tell from the end; one before the first chunk is answered as any other.
 */
export async function sendStream(
  reply: FastifyReply,
  { contentType, fileName }: { readonly contentType: string; readonly fileName: string },
  chunks: AsyncGenerator<string, void, undefined>,
): Promise<FastifyReply> {
  const first = await chunks.next()
  reply.raw.setTimeout(STALLED_MS)
  return reply
    .type(contentType)
    .header('Content-Disposition', `attachment; filename="${fileName}"`)
    .send(Readable.from(startingWith(first, chunks)))
}

async function* startingWith(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string, void, undefined> {
  if (first.done) return
  yield first.value
  yield* rest
}

import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ANSWER_HEADERS } from './answer-headers.ts'
import { requestIdOf } from './request-id.ts'

/** Why what came on a connection did not become a request. */
export type UnreadReason = 'too-slow' | 'headers-too-long' | 'not-http'

/** HTTP has statuses of its own for some of these; a client can tell from 408 that it may try again. */
const STATUS_OF: Readonly<Record<UnreadReason, number>> = {
  'too-slow': 408,
  'headers-too-long': 431,
  'not-http': 400,
}

/** The answer of a service to what it could not read. */
export interface UnreadAnswer {
  readonly contentType: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

export interface UnreadRequest {
  readonly app: FastifyInstance
  readonly reason: UnreadReason
  readonly status: number
  readonly requestId: string
}

/** Node's own record of the request that is being answered on a connection. It is not in its types. */
type ServerSocket = Socket & { readonly _httpMessage?: ServerResponse | null }

/**
 * Makes Fastify's `clientErrorHandler`. It answers what is no HTTP, or comes too slowly or too large to become a
 * request: Node has neither a request nor a reply then, only the connection, which ends here.
 *
 * @param toAnswer spells the answer in the form of the service
 * @see https://nodejs.org/api/http.html#event-clienterror
 */
export function answerUnreadRequests(toAnswer: (request: UnreadRequest) => UnreadAnswer) {
  return function handleClientError(
    this: FastifyInstance,
    error: NodeJS.ErrnoException,
    socket: ServerSocket,
  ): void {
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswerPending(socket)) {
      socket.destroy()
      return
    }
    const reason = toReason(error.code)
    const status = STATUS_OF[reason]
    const requestId = requestIdOf({ headers: {} })
    // Only its code: the error itself holds the bytes that came, and with them the key.
    this.log.info({ reqId: requestId, code: error.code, status }, 'request could not be read')
    const answer = toAnswer({ app: this, reason, status, requestId })
    const headers = {
      Date: new Date().toUTCString(),
      Connection: 'close',
      'Content-Type': answer.contentType,
      'Content-Length': Buffer.byteLength(answer.body),
      ...answer.headers,
      ...ANSWER_HEADERS,
      'X-Request-Id': requestId,
    }
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${answer.body}`)
    socket.destroySoon()
  }
}

/**
 * Whether a request that came whole still waits for its answer: an error of what follows it on the connection would
 * be taken for its answer, although it may have its effect.
 */
function isAnswerPending({ _httpMessage: answer }: ServerSocket): boolean {
  return answer != null && (answer.req.complete || answer.headersSent)
}

function toReason(code: string | undefined): UnreadReason {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'too-slow'
    case 'HPE_HEADER_OVERFLOW':
      return 'headers-too-long'
    default:
      return 'not-http'
  }
}

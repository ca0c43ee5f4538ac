import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ANSWER_HEADERS, requestIdOf } from '@coupon-gateway/service'
import type { FastifyInstance } from 'fastify'
import { type ApiError, invalidInput } from './api-error.ts'
import { failure } from './envelope.ts'
import { negotiateLanguage } from './language.ts'
import type { Phrase } from './messages/texts.ts'

/** Node's own record of the call that is being answered on a connection. It is not in its types. */
type ServerSocket = Socket & { readonly _httpMessage?: ServerResponse | null }

/**
 * Answers what is no HTTP, or comes too slowly or too large to become a request: Node has neither a request
 * nor a reply then, only the connection, which ends here.
 *
 * @see https://nodejs.org/api/http.html#event-clienterror
 */
export function handleClientError(
  this: FastifyInstance,
  error: NodeJS.ErrnoException,
  socket: ServerSocket,
): void {
  if (error.code === 'ECONNRESET' || !socket.writable || isAnswerPending(socket)) {
    socket.destroy()
    return
  }
  const refusal = toRefusal(error.code)
  const {
    status,
    language,
    contentType,
    body: answer,
  } = failure(
    // What the caller accepts could not be read.
    { profile: this.profile, language: negotiateLanguage(undefined) },
    refusal.error.symbol,
    refusal.error.details,
    refusal.status,
  )
  const reqId = requestIdOf({ headers: {} })
  // Only its code: the error itself holds the bytes that came, and with them the API key.
  this.log.info({ reqId, code: error.code, status }, 'request could not be read')
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer)
  const headers = {
    Date: new Date().toUTCString(),
    Connection: 'close',
    'Content-Type': contentType,
    'Content-Language': language,
    'Content-Length': Buffer.byteLength(body),
    ...ANSWER_HEADERS,
    'X-Request-Id': reqId,
  }
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  socket.destroySoon()
}

/**
 * Whether a call that came whole still waits for its answer: an error of what follows it on the connection
 * would be taken for its answer, although it may have its effect.
 */
function isAnswerPending({ _httpMessage: answer }: ServerSocket): boolean {
  return answer != null && (answer.req.complete || answer.headersSent)
}

/** HTTP has statuses of its own for some of these; a client can tell from 408 that it may try again. */
function toRefusal(code: string | undefined): { status: number; error: ApiError } {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        status: 408,
        error: badRequest(
          ({ problems }) => problems.tooSlow,
          ({ allowed }) => allowed.sentAtOnce,
        ),
      }
    case 'HPE_HEADER_OVERFLOW':
      return {
        status: 431,
        error: badRequest(
          ({ problems }) => problems.headersTooLong,
          ({ allowed }) => allowed.shortHeaders,
        ),
      }
    default:
      return {
        status: 400,
        error: badRequest(
          ({ problems }) => problems.notReadable,
          ({ allowed }) => allowed.http,
        ),
      }
  }
}

function badRequest(problem: Phrase, allowed: Phrase): ApiError {
  return invalidInput([{ field: 'request', problem, allowed }])
}

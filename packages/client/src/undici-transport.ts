import type { IncomingHttpHeaders } from 'node:http'
import { type Dispatcher, Pool } from 'undici'
import type { Exchange, Transport, WireResponse } from './transport.ts'

export interface UndiciTransportOptions {
  /** Most connections to this address. */
  readonly connections: number
  readonly connectTimeoutMs: number
}

/** An answer of the contract has some kilobytes; past this it is none, and is not read into memory. */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024

/** A transport over undici's connection pool: HTTP/1.1, one request at a time on a connection, connections kept alive. */
export function openUndiciTransport(
  baseUrl: URL,
  { connections, connectTimeoutMs }: UndiciTransportOptions,
): Transport {
  const openPool = (pipelining: 0 | 1) =>
    new Pool(baseUrl.origin, {
      connections,
      connectTimeout: connectTimeoutMs,
      maxResponseSize: MAX_RESPONSE_BYTES,
      // The pipeline ends a slow attempt itself, by its own clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      // Shared connections would fail many calls at once, and leave open which of them were sent.
      allowH2: false,
      pipelining,
    })
  const pool = openPool(1)
  // A connection for each request: an idle one may be closed by the server at the moment in which it is used, and
  // whether the request was read first is not to be known.
  const singleUse = openPool(0)
  const basePath = baseUrl.pathname.replace(/\/$/, '')

  return {
    send: ({ method, path, headers, body }, exchange) =>
      new Promise((resolve, reject) => {
        const pathOfAll = `${basePath}${path}`
        const handler = createExchangeHandler(exchange, resolve, reject)
        const dispatcher = exchange.isSafeToRepeat ? pool : singleUse
        dispatcher.dispatch({ method, path: pathOfAll, headers, body }, handler)
      }),
    // Not `close`, which would wait for requests that were given up while their connection was being made.
    async close() {
      await Promise.all([pool.destroy(), singleUse.destroy()])
    },
  }
}

/**
 * One exchange, as undici tells of it. Its `request` would do too, and costs about as much again: it makes a stream
 * of every body.
 *
 * The moment just before undici writes a request to a connected socket is `onRequestStart`. Error codes would not
 * do to tell it: ECONNRESET, for one, comes both from a connection that never was and from one that carried the
 * request.
 */
function createExchangeHandler(
  exchange: Exchange,
  resolve: (response: WireResponse) => void,
  reject: (error: unknown) => void,
): Dispatcher.DispatchHandler {
  let controller: Dispatcher.DispatchController | null = null
  let status = 0
  let headers: Record<string, string> = {}
  let chunks: Buffer[] = []

  exchange.whenGivenUp = () => {
    const givenUp = new Error('given up')
    // While the request waits for its connection there is nothing to abort yet, and undici would wait it out.
    if (controller === null) reject(givenUp)
    else controller.abort(givenUp)
  }

  return {
    onRequestStart(started) {
      // It is not written then.
      if (exchange.isGivenUp) return started.abort(new Error('given up'))
      controller = started
      exchange.isSent = true
    },
    onResponseStart(_controller, statusCode, received) {
      status = statusCode
      headers = firstValues(received)
      // Of an informational answer that came before.
      chunks = []
    },
    onResponseData(_controller, chunk) {
      chunks.push(chunk)
    },
    onResponseEnd() {
      const [only] = chunks
      const bytes = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks)
      resolve({ status, headers, body: bytes.toString('utf8') })
    },
    onResponseError: (_controller, error) => reject(error),
  }
}

/** In place: the headers are nobody else's, and few come more than once. */
function firstValues(headers: IncomingHttpHeaders): Record<string, string> {
  for (const name in headers) {
    const value = headers[name]
    if (Array.isArray(value)) headers[name] = value[0]
  }
  return headers as Record<string, string>
}

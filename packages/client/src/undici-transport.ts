import { type Dispatcher, Pool } from 'undici'
import type { Transport, WireResponse } from './transport.ts'

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
  const repeatable = pool.compose(reportSent)
  const unrepeatable = singleUse.compose(reportSent)
  const basePath = baseUrl.pathname.replace(/\/$/, '')

  return {
    async send({ method, path, headers, body }, { signal, isSafeToRepeat, onSent }) {
      const dispatcher = isSafeToRepeat ? repeatable : unrepeatable
      const sending: Sending = { isSent: false, onSent }
      const answer = dispatcher
        .request({ method, path: `${basePath}${path}`, headers, body, signal, opaque: sending })
        .then(readResponse)
      return Promise.race([answer, endBeforeSent(signal, sending)])
    },
    // Not `close`, which would wait for requests that were given up while their connection was being made.
    async close() {
      await Promise.all([pool.destroy(), singleUse.destroy()])
    },
  }
}

/** Travels with a request through undici as its `opaque`. */
interface Sending {
  isSent: boolean
  readonly onSent: () => void
}

/**
 * Reports the moment just before undici writes a request to a connected socket. Error codes would not do:
 * ECONNRESET, for one, comes both from a connection that never was and from one that carried the request.
 */
const reportSent: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const sending = (options as Dispatcher.RequestOptions<Sending>).opaque
  return dispatch(options, {
    onRequestStart(controller, context) {
      handler.onRequestStart?.(controller, context)
      // A request that was given up before is aborted by the line above, and not written.
      if (controller.aborted || !sending) return
      sending.isSent = true
      sending.onSent()
    },
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  })
}

/** Fails when the signal fires while the request waits for its connection, which undici would wait out. */
function endBeforeSent(signal: AbortSignal, sending: Sending): Promise<never> {
  return new Promise((_, reject) => {
    const rejectUnlessSent = () => {
      if (!sending.isSent) reject(signal.reason)
    }
    if (signal.aborted) rejectUnlessSent()
    else signal.addEventListener('abort', rejectUnlessSent, { once: true })
  })
}

async function readResponse({
  statusCode,
  headers,
  body,
}: Dispatcher.ResponseData<Sending>): Promise<WireResponse> {
  const text = await body.text()
  const firstValues: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value
    if (first !== undefined) firstValues[name] = first
  }
  return { status: statusCode, headers: firstValues, body: text }
}

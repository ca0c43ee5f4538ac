import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

/** What befalls one request. Where it "was taken", the upstream has carried it out, or refused it on its own. */
export type Fault =
  /** None: the upstream's answer comes back as it is. */
  | { readonly kind: 'pass' }
  /** The connection is reset before the upstream sees the request. */
  | { readonly kind: 'reset-before' }
  /** The connection is reset, and the request arrives all the same, later. */
  | { readonly kind: 'arrives-late'; readonly delayMs: number }
  /** The request was taken; the connection is reset in place of the answer. */
  | { readonly kind: 'reset-after' }
  /** The request was taken; neither an answer nor an end of the connection ever comes. */
  | { readonly kind: 'half-open' }
  /** The request was taken; its answer comes late. */
  | { readonly kind: 'late'; readonly delayMs: number }
  /** The request was taken; the connection ends in the middle of the answer's body. */
  | { readonly kind: 'cut-body' }
  /** The request was taken; its answer is a 200 that is no JSON. */
  | { readonly kind: 'wrong-json' }
  /** The request was taken; a proxy on the way answers with 500 and a page. */
  | { readonly kind: 'error-after' }
  /** A 500 from something that never handed the request on. */
  | { readonly kind: 'error-before' }
  /** Refused for lack of budget: never handed on. */
  | { readonly kind: 'throttled'; readonly retryAfterSeconds: number | null }

/** A request that came to the proxy, and what befell it. */
export interface ProxiedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly fault: Fault
  /** When the proxy had read all of it, by `performance.now()`. */
  readonly atMs: number
  /** The upstream's own status, where the request was taken; null before, and where it was not. */
  takenStatus: number | null
}

export interface FaultProxy {
  readonly url: string
  readonly requests: readonly ProxiedRequest[]
  /** Decides about requests from now on. */
  setFault(choose: Fault | ((request: Omit<ProxiedRequest, 'fault'>) => Fault)): void
  close(): Promise<void>
}

export const PASS: Fault = { kind: 'pass' }

/**
 * Stands between a client and a real upstream, and does to each request what it is told. Each connection
 * carries real bytes: nothing of the client is replaced.
 *
 * @param keepAliveMs how long it lets a connection be idle, 0 to close each after one answer; default 5,000
 */
export async function startFaultProxy(
  upstreamUrl: string,
  { keepAliveMs = 5_000 }: { readonly keepAliveMs?: number } = {},
): Promise<FaultProxy> {
  const upstream = new Pool(upstreamUrl, { connections: 64 })
  const requests: ProxiedRequest[] = []
  let chooseFault: (request: Omit<ProxiedRequest, 'fault'>) => Fault = () => PASS

  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    const { method = '', url = '', headers } = incoming
    const arrived = { method, url, headers, body, atMs: performance.now(), takenStatus: null }
    const request: ProxiedRequest = { ...arrived, fault: chooseFault(arrived) }
    requests.push(request)
    try {
      await act(request, response)
    } catch {
      // The upstream itself is gone, or the client is.
      response.destroy()
    }
  })
  server.keepAliveTimeout = keepAliveMs
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function act(request: ProxiedRequest, response: ServerResponse): Promise<void> {
    const { fault } = request
    switch (fault.kind) {
      case 'reset-before':
        response.socket?.resetAndDestroy()
        return
      case 'error-before':
        return sendPage(response)
      case 'arrives-late':
        response.socket?.resetAndDestroy()
        await sleep(fault.delayMs)
        break
      case 'throttled': {
        const { retryAfterSeconds } = fault
        response.writeHead(
          429,
          retryAfterSeconds === null ? {} : { 'retry-after': `${retryAfterSeconds}` },
        )
        response.end('slow down')
        return
      }
    }

    const answer = await handOn(request)
    switch (fault.kind) {
      case 'pass':
        break
      case 'late':
        await sleep(fault.delayMs)
        break
      case 'arrives-late':
        return
      case 'reset-after':
        response.socket?.resetAndDestroy()
        return
      case 'half-open':
        return
      case 'error-after':
        return sendPage(response)
      case 'wrong-json':
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end('{"code":0,"mess')
        return
      case 'cut-body':
        response.writeHead(answer.status, answer.headers)
        response.write(answer.body.subarray(0, answer.body.length >> 1), () => response.destroy())
        return
      default:
        throw new Error(`unknown fault ${fault satisfies never}`)
    }
    response.writeHead(answer.status, answer.headers)
    response.end(answer.body)
  }

  async function handOn(request: ProxiedRequest) {
    const { method, url, headers, body } = request
    const { host: _host, connection: _connection, ...forwarded } = headers
    const answer = await upstream.request({
      method: method as 'GET',
      path: url,
      headers: forwarded,
      body: body === '' ? null : body,
    })
    const bytes = Buffer.from(await answer.body.arrayBuffer())
    request.takenStatus = answer.statusCode
    const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...rest } = answer.headers
    return {
      status: answer.statusCode,
      headers: { ...rest, 'content-length': `${bytes.length}` },
      body: bytes,
    }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    setFault(choose) {
      chooseFault = typeof choose === 'function' ? choose : () => choose
    },
    async close() {
      server.close()
      server.closeAllConnections()
      await Promise.all([once(server, 'close'), upstream.destroy()])
    },
  }
}

function sendPage(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'text/html' })
  response.end('<html>Internal Server Error')
}

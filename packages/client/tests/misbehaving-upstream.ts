import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What the server does with one request, after it has read all of it. */
export type Behaviour = (response: ServerResponse, request: ReceivedRequest) => void

/** A real HTTP server on a free port that does what it is told. */
export interface MisbehavingUpstream {
  readonly url: string
  readonly received: ReceivedRequest[]
  /** Ends when so many requests were received in all. */
  whenReceived(count: number): Promise<void>
  close(): Promise<void>
}

/** The n-th request gets the n-th behaviour, and all further ones the last. */
export async function startUpstream(...behaviours: Behaviour[]): Promise<MisbehavingUpstream> {
  const received: ReceivedRequest[] = []
  const waiters: { readonly count: number; readonly resolve: () => void }[] = []
  const server = createServer(async (incoming, response) => {
    let body = ''
    for await (const chunk of incoming) body += chunk
    const { method = '', url = '', headers } = incoming
    const request = { method, url, headers, body }
    const behave = behaviours[Math.min(received.length, behaviours.length - 1)]
    received.push(request)
    behave?.(response, request)
    for (const { count, resolve } of waiters) if (received.length >= count) resolve()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    whenReceived: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) resolve()
        else waiters.push({ count, resolve })
      }),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** A URL at which nobody listens. */
export async function deadUrl(): Promise<string> {
  const upstream = await startUpstream()
  await upstream.close()
  return upstream.url
}

export function answer(
  status: number,
  body: string | object,
  headers: Record<string, string> = {},
): Behaviour {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}

export const done = (result: unknown = null, headers: Record<string, string> = {}) =>
  answer(200, { code: 0, message: '', result }, headers)

export const rejected = (code: number, error: string, result: unknown = null) =>
  answer(200, { code, message: `says ${error}`, result, error })

export const problem = (
  status: number,
  code: number,
  error: string,
  headers: Record<string, string> = {},
  result: unknown = null,
) => answer(status, { code, message: '', result, error }, headers)

/** The request was read and perhaps carried out, and the connection is gone. */
export const reset: Behaviour = (response) => {
  response.socket?.resetAndDestroy()
}

export const hang: Behaviour = () => {}

/** Answers when the test says so. */
export function held(behaviour: Behaviour): { behaviour: Behaviour; release: () => void } {
  const waiting: (() => void)[] = []
  let isReleased = false
  return {
    behaviour: (response, request) => {
      if (isReleased) behaviour(response, request)
      else waiting.push(() => behaviour(response, request))
    },
    release: () => {
      isReleased = true
      for (const proceed of waiting.splice(0)) proceed()
    },
  }
}

/** A coupon as the native api sends it. */
export const WIRE_COUPON = {
  cpnId: '0198c0de-0000-7000-8000-000000000001',
  cpnNo: 'FRIENDS05',
  nm: 'For friends',
  discTypeIdx: 458,
  disc: 60,
  discCurrency: 'USD',
  formatDiscCurrency: '$60',
  strtYmd: '2026-01-01',
  endYmd: '',
  useLimit: 5,
  userLimit: 1,
  useCnt: 2,
  heldCnt: 0,
  onsiteYn: 'Y',
  onsitePwd: '',
  onsitePwdYn: 'Y',
  memo: 'spring',
  url: 'https://example.com/',
  imgUrl: '',
  domain: '',
  grpIdx: 7,
  tmplIdx: null,
  userId: 'user-1',
  userNm: '',
  webhookEnableYn: 'N',
  regYmdt: '2026-01-01 09:00:00',
}

import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  RedeemCouponDocument,
  type RedeemCouponInput,
  type TypedDocumentNode,
} from '@coupon-gateway/schema'
import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { makeDataDirectory } from '@coupon-gateway/test-postgres'
import { print } from 'graphql'
import { expect } from 'vitest'

/** A folder that survives the processes that use it, with an empty embedded database. */
export interface Folder {
  readonly path: string
  remove(): Promise<void>
}

export async function makeFolder(): Promise<Folder> {
  const path = await makeDataDirectory()
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}

export type Environment = Readonly<Record<string, string>>

/** Over whatever the machine has set for its own services; an empty variable counts as unset. */
const ENVIRONMENT: Environment = { LOG_LEVEL: 'warn', NODE_ENV: 'development', DATABASE_URL: '' }

export function startApi(data: Folder, environment: Environment = {}): Promise<ServiceProcess> {
  return startServiceProcess('api', { ...ENVIRONMENT, DATA_DIR: data.path, ...environment })
}

export function startGateway(
  upstream: { readonly url: string },
  environment: Environment = {},
): Promise<ServiceProcess> {
  return startServiceProcess('gateway', {
    ...ENVIRONMENT,
    UPSTREAM_URL: upstream.url,
    ...environment,
  })
}

/** An upstream for tests that never get as far: the port 9 is nobody's. */
export const NO_UPSTREAM = { url: 'http://127.0.0.1:9' }

/** An upstream that does with a request, once it was read, whatever the test wants. */
export async function startFakeUpstream(
  act: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => act(request, response))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

export interface LossyUpstream {
  readonly url: string
  /** From the next redeem on every answer is lost, after the request had its effect. */
  loseAnswersFromRedeem(): void
  /** Redeems are lost before they arrive. */
  loseRedeems(): void
  loseNothing(): void
  close(): void
}

/** In front of an api: passes everything on, and answers get lost on the way back when the test wants it. */
export async function startLossyUpstream(api: { readonly url: string }): Promise<LossyUpstream> {
  let losing: 'nothing' | 'redeems' | 'from redeem' | 'everything' = 'nothing'
  const server = createServer((incoming, response) => {
    const { method, url = '', headers } = incoming
    const isRedeem = url.includes('/redeem')
    if (losing === 'redeems' && isRedeem) {
      response.socket?.resetAndDestroy()
      return
    }
    if (losing === 'from redeem' && isRedeem) losing = 'everything'
    const forwarded = request(new URL(url, api.url), { method, headers }, (answer) => {
      if (losing !== 'everything') {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
        return
      }
      answer.resume().once('end', () => response.socket?.resetAndDestroy())
    })
    forwarded.once('error', () => response.socket?.resetAndDestroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswersFromRedeem() {
      losing = 'from redeem'
    },
    loseRedeems() {
      losing = 'redeems'
    },
    loseNothing() {
      losing = 'nothing'
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Creates a coupon past the gateway. Returns its code. */
export async function createCoupon(
  api: ServiceProcess,
  fields: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const response = await fetch(`${api.url}/api/coupon/v1/create`, {
    method: 'POST',
    headers: { Authorization: 'APIKey demo_personal_key', 'Content-Type': 'application/json' },
    body: JSON.stringify({ discTypeIdx: 457, disc: 10, ...fields }),
  })
  const envelope = (await response.json()) as { code: number; result: string }
  expect(envelope).toMatchObject({ code: 0 })
  return envelope.result
}

/** Writes a `GATEWAY_KEYS_FILE`. The id of each key is the key itself. */
export async function writeKeysFile(
  folder: Folder,
  keys: Readonly<Record<string, object>>,
): Promise<string> {
  const path = join(folder.path, 'keys.json')
  const entries = Object.entries(keys).map(([key, fields]) => ({
    id: key,
    kind: 'secret',
    sha256: createHash('sha256').update(key).digest('hex'),
    scopes: ['coupon:validate', 'coupon:redeem'],
    callsPerMinute: 1_000,
    ...fields,
  }))
  await writeFile(path, JSON.stringify(entries))
  return path
}

export interface GatewayError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions: Readonly<Record<string, unknown>>
}

export interface Answer<Data> {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly data: Data | null
  readonly errors: readonly GatewayError[]
}

export interface SendOptions {
  readonly method?: string
  readonly path?: string
  readonly key?: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a text or bytes as they are, and bytes without a content type. */
  readonly body?: unknown
}

/** Sends any HTTP request, as `sk_demo` unless told otherwise. */
export async function send(
  gateway: { readonly url: string },
  options: SendOptions,
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
): Promise<Answer<any>> {
  const { method = 'POST', path = '/graphql', key = 'sk_demo', headers = {}, body } = options
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const response = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined || body instanceof Uint8Array
        ? {}
        : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { body: isRaw ? (body as RequestInit['body'] & {}) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') && text !== ''
  const { data = null, errors = [] } = isJson ? JSON.parse(text) : {}
  return { status: response.status, headers: response.headers, text, data, errors }
}

/** Sends an operation as a client of the published documents does. */
export function ask<Data, Variables>(
  gateway: { readonly url: string },
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  options: SendOptions = {},
): Promise<Answer<Data>> {
  return send(gateway, { ...options, body: { query: print(document), variables } })
}

/** Redeems, with a key of its own unless told otherwise. */
export function redeem(
  gateway: { readonly url: string },
  { idempotencyKey = randomUUID(), ...input }: Partial<RedeemCouponInput> & { code: string },
  options: SendOptions = {},
) {
  return ask(gateway, RedeemCouponDocument, { input: { idempotencyKey, ...input } }, options)
}

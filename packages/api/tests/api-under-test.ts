import { rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { type CouponCore, type GroupKind, openCouponCore, saveGroup } from '@coupon-gateway/core'
import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import { type ServiceProcess, startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase, makeDataDirectory } from '@coupon-gateway/test-postgres'
import { inject } from 'vitest'
import type { ErrorSymbol } from '../src/index.ts'
import { expectDescribed } from './expect-described.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: {
    readonly code: number
    readonly message: string
    // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
    readonly result: any
    readonly error?: ErrorSymbol
  }
}

export interface CallOptions {
  readonly method?: string
  readonly key?: string | null
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON, or as it is when it is a text. */
  readonly body?: unknown
}

/**
 * Calls an API over HTTP, as `demo_personal_key` unless told otherwise. Its answer is what the OpenAPI document
 * says, or this fails.
 */
export async function call(url: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const answer = await callUndescribed(url, path, options)
  expectDescribed(options.method ?? 'GET', `/api/coupon/v1${path}`, answer)
  return answer
}

/** As {@link call}, for a profile that the document does not describe. */
export async function callUndescribed(
  url: string,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const { method = 'GET', key = 'demo_personal_key', headers = {}, body } = options
  const response = await fetch(`${url}/api/coupon/v1${path}`, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `APIKey ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) }
}

/**
 * Writes bytes on a connection of its own and reads until the server closes it.
 * @returns undefined when it closed the connection without an answer
 */
export async function callRaw(url: string, request: string): Promise<Answer | undefined> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(request)
  let received = ''
  for await (const chunk of socket.setEncoding('utf8')) received += chunk
  if (received === '') return undefined
  const [head = '', ...rest] = received.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const text = rest.join('\r\n\r\n')
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: new Headers(lines.map((line) => line.split(': ', 2) as [string, string])),
    text,
    body: JSON.parse(text),
  }
}

/** A place for the database that survives the processes that use it. */
export interface DatabasePlace {
  readonly environment: Readonly<Record<string, string>>
  remove(): Promise<void>
}

export async function onPostgres(): Promise<DatabasePlace> {
  const url = await createTestDatabase(inject('postgresUrl'))
  return { environment: { DATABASE_URL: url, DEMO: 'true' }, remove: async () => {} }
}

export async function onPglite(): Promise<DatabasePlace> {
  const folder = await makeDataDirectory()
  return {
    environment: { DATA_DIR: folder },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Does something to the database of a place with the account of the demo, while no service has it. */
export async function prepare(
  { environment }: DatabasePlace,
  work: (database: Database, core: CouponCore, demoAccountId: number) => Promise<unknown>,
): Promise<void> {
  const { DATABASE_URL: url, DATA_DIR: folder = '' } = environment
  const database = url === undefined ? await openPglite(folder) : openPostgres(url)
  try {
    const core = await openCouponCore(database)
    const { id } = await core.ensureAccount('demo', 'UTC')
    await work(database, core, id)
  } finally {
    await database.close()
  }
}

/** Makes groups and templates that decide nothing. */
export async function saveGroups(
  place: DatabasePlace,
  numbers: { readonly [Kind in GroupKind]?: readonly number[] },
): Promise<void> {
  await prepare(place, async (database, _core, accountId) => {
    for (const kind of ['group', 'template'] as const) {
      for (const id of numbers[kind] ?? []) {
        await saveGroup(database, { accountId, kind, id, name: `${kind} ${id}`, settings: {} })
      }
    }
  })
}

export function startApiProcess(place: DatabasePlace): Promise<ServiceProcess> {
  return startServiceProcess('api', { LOG_LEVEL: 'warn', ...place.environment })
}

import type { Endpoint } from '../plan.ts'
import type { DatabaseRecord, LoggedRedemption } from './database-record.ts'

/** The target does not show its log. The message says what it answered. */
export class LogUnreadableError extends Error {
  override readonly name = 'LogUnreadableError'
}

/** Coupons whose logs are asked for at a time. */
const CONCURRENCY = 10
const REQUEST_TIMEOUT_MS = 60_000

/**
 * Reads the log of coupons over the wire, as a partner may: for a target whose database nobody can look into. The
 * counters are not in it. Through GraphQL the coupons that had a code one after the other cannot be told apart.
 *
 * @throws LogUnreadableError
 */
export async function readLog(
  endpoint: Endpoint,
  codes: readonly string[],
  signal: AbortSignal,
): Promise<DatabaseRecord> {
  const read = endpoint.protocol === 'rest' ? readByRest : readByGraphql
  const log: LoggedRedemption[] = []
  const queue = codes.values()
  const work = async () => {
    for (const code of queue) {
      for await (const row of read(endpoint, code, signal)) log.push(row)
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
  return { log, counters: [] }
}

async function* readByRest(
  { url, key }: Endpoint,
  code: string,
  signal: AbortSignal,
): AsyncGenerator<LoggedRedemption> {
  const { status, text } = await ask(
    `${url}/api/coupon/v1/redemptions?cpnNo=${encodeURIComponent(code)}`,
    { headers: { Authorization: `APIKey ${key}`, Accept: 'application/x-ndjson' } },
    signal,
  )
  for (const line of text.split('\n').filter((it) => it !== '')) {
    const row = parse(line) as WireRow | undefined
    if (status !== 200 || row?.redemptionId === undefined) {
      throw unreadable(status, line, ', where an export as application/x-ndjson is needed')
    }
    const { redemptionId, cpnId, ordinal, userId, idempotencyKey } = row
    yield {
      redemptionId,
      coupon: code,
      couponId: cpnId ?? code,
      ordinal,
      user: userId,
      key: idempotencyKey,
      status: row.status,
    }
  }
}

interface WireRow {
  readonly redemptionId: string
  readonly cpnId?: string
  readonly status: LoggedRedemption['status']
  readonly ordinal: number | null
  readonly userId: string | null
  readonly idempotencyKey: string | null
}

const QUERY = `query Log($code: String!, $after: String) {
  redemptions(filter: { code: $code }, first: 100, after: $after) {
    nodes { id status ordinal userId idempotencyKey }
    pageInfo { hasNextPage endCursor }
  }
}`

async function* readByGraphql(
  { url, key }: Endpoint,
  code: string,
  signal: AbortSignal,
): AsyncGenerator<LoggedRedemption> {
  let after: string | null = null
  do {
    const { status, text } = await ask(
      url,
      {
        method: 'POST',
        headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ query: QUERY, variables: { code, after } }),
      },
      signal,
    )
    const page = (parse(text) as GraphqlAnswer | undefined)?.data?.redemptions
    if (!page) throw unreadable(status, text)
    for (const { id, userId, idempotencyKey, ...rest } of page.nodes) {
      yield {
        ...rest,
        redemptionId: id,
        coupon: code,
        couponId: code,
        user: userId,
        key: idempotencyKey,
      }
    }
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
  } while (after !== null)
}

interface GraphqlAnswer {
  readonly data?: {
    readonly redemptions?: {
      readonly nodes: readonly {
        readonly id: string
        readonly status: LoggedRedemption['status']
        readonly ordinal: number | null
        readonly userId: string | null
        readonly idempotencyKey: string | null
      }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    } | null
  } | null
}

async function ask(
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.any([signal, timeout]) })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    signal.throwIfAborted()
    throw new LogUnreadableError(`the log cannot be read: ${error}`, { cause: error })
  }
}

function unreadable(status: number, text: string, wanted = ''): LogUnreadableError {
  return new LogUnreadableError(
    `the log cannot be read: HTTP ${status} ${text.slice(0, 200)}${wanted}`,
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

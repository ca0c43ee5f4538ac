import {
  type Call,
  type CallAnswer,
  type CallRequest,
  PAGE_ROWS,
  ROLLBACK_REASON,
  TTL_SECONDS,
} from '../call.ts'
import type { Endpoint, Operation, Outcome } from '../plan.ts'
import { outcomeOfFailure, parseJson, unexpected } from './outcome-of-failure.ts'

/** A call of the REST contract. */
interface RestOperation {
  readonly method: CallRequest['method']
  readonly path: string
  readonly query?: (call: Call) => Readonly<Record<string, string | number | null | undefined>>
  readonly body?: (call: Call) => object
}

const OPERATIONS: Readonly<Record<Operation, RestOperation>> = {
  validate: {
    method: 'GET',
    path: 'validate',
    query: ({ coupon, user }) => ({ cpnNo: coupon, userId: user }),
  },
  redeem: { method: 'PUT', path: 'redeem', body: takeFields },
  reserve: {
    method: 'POST',
    path: 'reserve',
    body: (call) => ({ ...takeFields(call), ttlSeconds: TTL_SECONDS }),
  },
  confirm: { method: 'POST', path: 'confirm', body: reservationFields },
  release: { method: 'POST', path: 'release', body: reservationFields },
  rollback: {
    method: 'POST',
    path: 'rollback',
    body: ({ redemptionId }) => ({ redemptionId, reason: ROLLBACK_REASON }),
  },
  create: {
    method: 'POST',
    path: 'create',
    body: ({ coupon, limit, userLimit, password }) => ({
      cpnNo: coupon,
      nm: 'load',
      discTypeIdx: 457,
      disc: 10,
      useLimit: limit,
      userLimit,
      ...(password === undefined ? {} : { onsiteYn: 'Y', onsitePwd: password }),
    }),
  },
  'raise-limit': {
    method: 'PUT',
    path: 'update',
    body: ({ coupon, limit }) => ({ cpnNo: coupon, useLimit: limit }),
  },
  delete: { method: 'DELETE', path: 'delete', query: ({ coupon }) => ({ cpnNo: coupon }) },
  list: {
    method: 'GET',
    path: 'redemptions',
    query: ({ coupon, user, after }) => ({
      cpnNo: coupon,
      userId: user,
      cursor: after,
      limit: PAGE_ROWS,
    }),
  },
  export: { method: 'GET', path: 'redemptions', query: ({ coupon }) => ({ cpnNo: coupon }) },
}

/** The request of a call to the REST api. */
export function restRequest({ url, key }: Endpoint, call: Call): CallRequest {
  const { method, path, query, body } = OPERATIONS[call.operation]
  return {
    method,
    url: `${url}/api/coupon/v1/${path}${query === undefined ? '' : toQuery(query(call))}`,
    headers: {
      Authorization: `APIKey ${key}`,
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(call.key === null ? {} : { 'Idempotency-Key': call.key }),
      ...(call.operation === 'redeem' ? { Prefer: 'return=representation' } : {}),
      ...(call.operation === 'export' ? { Accept: 'application/x-ndjson' } : {}),
    },
    body: body === undefined ? null : JSON.stringify(body(call)),
  }
}

/** What the answer of the REST api to a call says. */
export function readRestAnswer(call: Call, answer: CallAnswer): Outcome {
  if (call.operation === 'export' && answer.status === 200) {
    const ids = answer.body.split('\n').filter(Boolean).map(readRowId)
    return { kind: 'listed', rows: ids.length, next: null, ids }
  }
  const envelope = parseJson(answer.body) as Envelope | undefined
  const error = envelope?.code === 0 ? undefined : envelope?.error
  const failure = outcomeOfFailure(answer, error)
  if (failure !== undefined) return failure
  if (envelope === undefined || envelope === null) return unexpected(answer)
  // Of the problems with the call itself only this one is about a coupon.
  const isAboutCoupon = answer.status === 200 || error === 'TOO_MANY_ATTEMPTS'
  if (!isAboutCoupon || (envelope.code !== 0 && error === undefined)) return unexpected(answer)
  if (call.operation === 'validate') {
    return { kind: 'validated', valid: error === undefined, reason: error ?? null }
  }
  if (error !== undefined) return { kind: 'rejected', reason: error }
  return readResult(call, envelope.result ?? {}, answer.isReplay) ?? unexpected(answer)
}

interface Envelope {
  readonly code: number
  readonly error?: string
  readonly result?: Result | null
}

/** What the calls answer, each of them some of this. */
interface Result {
  readonly redemptionId?: string
  readonly reservationId?: string
  readonly ordinal?: number | null
  readonly expiresAt?: string
  readonly redemptions?: readonly { readonly redemptionId: string }[]
  readonly nextCursor?: string | null
}

function readResult({ operation }: Call, result: Result, replayed: boolean): Outcome | undefined {
  const { redemptionId, reservationId, ordinal = null, expiresAt, redemptions } = result
  switch (operation) {
    case 'redeem':
      return redemptionId === undefined
        ? undefined
        : { kind: 'granted', redemptionId, ordinal, replayed }
    case 'reserve':
      return reservationId === undefined || expiresAt === undefined
        ? undefined
        : {
            kind: 'granted',
            redemptionId: reservationId,
            ordinal,
            replayed,
            expiresAt: Date.parse(expiresAt),
          }
    case 'list':
      return (
        redemptions && {
          kind: 'listed',
          rows: redemptions.length,
          next: result.nextCursor ?? null,
          ids: redemptions.map((row) => row.redemptionId),
        }
      )
    default:
      return { kind: 'done', replayed }
  }
}

function takeFields({ coupon, user, password }: Call): object {
  return { cpnNo: coupon, userId: user ?? undefined, onsitePwd: password }
}

function reservationFields({ redemptionId }: Call): object {
  return { reservationId: redemptionId }
}

function toQuery(fields: Readonly<Record<string, string | number | null | undefined>>): string {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  return `?${given.join('&')}`
}

/** A line that is no redemption has none, and makes a difference by that. */
function readRowId(line: string): string {
  return (parseJson(line) as Result | undefined)?.redemptionId ?? ''
}

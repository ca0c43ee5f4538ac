import type { WireRequest } from './call.ts'
import type { OperationRequest } from './operation.ts'

/** Makes the request of an operation. */
export function toWireRequest(
  { method, resource, id, query = {}, body }: OperationRequest,
  headers: WireRequest['headers'],
): WireRequest {
  const given = Object.entries(query).filter((it): it is [string, string] => it[1] !== undefined)
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`
  return {
    method,
    path: `/api/coupon/v1/${resource}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search}`,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  }
}

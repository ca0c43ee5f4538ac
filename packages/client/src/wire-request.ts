import type { WireRequest } from './call.ts'
import type { OperationRequest } from './operation.ts'

/** Makes the request of an operation. */
export function toWireRequest(
  { method, resource, id, query = {}, body }: OperationRequest,
  headers: WireRequest['headers'],
): WireRequest {
  let search = ''
  // Not URLSearchParams, which costs some percent of a whole call.
  for (const name in query) {
    const value = query[name]
    if (value === undefined) continue
    search += `${search === '' ? '?' : '&'}${name}=${encodeURIComponent(value)}`
  }
  return {
    method,
    path: `/api/coupon/v1/${resource}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search}`,
    headers,
    body: body === undefined ? null : JSON.stringify(body),
  }
}

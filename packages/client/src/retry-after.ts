const SECONDS = /^\d+$/
// A weekday first and GMT last: what Date.parse makes of anything else depends on the machine's time zone.
const HTTP_DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .+ GMT$/

/**
 * Reads a `Retry-After` header: seconds, or an HTTP date.
 *
 * @returns milliseconds from `nowEpochMs` on, 0 for a date in the past; null for a header that is absent or malformed
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
 * @example parseRetryAfterMs('2', Date.now()) // 2000
 */
export function parseRetryAfterMs(header: string | undefined, nowEpochMs: number): number | null {
  const text = header?.trim() ?? ''
  if (SECONDS.test(text)) return Number(text) * 1_000
  const at = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - nowEpochMs)
}

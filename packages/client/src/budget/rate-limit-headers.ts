/** What the upstream said of one window. Null where it did not say. */
export interface WindowObservation {
  /** Null: it is the window that has this limit. */
  readonly durationMs: number | null
  readonly limit: number | null
  readonly remaining: number | null
  readonly resetMs: number | null
}

/**
 * Reads what the upstream tells of its windows in `RateLimit` and `RateLimit-Policy`, or in the older
 * `X-RateLimit-*`. What is malformed is ignored, item by item: a header is a hint, never a reason to fail.
 *
 * @param nowEpochMs to read a reset that is a moment
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-ratelimit-headers
 * @example
 * readRateLimitHeaders({ 'ratelimit-policy': '"minute";q=120;w=60', ratelimit: '"minute";r=7;t=30' }, 0)
 * // [{ durationMs: 60000, limit: 120, remaining: 7, resetMs: 30000 }]
 */
export function readRateLimitHeaders(
  headers: Readonly<Record<string, string>>,
  nowEpochMs: number,
): readonly WindowObservation[] {
  // Most upstreams tell nothing, and this is asked of every answer.
  const tells = headers.ratelimit ?? headers['ratelimit-policy'] ?? headers['x-ratelimit-limit']
  if (tells === undefined) return []
  const policies = readItems(headers['ratelimit-policy'])
  const states = readItems(headers.ratelimit)
  const observations = [...policies].flatMap(([name, { q, w }]) => {
    if (w === undefined || w === 0) return []
    const { r, t } = states.get(name) ?? {}
    return [
      {
        durationMs: w * 1_000,
        limit: q ?? null,
        remaining: r ?? null,
        resetMs: t === undefined ? null : Math.min(t, w) * 1_000,
      },
    ]
  })
  return observations.length > 0 ? observations : readOlderHeaders(headers, nowEpochMs)
}

/** `X-RateLimit-*` do not say which window they are about. The reset comes in seconds, or as seconds since 1970. */
function readOlderHeaders(
  headers: Readonly<Record<string, string>>,
  nowEpochMs: number,
): WindowObservation[] {
  const limit = readInteger(headers['x-ratelimit-limit'])
  const remaining = readInteger(headers['x-ratelimit-remaining'])
  const reset = readInteger(headers['x-ratelimit-reset'])
  if (limit === null || remaining === null || reset === null) return []
  const isMoment = reset * 1_000 > nowEpochMs / 2
  const resetMs = isMoment ? Math.max(0, reset * 1_000 - nowEpochMs) : reset * 1_000
  return [{ durationMs: null, limit, remaining, resetMs }]
}

type Parameters = Partial<Record<string, number>>

/** A list of the form `"name";a=1;b=2, …`, of which only integers from 0 on are of interest. */
function readItems(header: string | undefined): Map<string, Parameters> {
  const items = new Map<string, Parameters>()
  for (const text of header?.split(',') ?? []) {
    const [name = '', ...parameters] = text.split(';').map((part) => part.trim())
    if (!/^("[^"]+"|[a-z*][\w.*-]*)$/i.test(name)) continue
    const values: Record<string, number> = {}
    for (const parameter of parameters) {
      const [key = '', value] = parameter.split('=', 2)
      const number = readInteger(value)
      if (number !== null) values[key] = number
    }
    items.set(name, values)
  }
  return items
}

function readInteger(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : null
}

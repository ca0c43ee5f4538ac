/** Names under which keys, passwords and codes travel here. Whoever logs an object that holds one logs no secret. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'authorization',
  'apiKey',
  'key',
  'token',
  'password',
  'onsitePassword',
  'onsitePwd',
  'secret',
  'cpnNo',
  'couponCode',
  'idempotencyKey',
  'variables',
  'body',
])
const CENSORED = '[redacted]'
/** Deeper than anything that is logged here. */
const MAX_DEPTH = 4

type Fields = Readonly<Record<string, unknown>>

/**
 * The fields of a log line without their secrets, and the same object where there are none. What is no plain object has
 * a serializer of its own, which lists what may be logged.
 *
 * Not pino's `redact`: with these names at three levels it makes a line cost 25 µs in place of 2.
 */
export function withoutSecrets(fields: Fields, depth = 0): Fields {
  let censored: Record<string, unknown> | null = null
  for (const name in fields) {
    const value = fields[name]
    const allowed = SECRET_FIELDS.has(name)
      ? CENSORED
      : isPlain(value) && depth < MAX_DEPTH
        ? withoutSecrets(value, depth + 1)
        : value
    if (allowed === value) continue
    censored ??= { ...fields }
    censored[name] = allowed
  }
  return censored ?? fields
}

function isPlain(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  )
}

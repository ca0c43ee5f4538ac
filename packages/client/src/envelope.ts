/** What every answer of the contract is wrapped in. */
export interface Envelope {
  /** 0 is success. */
  readonly code: number
  readonly message: string
  readonly result: unknown
  /** The stable name of a non-zero code, where the upstream has one. */
  readonly error: string | null
}

/**
 * Unwraps a body. Only `code` is demanded: `message` and `result` may be empty or absent, and `error` is an
 * extension of the contract.
 *
 * @returns null when the body is not an envelope, or not JSON at all
 */
export function readEnvelope(body: string): Envelope | null {
  const value = parseJson(body)
  if (!isRecord(value) || !Number.isInteger(value.code)) return null
  return {
    code: value.code as number,
    message: typeof value.message === 'string' ? value.message : '',
    result: value.result ?? null,
    error: typeof value.error === 'string' ? value.error : null,
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

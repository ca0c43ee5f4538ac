/** Deeper, and it is a circle. */
const MAX_CAUSES = 4

/** An error as it is logged. */
export type DescribedError = {
  readonly type: string
  readonly message: string
  readonly stack: string
  readonly code?: string
  readonly cause?: DescribedError
}

/**
 * What is logged of an error. Nothing else that hangs on it: PostgreSQL's `detail` repeats the row, and with it a
 * code; errors of HTTP libraries hold the request, and with it the key.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error', stack: '' }
  const { name, message, stack = '', cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return {
    type: name,
    message,
    stack,
    ...code,
    ...(cause === undefined || depth === MAX_CAUSES
      ? {}
      : { cause: describeError(cause, depth + 1) }),
  }
}

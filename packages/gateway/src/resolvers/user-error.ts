/** Refusals that every mutation has a word for. */
export type CommonUserErrorCode =
  | 'INVALID_INPUT'
  | 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH'
  | 'IDEMPOTENCY_CONCURRENT_REQUEST'

/** An entry of `userErrors`, whichever payload it is in. */
export interface UserErrorAnswer<Code extends string> {
  readonly code: Code
  readonly field: readonly string[] | null
  readonly message: string
}

/** @param path of what is at fault within `input`, such as `memo` or `discount.percent`; null for no single one */
export function userError<Code extends string>(
  code: Code,
  path: string | null,
  message: string,
): UserErrorAnswer<Code> {
  return { code, field: path === null ? null : ['input', ...path.split('.')], message }
}

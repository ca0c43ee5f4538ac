import {
  type CallOptions,
  type FieldProblem,
  isUpstreamError,
  type UpstreamClient,
  type WriteRefusal,
} from '@coupon-gateway/client'
import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { GatewayContext } from '../context.ts'
import type { InputProblem } from './input-rules.ts'
import { type CommonUserErrorCode, type UserErrorAnswer, userError } from './user-error.ts'

/** An input that the upstream's rules refuse and ours do not is an answer too: the caller can correct it. */
interface InvalidInput {
  readonly outcome: 'invalid-input'
  readonly problems: readonly FieldProblem[]
}

/**
 * Makes the one write of an operation. It goes through no loader, and whatever came of it, what the operation
 * learned before is no longer true.
 * @param code the code that the caller typed, of a write that guesses could be made with
 */
export async function write<Result extends object>(
  { calls, upstream, validations }: GatewayContext,
  call: (upstream: UpstreamClient, options: CallOptions) => Promise<Result>,
  code?: CouponCode,
): Promise<Result | InvalidInput> {
  try {
    return await calls.make<Result | InvalidInput>(async function writeOrFindProblems(options) {
      try {
        return await call(upstream, options)
      } catch (error) {
        if (!isUpstreamError(error) || error.code !== 'INVALID_INPUT') throw error
        return { outcome: 'invalid-input', problems: error.problems }
      }
    }, code)
  } finally {
    validations.clearAll()
  }
}

/** How a mutation tells of its refusals. */
export interface RefusalWords<Rejected, Code extends string> {
  /** The path within `input` of a field of the client's input; undefined for one that is not the caller's. */
  readonly pathOf: (field: string) => string | undefined
  readonly toError: (rejected: Rejected) => UserErrorAnswer<Code>
}

/** Says why a write was not carried out. */
export function toUserErrors<
  Rejected extends { readonly outcome: 'rejected' },
  Code extends string,
>(
  refused: Rejected | WriteRefusal | InvalidInput,
  { pathOf, toError }: RefusalWords<Rejected, Code>,
): UserErrorAnswer<Code | CommonUserErrorCode>[] {
  switch (refused.outcome) {
    case 'key-reused':
      return [
        userError(
          'IDEMPOTENCY_KEY_PARAMETER_MISMATCH',
          'idempotencyKey',
          'This idempotencyKey was used for another request. A new intention needs a new key.',
        ),
      ]
    case 'key-in-use':
      return [
        userError(
          'IDEMPOTENCY_CONCURRENT_REQUEST',
          'idempotencyKey',
          'The first request with this idempotencyKey is still running. Send it again shortly, with the same key.',
        ),
      ]
    case 'invalid-input':
      return invalidInputErrors(refused.problems, pathOf)
    default:
      return [toError(refused)]
  }
}

/** What our own rules find. */
export function toInputErrors(problems: readonly InputProblem[]) {
  return problems.map(({ field, problem }) =>
    userError('INVALID_INPUT', field, `${field} ${problem}.`),
  )
}

/** The upstream's own words for what is allowed; those for the problem could repeat a value. */
function invalidInputErrors(
  problems: readonly FieldProblem[],
  pathOf: (field: string) => string | undefined,
): UserErrorAnswer<'INVALID_INPUT'>[] {
  const errors = problems.flatMap(({ field, allowed }) => {
    const path = pathOf(field)
    return path === undefined
      ? []
      : [userError('INVALID_INPUT', path, `${path} must be ${allowed}.`)]
  })
  return errors.length > 0
    ? errors
    : [userError('INVALID_INPUT', null, 'The coupon service does not take this input.')]
}

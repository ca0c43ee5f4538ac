import { COUPON_CODE_RULE, parseCouponCode } from '@coupon-gateway/coupon-code'
import type {
  ConfirmReservationInput,
  CreateCouponInput,
  DeleteCouponInput,
  RedeemCouponInput,
  ReserveCouponInput,
  RollbackRedemptionInput,
  UpdateCouponInput,
} from '@coupon-gateway/schema'

const MAX_USER_ID_LENGTH = 200
const MAX_NAME_LENGTH = 200
const MAX_MEMO_LENGTH = 500
const MAX_REASON_LENGTH = 500
const MAX_PASSWORD_LENGTH = 64
const MAX_TTL_SECONDS = 86_400
const MAX_USE_LIMIT = 1_000_000_000
const MAX_ID_LENGTH = 64
/** Lengths that a generated code can have. */
export const CODE_LENGTHS = [8, 12, 16] as const
const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{8,64}$/

/** One thing wrong with an input: the path of a field in it, and what is allowed there. */
export interface InputProblem {
  readonly field: string
  readonly problem: string
}

/** A field, and what is wrong with it: undefined when nothing is. */
type Finding = readonly [field: string, problem: string | undefined]

/** The rules of a redemption's input, in the order of its fields. Empty means valid. */
export function findRedeemInputProblems(input: RedeemCouponInput): readonly InputProblem[] {
  return problemsAmong(lookAtTake(input), lookAtKey(input))
}

export function findReserveInputProblems(input: ReserveCouponInput): readonly InputProblem[] {
  return problemsAmong(
    lookAtTake(input),
    [['ttlSeconds', findIntegerProblem(input.ttlSeconds, 1, MAX_TTL_SECONDS)]],
    lookAtKey(input),
  )
}

/** Of a confirmation and of a release. */
export function findReservationInputProblems(
  input: ConfirmReservationInput,
): readonly InputProblem[] {
  return problemsAmong([['reservationId', findIdProblem(input.reservationId)]], lookAtKey(input))
}

export function findRollbackInputProblems(input: RollbackRedemptionInput): readonly InputProblem[] {
  const { redemptionId, reason } = input
  return problemsAmong(
    [
      ['redemptionId', findIdProblem(redemptionId)],
      ['reason', findTextProblem(reason, 1, MAX_REASON_LENGTH)],
    ],
    lookAtKey(input),
  )
}

export function findCreateInputProblems(input: CreateCouponInput): readonly InputProblem[] {
  const { code, codeLength } = input
  return problemsAmong(
    [
      ['code', code == null ? undefined : findCodeProblem(code)],
      ['codeLength', findCodeLengthProblem(code, codeLength)],
    ],
    lookAtSettings(input),
    lookAtKey(input),
  )
}

export function findUpdateInputProblems(input: UpdateCouponInput): readonly InputProblem[] {
  return problemsAmong(
    [['code', findCodeProblem(input.code)]],
    lookAtSettings(input),
    lookAtKey(input),
  )
}

export function findDeleteInputProblems(input: DeleteCouponInput): readonly InputProblem[] {
  return problemsAmong([['code', findCodeProblem(input.code)]], lookAtKey(input))
}

export function findUserIdProblem(userId: string): string | undefined {
  return findTextProblem(userId, 1, MAX_USER_ID_LENGTH)
}

/** Ids are what an answer gave; only that they can be sent on matters here. */
export function findIdProblem(id: string, maxLength = MAX_ID_LENGTH): string | undefined {
  return id.length >= 1 && id.length <= maxLength && /^[\x21-\x7e]*$/.test(id)
    ? undefined
    : `must be 1 to ${maxLength} visible ASCII characters, as an answer gave it`
}

function problemsAmong(...findings: readonly (readonly Finding[])[]): readonly InputProblem[] {
  return findings
    .flat()
    .flatMap(([field, problem]) => (problem === undefined ? [] : [{ field, problem }]))
}

/** What redeeming and reserving have in common. */
function lookAtTake({ code, userId, memo, onsitePassword }: RedeemCouponInput): readonly Finding[] {
  return [
    ['code', findCodeProblem(code)],
    ['userId', userId == null ? undefined : findUserIdProblem(userId)],
    ['memo', findTextProblem(memo, 0, MAX_MEMO_LENGTH)],
    ['onsitePassword', findTextProblem(onsitePassword, 0, MAX_PASSWORD_LENGTH)],
  ]
}

/** The upstream has more to say about a discount, which depends on its currency. */
function lookAtSettings(
  input: Omit<CreateCouponInput | UpdateCouponInput, 'code' | 'discount'>,
): readonly Finding[] {
  return [
    ['name', findTextProblem(input.name, 0, MAX_NAME_LENGTH)],
    ['useLimit', findIntegerProblem(input.useLimit, 0, MAX_USE_LIMIT)],
    ['userLimit', findIntegerProblem(input.userLimit, 1, MAX_USE_LIMIT)],
    ['onsitePassword', findTextProblem(input.onsitePassword, 0, MAX_PASSWORD_LENGTH)],
    ['memo', findTextProblem(input.memo, 0, MAX_MEMO_LENGTH)],
  ]
}

function lookAtKey({ idempotencyKey }: { readonly idempotencyKey: string }): readonly Finding[] {
  const isKey = IDEMPOTENCY_KEY.test(idempotencyKey)
  const problem = 'must be 8 to 64 characters of A-Z, a-z, 0-9, _ and -'
  return [['idempotencyKey', isKey ? undefined : problem]]
}

function findCodeProblem(code: string): string | undefined {
  return parseCouponCode(code) ? undefined : `must be ${COUPON_CODE_RULE}`
}

function findCodeLengthProblem(
  code: string | null | undefined,
  length: number | null | undefined,
): string | undefined {
  if (length == null) return undefined
  if (code != null) return 'must be left out where there is a code'
  return CODE_LENGTHS.some((it) => it === length)
    ? undefined
    : `must be one of ${CODE_LENGTHS.join(', ')}, got ${length}`
}

function findIntegerProblem(
  value: number | null | undefined,
  minimum: number,
  maximum: number,
): string | undefined {
  return value == null || (value >= minimum && value <= maximum)
    ? undefined
    : `must be an integer from ${minimum} to ${maximum}, got ${value}`
}

/**
 * NUL and halves of surrogate pairs cannot be stored. A character is a code point, as it is to the upstream and
 * to PostgreSQL: `length` would count an emoji twice.
 */
function findTextProblem(
  text: string | null | undefined,
  minLength: number,
  maxLength: number,
): string | undefined {
  if (text == null) return undefined
  const length = [...text].length
  if (length < minLength || length > maxLength) {
    return `must have ${minLength} to ${maxLength} characters, got ${length}`
  }
  return text.isWellFormed() && !text.includes('\0')
    ? undefined
    : 'must be well-formed Unicode without NUL'
}

import { Ajv, type ValidateFunction } from 'ajv'
import { type Static, type TSchema, Type } from 'typebox'
import { PROFILES } from './api-profile.ts'
import { couponFields, disc, discTypeIdx, toNewCoupon } from './coupon-fields.ts'
import { toInputProblems, type ValidationError } from './input-problems.ts'
import { type ToldProblem, tellInEnglish } from './told-problem.ts'
import { VALIDATOR_OPTIONS } from './validator-options.ts'

/** Input that came by another way than a call, validated as the calls validate theirs. */

/** The fields of `create` but for its number. */
export const newCouponFields = {
  ...couponFields(PROFILES.native),
  discTypeIdx: discTypeIdx(),
  disc: disc(),
}

const ajv = new Ajv(VALIDATOR_OPTIONS)

export function compileInput<Schema extends TSchema>(schema: Schema) {
  return ajv.compile<Static<Schema>>(schema)
}

/** @param part what was validated, in a word: `row` */
export function problemsOf(validate: ValidateFunction, part: string): readonly ToldProblem[] {
  return tellInEnglish(toInputProblems((validate.errors ?? []) as ValidationError[], part))
}

const validateShared = compileInput(Type.Object(newCouponFields, { additionalProperties: false }))

/** Reads what many coupons share: the fields of `create` but for the number. */
export function readSharedFields(
  fields: unknown,
): ReturnType<typeof toNewCoupon> | readonly ToldProblem[] {
  return validateShared(fields) ? toNewCoupon(fields) : problemsOf(validateShared, 'fields')
}

/** A list is what was wrong, anything else what was right. */
export function isProblems<Right extends object>(
  read: Right | readonly ToldProblem[],
): read is readonly ToldProblem[] {
  return Array.isArray(read)
}

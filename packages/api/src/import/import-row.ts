import { completeImport, type GroupsOfAccount, type ImportedCoupon } from '@coupon-gateway/core'
import { Type } from 'typebox'
import { cpnNo, readCpnNo, toNewCoupon, toWireProblems } from '../coupon-fields.ts'
import { compileInput, newCouponFields, problemsOf } from '../input-object.ts'
import { allowed } from '../messages/allowed.ts'
import { type ToldProblem, tellInEnglish } from '../told-problem.ts'
import type { Columns } from './csv-rows.ts'

const told = () => Type.Optional(Type.String())
const neverUsed = () =>
  Type.Literal(0, { allowed: () => '0, or nothing: an imported coupon was never used' })

/** The fields of `create`, and what an export tells besides. */
const schema = Type.Object(
  {
    ...newCouponFields,
    cpnNo: cpnNo(),
    formatDiscCurrency: told(),
    regYmdt: told(),
    cpnId: told(),
    onsitePwdYn: Type.Optional(
      Type.Enum(['Y', 'N'], { allowed: allowed((it) => it.oneOf(['Y', 'N'])) }),
    ),
    // A used-up coupon must not come back as a fresh one.
    useCnt: Type.Optional(neverUsed()),
    heldCnt: Type.Optional(neverUsed()),
    remaining: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  },
  { additionalProperties: false },
)

const validate = compileInput(schema)

/** The columns that a CSV file can have. */
export const IMPORT_COLUMNS: Columns = {
  known: Object.keys(schema.properties),
  required: schema.required,
  numeric: new Set(
    Object.entries(schema.properties).flatMap(([name, it]) => (isNumeric(it) ? [name] : [])),
  ),
}

/** Reads the fields of one row by the rules of `create`: the coupon, or everything that is wrong with it. */
export function readImportRow(
  fields: unknown,
  groups: GroupsOfAccount,
): ImportedCoupon | readonly ToldProblem[] {
  if (!validate(fields)) return problemsOf(validate, 'row')
  const { formatDiscCurrency, regYmdt, cpnId, useCnt, heldCnt, remaining, ...coupon } = fields
  const { onsitePwdYn, cpnNo: typed, ...rest } = coupon
  if (onsitePwdYn === 'Y' && (rest.onsitePwd ?? '') === '') {
    const problem = 'is Y, but the file does not have the password'
    return [{ field: 'onsitePwdYn', problem, allowed: 'Y together with `onsitePwd`' }]
  }
  const given = { code: readCpnNo(typed), ...toNewCoupon(rest) }
  const { row, problems } = completeImport(given, groups)
  return problems.length === 0 ? row : tellInEnglish(toWireProblems(problems))
}

interface JsonSchema {
  readonly type?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
}

function isNumeric(schema: object): boolean {
  const it: JsonSchema = schema
  return (
    it.type === 'integer' ||
    it.type === 'number' ||
    typeof it.const === 'number' ||
    (it.enum?.every((value) => typeof value === 'number') ?? false)
  )
}

import { type CouponCode, generateCouponCode } from '@coupon-gateway/coupon-code'
import type { Database, Queryable } from '@coupon-gateway/database'
import { v7 as uuidv7 } from 'uuid'
import type { Coupon, NewCoupon } from './coupon.ts'
import { layStoredGroupsOver } from './coupon-group.ts'
import { COUPON_VALUE_COLUMNS, couponValues, findCoupon, type StoredCoupon } from './coupon-row.ts'
import { COUPON_DEFAULTS, type FieldProblem, findCouponProblems } from './coupon-rules.ts'
import { fingerprint, type IdempotencyKey, type WriteRefusal, writeOnce } from './idempotency.ts'
import { describePassword, hashGivenPassword, isSamePassword } from './onsite-password.ts'

export interface CreateCouponInput {
  readonly accountId: number
  /** The code, or the length of one to generate (8 to 16). */
  readonly code: CouponCode | { readonly generateLength: number }
  readonly coupon: Partial<NewCoupon> & Pick<NewCoupon, 'discountKind' | 'discount'>
  /** Demanded at every redemption, when given. */
  readonly onsitePassword?: string
  readonly idempotencyKey: IdempotencyKey | null
}

type CreateRejection =
  /** A living coupon of the account has this code. */
  | { readonly outcome: 'code-taken' }
  | { readonly outcome: 'invalid'; readonly problems: readonly FieldProblem[] }

export type CreateCouponResult =
  /** `coupon` as it was created, also in a replay, whatever became of it since. */
  | { readonly outcome: 'created'; readonly coupon: Coupon; readonly replayed: boolean }
  | CreateRejection
  | WriteRefusal

/** Generated codes that may turn out to be taken before the search is given up as hopeless. */
const MAX_GENERATED_CODES = 20

/**
 * Creates a coupon, over which the settings of its template and group are laid. A deleted coupon's code may be used again: the new one starts from zero
 * (rule 5).
 */
export async function createCoupon(
  database: Database,
  input: CreateCouponInput,
): Promise<CreateCouponResult> {
  const { accountId, idempotencyKey, onsitePassword } = input
  const coupon: NewCoupon = { ...COUPON_DEFAULTS, ...input.coupon }
  const problems = findCouponProblems({ ...coupon, onsitePassword: onsitePassword ?? '' })
  if (problems.length > 0) return { outcome: 'invalid', problems }
  const passwordHash = (await hashGivenPassword(onsitePassword)) ?? null

  const result = await database.transaction((transaction) =>
    writeOnce<StoredCoupon, CreateRejection>(
      transaction,
      {
        accountId,
        key: idempotencyKey,
        fingerprint: fingerprint('create', {
          code: input.code,
          coupon,
          password: describePassword(onsitePassword),
        }),
      },
      async () => {
        const laid = await layStoredGroupsOver(transaction, accountId, {
          ...coupon,
          onsitePassword: onsitePassword ?? '',
        })
        const { problems } = laid
        if (problems.length > 0) return { rejection: { outcome: 'invalid', problems } }
        const code = await insertUnderFreeCode(transaction, input, laid.coupon, passwordHash)
        const created = code && (await findCoupon(transaction, accountId, code))
        return created === undefined
          ? { rejection: { outcome: 'code-taken' } }
          : { effect: created }
      },
    ),
  )
  if (result.outcome !== 'done') return result
  const { effect, replayed } = result
  if (replayed && !(await isSamePassword(onsitePassword, effect.onsitePasswordHash))) {
    return { outcome: 'key-reused' }
  }
  return { outcome: 'created', coupon: effect.coupon, replayed }
}

async function insertUnderFreeCode(
  transaction: Queryable,
  input: CreateCouponInput,
  coupon: NewCoupon,
  passwordHash: string | null,
): Promise<CouponCode | undefined> {
  const { accountId, code: wanted } = input
  if (typeof wanted === 'string') {
    return (await insertCoupon(transaction, accountId, wanted, coupon, passwordHash))
      ? wanted
      : undefined
  }
  for (let count = 0; count < MAX_GENERATED_CODES; count += 1) {
    const code = generateCouponCode(wanted.generateLength)
    if (await insertCoupon(transaction, accountId, code, coupon, passwordHash)) return code
  }
  throw new Error(
    `no free code of ${wanted.generateLength} characters was found in ${MAX_GENERATED_CODES} tries`,
  )
}

/** @returns false when a living coupon has the code */
async function insertCoupon(
  transaction: Queryable,
  accountId: number,
  code: CouponCode,
  coupon: NewCoupon,
  passwordHash: string | null,
): Promise<boolean> {
  await transaction.query('select lock_code($1, $2, true)', [accountId, code])
  const inserted = await transaction.query<{ id: string }>(
    `insert into coupon (id, account_id, code, ${COUPON_VALUE_COLUMNS.map(({ name }) => name).join(', ')})
     values ($1, $2, $3, ${COUPON_VALUE_COLUMNS.map((_, index) => `$${index + 4}`).join(', ')})
     on conflict (account_id, code) where deleted_at is null do nothing
     returning id`,
    [uuidv7(), accountId, code, ...couponValues(coupon, passwordHash)],
  )
  const [row] = inserted
  if (row === undefined) return false
  await transaction.query('insert into coupon_usage (coupon_id, use_limit) values ($1, $2)', [
    row.id,
    coupon.useLimit,
  ])
  return true
}

import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Database, Queryable } from '@coupon-gateway/database'
import type { Coupon, CouponChanges, NewCoupon } from './coupon.ts'
import { layStoredGroupsOver } from './coupon-group.ts'
import { COUPON_VALUE_COLUMNS, couponValues, findCoupon, type StoredCoupon } from './coupon-row.ts'
import { type FieldProblem, findCouponProblems } from './coupon-rules.ts'
import { fingerprint, type IdempotencyKey, type WriteRefusal, writeOnce } from './idempotency.ts'
import { describePassword, hashGivenPassword, isSamePassword } from './onsite-password.ts'

export interface UpdateCouponInput {
  readonly accountId: number
  readonly code: CouponCode
  readonly changes: CouponChanges
  readonly idempotencyKey: IdempotencyKey | null
}

type UpdateRejection =
  | { readonly outcome: 'not-found' }
  /** A unit of it was taken, whatever became of it: only its memo can still be changed (rule 6). */
  | { readonly outcome: 'locked-by-use' }
  | { readonly outcome: 'invalid'; readonly problems: readonly FieldProblem[] }

export type UpdateCouponResult =
  /** `coupon` as the update left it, also in a replay, whatever became of it since. */
  | { readonly outcome: 'updated'; readonly coupon: Coupon; readonly replayed: boolean }
  | UpdateRejection
  | WriteRefusal

/**
 * Changes fields of a coupon, over which the settings of its template and group are laid. From its first unit on, only its memo can be
 * changed (rule 6).
 */
export async function updateCoupon(
  database: Database,
  input: UpdateCouponInput,
): Promise<UpdateCouponResult> {
  const { accountId, code, idempotencyKey } = input
  const { onsitePassword, ...changes } = input.changes
  const newHash = await hashGivenPassword(onsitePassword)
  const result = await database.transaction((transaction) =>
    writeOnce<StoredCoupon, UpdateRejection>(
      transaction,
      {
        accountId,
        key: idempotencyKey,
        fingerprint: fingerprint('update', {
          code,
          changes,
          password: describePassword(onsitePassword),
        }),
      },
      async () => {
        // Waits for redemptions under way and holds off new ones, so that "was it used?" stays true.
        await transaction.query('select lock_code($1, $2, true)', [accountId, code])
        const stored = await findCoupon(transaction, accountId, code)
        if (stored === undefined) return { rejection: { outcome: 'not-found' } }
        const { coupon } = stored

        const changesMoreThanMemo =
          onsitePassword !== undefined || Object.keys(changes).some((field) => field !== 'memo')
        if (changesMoreThanMemo && (await isUsed(transaction, coupon.id))) {
          return { rejection: { outcome: 'locked-by-use' } }
        }
        const changed: NewCoupon = {
          ...coupon,
          ...changes,
          issuedTo: { ...coupon.issuedTo, ...changes.issuedTo },
        }
        const problems = findCouponProblems({ ...changed, onsitePassword: onsitePassword ?? '' })
        if (problems.length > 0) return { rejection: { outcome: 'invalid', problems } }
        // A new memo is no reason to lay the settings of groups over the coupon anew.
        const laid = changesMoreThanMemo
          ? await layStoredGroupsOver(transaction, accountId, changed)
          : { coupon: changed, problems: [] }
        const passwordHash = newHash === undefined ? stored.onsitePasswordHash : newHash
        const laidProblems: FieldProblem[] = [...laid.problems]
        if (passwordHash !== null && !laid.coupon.onsite) {
          laidProblems.push({ field: 'onsite', rule: 'password-left-over' })
        }
        if (laidProblems.length > 0) {
          return { rejection: { outcome: 'invalid', problems: laidProblems } }
        }

        await saveCoupon(transaction, coupon.id, laid.coupon, passwordHash)
        const updated = await findCoupon(transaction, accountId, code)
        if (updated === undefined) throw new Error(`coupon ${coupon.id} vanished under its lock`)
        return { effect: updated }
      },
    ),
  )
  if (result.outcome !== 'done') return result
  const { effect, replayed } = result
  if (replayed && !(await isSamePassword(onsitePassword, effect.onsitePasswordHash))) {
    return { outcome: 'key-reused' }
  }
  return { outcome: 'updated', coupon: effect.coupon, replayed }
}

/**
 * Whether a unit was ever taken, also one that came back: a reservation that has expired may still be confirmed, and
 * the terms that it was made under must hold.
 */
async function isUsed(transaction: Queryable, couponId: string): Promise<boolean> {
  const rows = await transaction.query('select from redemption where coupon_id = $1 limit 1', [
    couponId,
  ])
  return rows.length > 0
}

async function saveCoupon(
  transaction: Queryable,
  couponId: string,
  coupon: NewCoupon,
  passwordHash: string | null,
): Promise<void> {
  await transaction.query(
    `update coupon set ${COUPON_VALUE_COLUMNS.map(({ name }, index) => `${name} = $${index + 2}`).join(', ')}
     where id = $1`,
    [couponId, ...couponValues(coupon, passwordHash)],
  )
  await transaction.query(
    'update coupon_usage set use_limit = $2 where coupon_id = $1 and use_limit <> $2',
    [couponId, coupon.useLimit],
  )
}

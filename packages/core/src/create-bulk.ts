import { randomBytes } from 'node:crypto'
import {
  CODE_STREAM_KEY_BYTES,
  type CodeShape,
  CodeSpaceTooDenseError,
  type CouponCode,
  requireSparseSpace,
} from '@coupon-gateway/coupon-code'
import type { Database, Queryable } from '@coupon-gateway/database'
import { v7 as uuidv7 } from 'uuid'
import { readBulkJob, streamCodes } from './bulk-job.ts'
import type { NewCoupon } from './coupon.ts'
import { layStoredGroupsOver } from './coupon-group.ts'
import { COUPON_DEFAULTS, type FieldProblem, findCouponProblems } from './coupon-rules.ts'
import { fingerprint, type IdempotencyKey, type WriteRefusal, writeOnce } from './idempotency.ts'
import type { DatabaseInTurns } from './limit-calls.ts'
import { describePassword, hashGivenPassword, isSamePassword } from './onsite-password.ts'

/** Most coupons of one bulk creation, and of one import. */
export const MAX_BULK_COUNT = 1_000_000

export interface CreateBulkInput {
  readonly accountId: number
  /** How many coupons, 1 to {@link MAX_BULK_COUNT}. */
  readonly count: number
  readonly codeShape: CodeShape
  /** What all of them share. */
  readonly coupon: Partial<NewCoupon> & Pick<NewCoupon, 'discountKind' | 'discount'>
  /** Demanded at every redemption of each, when given. */
  readonly onsitePassword?: string
  /** Names the creation: a repeat with it goes on where the first one stopped. */
  readonly idempotencyKey: IdempotencyKey
}

export interface BulkCreation {
  readonly count: number
  /**
   * All codes, in chunks, always in the same order: those that were made before, then new ones, each after its
   * coupon is stored. To stop reading stops the work after the chunk that is under way. Several may read at once.
   *
   * @param signal that nobody reads them any more: a chunk that is still in line is not made, but fails
   * @throws DatabaseBusyError, DatabaseUnavailableError in the middle: a repeat goes on there
   */
  codes(signal?: AbortSignal): AsyncGenerator<readonly CouponCode[], void, undefined>
}

export type CreateBulkResult =
  /** `replayed`: the creation was ordered before, whether it was finished or not. Nothing is made until it is read. */
  | { readonly outcome: 'started'; readonly creation: BulkCreation; readonly replayed: boolean }
  | InvalidFields
  | CodesTooDense
  | WriteRefusal

interface InvalidFields {
  readonly outcome: 'invalid'
  readonly problems: readonly FieldProblem[]
}

/** So many codes of the shape, with those that the account has, could be guessed. */
export interface CodesTooDense {
  readonly outcome: 'too-dense'
  /** Living coupons with codes of this shape. */
  readonly existing: number
  /** The shortest length that would do; null when none does with this prefix. */
  readonly shortestLength: number | null
}

/**
 * Orders many coupons with generated codes; reading the creation makes them. Whatever breaks in the middle, a repeat
 * with the same key finds each code once: the codes follow from a seed that is stored with the order.
 *
 * @param forStreams the same database, where the coupons are made
 * @throws RangeError `count` or the shape of the codes is out of its bounds
 * @example
 * const result = await core.createBulk({ accountId, count: 5000, codeShape: { length: 12 }, coupon, idempotencyKey })
 * if (result.outcome === 'started') for await (const codes of result.creation.codes()) print(codes)
 */
export async function createBulk(
  database: Database,
  forStreams: DatabaseInTurns,
  input: CreateBulkInput,
): Promise<CreateBulkResult> {
  const { accountId, count, codeShape, idempotencyKey, onsitePassword } = input
  if (!Number.isInteger(count) || count < 1 || count > MAX_BULK_COUNT) {
    throw new RangeError(`count must be an integer from 1 to ${MAX_BULK_COUNT}, got ${count}`)
  }
  const coupon: NewCoupon = { ...COUPON_DEFAULTS, ...input.coupon }
  const problems = findCouponProblems({ ...coupon, onsitePassword: onsitePassword ?? '' })
  if (problems.length > 0) return { outcome: 'invalid', problems }
  const passwordHash = (await hashGivenPassword(onsitePassword)) ?? null

  const result = await database.transaction((transaction) =>
    writeOnce<{ readonly bulkJobId: string }, CodesTooDense | InvalidFields>(
      transaction,
      {
        accountId,
        key: idempotencyKey,
        fingerprint: fingerprint('create bulk', {
          count,
          codeShape,
          coupon,
          password: describePassword(onsitePassword),
        }),
      },
      async () => {
        const laid = await layStoredGroupsOver(transaction, accountId, {
          ...coupon,
          onsitePassword: onsitePassword ?? '',
        })
        const { onsitePassword: _, ...shared } = laid.coupon
        const { problems } = laid
        if (problems.length > 0) return { rejection: { outcome: 'invalid', problems } }
        const tooDense = await findTooDense(transaction, input)
        if (tooDense !== null) return { rejection: tooDense }
        const id = uuidv7()
        await transaction.query(
          `insert into bulk_job (
             id, account_id, count, code_length, code_prefix, seed, coupon, onsite_password_hash
           ) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
          [
            id,
            accountId,
            count,
            codeShape.length,
            codeShape.prefix ?? '',
            randomBytes(CODE_STREAM_KEY_BYTES).toString('hex'),
            JSON.stringify(shared),
            passwordHash,
          ],
        )
        return { effect: { bulkJobId: id } }
      },
    ),
  )
  if (result.outcome !== 'done') return result
  const job = await readBulkJob(database, result.effect.bulkJobId)
  if (result.replayed && !(await isSamePassword(onsitePassword, job.onsitePasswordHash))) {
    return { outcome: 'key-reused' }
  }
  return {
    outcome: 'started',
    creation: { count, codes: (signal) => streamCodes(forStreams(signal), job) },
    replayed: result.replayed,
  }
}

/** More coupons than an account will have: a space that is sparse with them needs no count of those that are there. */
const MORE_THAN_EVER = 1_000_000_000

async function findTooDense(
  transaction: Queryable,
  { accountId, count, codeShape }: CreateBulkInput,
): Promise<CodesTooDense | null> {
  if (shortestSparseLength(count + MORE_THAN_EVER, codeShape) === undefined) return null
  const [row] = await transaction.query<{ existing: number }>(
    `select count(*)::int as existing from coupon
     where account_id = $1 and deleted_at is null and length(code) = $2 and starts_with(code, $3)`,
    [accountId, codeShape.length, codeShape.prefix ?? ''],
  )
  const { existing = 0 } = row ?? {}
  const shortestLength = shortestSparseLength(count + existing, codeShape)
  return shortestLength === undefined ? null : { outcome: 'too-dense', existing, shortestLength }
}

/** Undefined: the shape does for so many. Otherwise the shortest length that does, null when none. */
function shortestSparseLength(count: number, codeShape: CodeShape): number | null | undefined {
  try {
    requireSparseSpace({ count, ...codeShape })
    return undefined
  } catch (error) {
    if (error instanceof CodeSpaceTooDenseError) return error.shortestLength ?? null
    throw error
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises'
import { type CodeShape, type CouponCode, generateCouponCodes } from '@coupon-gateway/coupon-code'
import { type Database, StatementError } from '@coupon-gateway/database'
import { v7 as uuidv7 } from 'uuid'
import type { NewCoupon } from './coupon.ts'
import { COUPON_VALUE_COLUMNS, couponValues } from './coupon-row.ts'
import { COUPON_DEFAULTS } from './coupon-rules.ts'
import { renewCouponStatistics } from './coupon-statistics.ts'

/** A bulk creation as it was ordered. Nothing of it ever changes, so that every repeat makes the same codes. */
export interface BulkJob {
  readonly id: string
  readonly accountId: number
  readonly count: number
  readonly codeShape: Required<CodeShape>
  /** In hex. */
  readonly seed: string
  readonly coupon: NewCoupon
  readonly onsitePasswordHash: string | null
}

/**
 * Coupons a transaction: enough that its flush to the disk is a small part of it, and few enough that other calls wait
 * a tenth of a second at most where there is one connection, as in the embedded database.
 */
const CHUNK_SIZE = 2_000

/** How far a job has come. */
interface Progress {
  /** Codes of the stream that were tried. */
  readonly position: number
  /** Positions whose codes were taken already. */
  readonly skipped: readonly number[]
}

export async function readBulkJob(database: Database, id: string): Promise<BulkJob> {
  const [job] = await database.query<BulkJob>(
    `select id, account_id::int as "accountId", count, seed, coupon,
       json_build_object('length', code_length, 'prefix', code_prefix) as "codeShape",
       onsite_password_hash as "onsitePasswordHash"
     from bulk_job where id = $1`,
    [id],
  )
  if (job === undefined) throw new Error(`bulk job ${id} is not there`)
  return { ...job, coupon: { ...COUPON_DEFAULTS, ...job.coupon } }
}

/**
 * Streams all codes of a job, always in the same order: those that were made before, then new ones, each after
 * its coupon is stored. Whoever stops reading stops the work at the end of a chunk. Several may read at once, also in
 * several processes: then each chunk is made by one of them, and all read the same.
 *
 * ```text
 * stream of codes    0 ────────────────► position ─ ─ ─ ─ ─ ─ ─ ►
 *                    made, but for skipped   next chunk, made under the lock of the job's row,
 *                                            in one transaction with the new position
 * ```
 */
export async function* streamCodes(
  database: Database,
  job: BulkJob,
): AsyncGenerator<readonly CouponCode[], void, undefined> {
  let streamed = 0
  let ahead = readProgress(database, job)
  try {
    while (true) {
      const progress = await ahead
      const isDone = countMade(progress) === job.count
      if (!isDone) {
        // One chunk ahead: it is made while the codes before it are read.
        ahead = makeChunk(database, job, progress)
        // Told when it is awaited; nobody may be waiting when it fails.
        ahead.catch(() => {})
      }
      while (streamed < progress.position) {
        const to = Math.min(streamed + CHUNK_SIZE, progress.position)
        // The embedded database works without ever waiting: others would not get a turn in this process.
        await nextTurn()
        yield codesBetween(job, streamed, to).filter(
          (_, index) => !progress.skipped.includes(streamed + index),
        )
        streamed = to
      }
      if (isDone) return
    }
  } finally {
    await ahead.catch(() => {})
  }
}

async function readProgress(database: Database, job: BulkJob): Promise<Progress> {
  const [progress] = await database.query<Progress>(
    'select position, to_json(skipped) as skipped from bulk_job where id = $1',
    [job.id],
  )
  if (progress === undefined) throw new Error(`bulk job ${job.id} is not there`)
  return progress
}

/**
 * Makes the next coupons of a job, unless somebody else has since `before`.
 *
 * The codes are not locked, as they are when one coupon is created: redemptions that look for a code at this very
 * moment would have to guess one that nobody was told yet.
 */
async function makeChunk(database: Database, job: BulkJob, before: Progress): Promise<Progress> {
  const { position } = before
  const to = position + Math.min(CHUNK_SIZE, job.count - countMade(before))
  const codes = codesBetween(job, position, to)
  const ids = codes.map(() => uuidv7())
  const make = (statement: string) =>
    database.transaction(async (transaction) => {
      const [current] = await transaction.query<Progress>(
        'select position, to_json(skipped) as skipped from bulk_job where id = $1 for update',
        [job.id],
      )
      if (current !== undefined && current.position !== position) return current
      const [progress] = await transaction.query<Progress>(statement, [
        job.id,
        job.accountId,
        job.coupon.useLimit,
        // Joined, since this is the fastest way into a statement and no code or id has a comma.
        ids.join(),
        codes.join(),
        ...couponValues(job.coupon, job.onsitePasswordHash),
      ])
      if (progress === undefined) throw new Error(`bulk job ${job.id} is not there`)
      return progress
    })
  const progress = await make(MAKE_CHUNK).catch((error: unknown) => {
    if (error instanceof StatementError && error.code === UNIQUE_VIOLATION) {
      return make(MAKE_CHUNK_OF_FREE_CODES)
    }
    throw error
  })
  if (position === 0 || countMade(progress) === job.count) await renewCouponStatistics(database)
  return progress
}

/** @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505'

/** Passing over codes costs half as much again as the insert itself, and one code in a million is taken. */
const MAKE_CHUNK = makeChunkStatement('')
const MAKE_CHUNK_OF_FREE_CODES = makeChunkStatement(
  'on conflict (account_id, code) where deleted_at is null do nothing',
)

/** The position moves on with the coupons, in one statement. */
function makeChunkStatement(onTakenCode: string): string {
  return `
  with wanted as (
    select id::uuid as id, code, place::int as place
    from unnest(string_to_array($4::text, ','), string_to_array($5::text, ',')) with ordinality as wanted (id, code, place)
  ), created as (
    insert into coupon (id, account_id, code, ${COUPON_VALUE_COLUMNS.map(({ name }) => name).join(', ')})
    select id, $2::bigint, code, ${COUPON_VALUE_COLUMNS.map(({ type }, index) => `$${index + 6}::${type}`).join(', ')}
    from wanted order by code
    ${onTakenCode}
    returning id
  ), counted as (
    insert into coupon_usage (coupon_id, use_limit) select id, $3::int from created
  )
  update bulk_job set
    position = position + (select count(*)::int from wanted),
    skipped = skipped || array(
      select position + place - 1 from wanted where id not in (select id from created) order by place
    )
  where id = $1::uuid
  returning position, to_json(skipped) as skipped`
}

function countMade({ position, skipped }: Progress): number {
  return position - skipped.length
}

function codesBetween({ codeShape, seed }: BulkJob, from: number, to: number): CouponCode[] {
  const key = Buffer.from(seed, 'hex')
  return [...generateCouponCodes({ ...codeShape, key, position: from, count: to })]
}

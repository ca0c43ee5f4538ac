import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Database, Queryable } from '@coupon-gateway/database'
import { v7 as uuidv7 } from 'uuid'
import type { NewCoupon } from './coupon.ts'
import { type GroupsOfAccount, layGroupsOver } from './coupon-group.ts'
import { COUPON_VALUE_COLUMNS, couponValues } from './coupon-row.ts'
import { COUPON_DEFAULTS, type FieldProblem, findCouponProblems } from './coupon-rules.ts'
import { renewCouponStatistics } from './coupon-statistics.ts'
import type { CreateCouponInput } from './create-coupon.ts'
import { hashGivenPassword } from './onsite-password.ts'

/** A coupon to import, under a code that somebody chose. */
export interface ImportedCoupon extends Pick<CreateCouponInput, 'coupon' | 'onsitePassword'> {
  readonly code: CouponCode
}

export interface ImportInput {
  readonly accountId: number
  /** SHA-256 in hex of where the rows come from: a repeat with it goes on where the first one stopped. */
  readonly fileHash: string
  /** Completed, free of problems and of doubled codes; the same ones in the same order in every repeat. */
  readonly rows: AsyncIterable<ImportedCoupon>
}

export interface ImportProgress {
  /** Rows that were decided, from the first one on. */
  readonly done: number
  /** Rows of these, from 0, that became no coupon: a living coupon had their code by then. */
  readonly taken: readonly number[]
}

/** Rows a transaction, each of which locks its code: well within the locks that a server has for everybody. */
const CHUNK_SIZE = 500

const NOTHING_DONE: ImportProgress = { done: 0, taken: [] }

/**
 * Completes a row by the settings of its template and its group, before anything of its file is imported.
 * @returns the row to import, and what is wrong with it; nothing when `problems` is empty
 */
export function completeImport(
  { code, coupon: given, onsitePassword = '' }: ImportedCoupon,
  groups: GroupsOfAccount,
): { readonly row: ImportedCoupon; readonly problems: readonly FieldProblem[] } {
  const own = { ...COUPON_DEFAULTS, ...given, onsitePassword }
  const ownProblems = findCouponProblems(own)
  const laid = layGroupsOver(groups, own)
  const { onsitePassword: password, ...coupon } = laid.coupon
  return {
    row: { code, coupon, ...(password === '' ? {} : { onsitePassword: password }) },
    problems: ownProblems.length > 0 ? ownProblems : laid.problems,
  }
}

/** Which of these codes living coupons of the account have. */
export async function findTakenCodes(
  database: Queryable,
  accountId: number,
  codes: readonly CouponCode[],
): Promise<ReadonlySet<CouponCode>> {
  const rows = await database.query<{ code: CouponCode }>(
    `select code from coupon
     where account_id = $1 and deleted_at is null and code = any(string_to_array($2::text, ','))`,
    [accountId, codes.join()],
  )
  return new Set(rows.map(({ code }) => code))
}

/** How far the import of a file has come. */
export async function readImport(
  database: Queryable,
  accountId: number,
  fileHash: string,
): Promise<ImportProgress> {
  const [progress] = await database.query<ImportProgress>(
    `select done, to_json(taken) as taken from import_job where account_id = $1 and file_hash = $2`,
    [accountId, fileHash],
  )
  return progress ?? NOTHING_DONE
}

/**
 * Creates a coupon of each row, in chunks, and tells how far it has come after each. Whatever breaks in the middle,
 * a repeat goes on with the first row that was not decided. Several may import one file at once: then each chunk is
 * imported by one of them.
 *
 * @throws DatabaseBusyError, DatabaseUnavailableError in the middle: a repeat goes on there
 */
export async function* importCoupons(
  database: Database,
  { accountId, fileHash, rows }: ImportInput,
): AsyncGenerator<ImportProgress, void, undefined> {
  const hashPassword = rememberHashes()
  let progress = await readImport(database, accountId, fileHash)
  yield progress
  let index = 0
  let chunk: ImportedCoupon[] = []
  for await (const row of rows) {
    if (index >= progress.done) chunk.push(row)
    index += 1
    if (chunk.length === CHUNK_SIZE) {
      progress = await importChunk(database, accountId, fileHash, progress, chunk, hashPassword)
      chunk = []
      if (progress.done === CHUNK_SIZE) await renewCouponStatistics(database)
      yield progress
    }
  }
  if (chunk.length > 0) {
    progress = await importChunk(database, accountId, fileHash, progress, chunk, hashPassword)
    yield progress
  }
  if (progress.done > CHUNK_SIZE) await renewCouponStatistics(database)
}

type HashPassword = (password: string | undefined) => Promise<string | null>

/** Imports the rows after `before.done`, unless somebody else has meanwhile. */
async function importChunk(
  database: Database,
  accountId: number,
  fileHash: string,
  before: ImportProgress,
  chunk: readonly ImportedCoupon[],
  hashPassword: HashPassword,
): Promise<ImportProgress> {
  const stored: string[] = []
  for (const { code, coupon: given, onsitePassword } of chunk) {
    const coupon: NewCoupon = { ...COUPON_DEFAULTS, ...given }
    // Slow, so not under the locks.
    const values = couponValues(coupon, await hashPassword(onsitePassword))
    const columns = COUPON_VALUE_COLUMNS.map(({ name }, index) => [name, values[index]])
    stored.push(
      JSON.stringify({
        ...Object.fromEntries(columns),
        issued_to: coupon.issuedTo,
        id: uuidv7(),
        code,
        use_limit: coupon.useLimit,
      }),
    )
  }
  const codes = chunk.map(({ code }) => code).join()
  return database.transaction(async (transaction) => {
    await transaction.query(
      'insert into import_job (account_id, file_hash) values ($1, $2) on conflict do nothing',
      [accountId, fileHash],
    )
    const [current] = await transaction.query<ImportProgress>(
      `select done, to_json(taken) as taken from import_job
       where account_id = $1 and file_hash = $2 for update`,
      [accountId, fileHash],
    )
    if (current !== undefined && current.done !== before.done) return current
    // In the order in which redemptions lock them, so that nobody waits in a circle.
    await transaction.query(
      `select lock_code($1, code, true)
       from (select code from unnest(string_to_array($2::text, ',')) as code order by code) as codes`,
      [accountId, codes],
    )
    const [progress] = await transaction.query<ImportProgress>(IMPORT_CHUNK, [
      accountId,
      fileHash,
      `[${stored.join()}]`,
    ])
    if (progress === undefined) throw new Error(`the import of ${fileHash} is not there`)
    return progress
  })
}

const COLUMN_NAMES = COUPON_VALUE_COLUMNS.map(({ name }) => name).join(', ')

/** The progress moves on with the coupons, in one statement. */
const IMPORT_CHUNK = `
  with wanted as materialized (
    select wanted.*, row_number() over () - 1 as place
    from json_to_recordset($3::text::json) as wanted (
      id uuid, code text, use_limit integer,
      ${COUPON_VALUE_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ')}
    )
  ), created as (
    insert into coupon (id, account_id, code, ${COLUMN_NAMES})
    select id, $1::bigint, code, ${COLUMN_NAMES} from wanted order by code
    on conflict (account_id, code) where deleted_at is null do nothing
    returning id
  ), counted as (
    insert into coupon_usage (coupon_id, use_limit)
    select id, use_limit from wanted where id in (select id from created)
  )
  update import_job set
    done = done + (select count(*)::int from wanted),
    taken = taken || array(
      select done + place::int from wanted where id not in (select id from created) order by place
    )
  where account_id = $1::bigint and file_hash = $2
  returning done, to_json(taken) as taken`

/** Distinct passwords that are remembered: a file often has one for all of a shop, and a hash takes long. */
const REMEMBERED_PASSWORDS = 1_000

function rememberHashes(): HashPassword {
  const hashes = new Map<string, string | null>()
  return async function hashOnce(password) {
    if (password === undefined || password === '') return null
    const known = hashes.get(password)
    if (known !== undefined) return known
    if (hashes.size >= REMEMBERED_PASSWORDS) hashes.clear()
    const hash = (await hashGivenPassword(password)) ?? null
    hashes.set(password, hash)
    return hash
  }
}

import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { type CouponCode, generateCouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import { createTestDatabase, makeDataDirectory } from '@coupon-gateway/test-postgres'
import { inject } from 'vitest'
import {
  type CouponCore,
  type CouponCoreOptions,
  type CreateCouponInput,
  openCouponCore,
  type RedeemCouponInput,
  type ReserveCouponInput,
  type TakenUnit,
} from '../src/index.ts'

/** A core over a database, with shorthands for what tests do all the time. */
export interface CoreUnderTest {
  readonly core: CouponCore
  readonly database: Database
  readonly accountId: number
  /** Creates a coupon of 10 percent and answers with its code. */
  create(
    coupon?: Partial<CreateCouponInput['coupon']>,
    rest?: Partial<CreateCouponInput>,
  ): Promise<CouponCode>
  validate(code: CouponCode, userId?: string | null): ReturnType<CouponCore['validate']>
  redeem(code: CouponCode, rest?: Partial<RedeemCouponInput>): ReturnType<CouponCore['redeem']>
  reserve(code: CouponCode, rest?: Partial<ReserveCouponInput>): ReturnType<CouponCore['reserve']>
  confirm(redemptionId: string, key?: string | null): ReturnType<CouponCore['confirm']>
  release(redemptionId: string, key?: string | null): ReturnType<CouponCore['release']>
  rollback(
    redemptionId: string,
    reason?: string,
    key?: string | null,
  ): ReturnType<CouponCore['rollback']>
  close(): Promise<void>
}

export async function openOnPostgres(
  url?: string,
  options?: CouponCoreOptions,
): Promise<CoreUnderTest> {
  const database = await openPostgresDatabase(url)
  return { ...(await openOver(database, options)), close: () => database.close() }
}

export async function openOnPglite(options?: CouponCoreOptions): Promise<CoreUnderTest> {
  const database = await openPgliteDatabase()
  return { ...(await openOver(database, options)), close: () => database.close() }
}

export async function openPostgresDatabase(url?: string): Promise<Database> {
  return openPostgres(url ?? (await createTestDatabase(inject('postgresUrl'))), { poolSize: 20 })
}

/** Its folder goes with it. */
export async function openPgliteDatabase(): Promise<Database> {
  const folder = await makeDataDirectory()
  const database = await openPglite(folder)
  return {
    ...database,
    async close() {
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}

export function code(text: string): CouponCode {
  const parsed = parseCouponCode(text)
  if (parsed === undefined) throw new Error(`${text} is no coupon code`)
  return parsed
}

export const newKey = () => randomUUID()

/** The unit of a redemption or reservation that was granted. */
export function unitOf(
  result: Awaited<ReturnType<CouponCore['redeem'] | CouponCore['reserve']>>,
): TakenUnit {
  if (result.outcome === 'redeemed') return result.redemption
  if (result.outcome === 'reserved') return result.reservation
  throw new Error(`no unit was taken: ${JSON.stringify(result)}`)
}

/**
 * Lets time go on for the reservations of an account: they end earlier by so many seconds. Nothing else is moved,
 * no clock and no timer, so what follows from it follows from the database's clock alone. The log's own
 * trigger would refuse it, and is off for this one transaction.
 */
export async function letTimePass(
  database: Database,
  accountId: number,
  seconds: number,
): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.execute('set local session_replication_role = replica')
    await transaction.query(
      `update redemption set expires_at = expires_at - make_interval(secs => $2)
       where account_id = $1 and expires_at is not null`,
      [accountId, seconds],
    )
  })
}

/** A core over a database that stays the caller's. All cores over one database share the account. */
export async function openOver(
  database: Database,
  options?: CouponCoreOptions,
): Promise<CoreUnderTest> {
  const core = await openCouponCore(database, options)
  const { id: accountId } = await core.ensureAccount('test', 'UTC')
  const unit = {
    accountId,
    userId: null,
    memo: '',
    onsitePassword: null,
    caller: 'test',
  }
  return {
    core,
    database,
    accountId,
    async create(coupon = {}, rest = {}) {
      const result = await core.create({
        accountId,
        code: generateCouponCode(12),
        coupon: { discountKind: 'percent', discount: 10, ...coupon },
        idempotencyKey: null,
        ...rest,
      })
      if (result.outcome !== 'created') throw new Error(`not created: ${JSON.stringify(result)}`)
      return result.coupon.code
    },
    validate: (couponCode, userId = null) => core.validate({ accountId, code: couponCode, userId }),
    redeem: (couponCode, rest = {}) =>
      core.redeem({ ...unit, code: couponCode, idempotencyKey: newKey(), ...rest }),
    reserve: (couponCode, rest = {}) =>
      core.reserve({ ...unit, code: couponCode, idempotencyKey: newKey(), ...rest }),
    confirm: (redemptionId, key = newKey()) =>
      core.confirm({ accountId, redemptionId, idempotencyKey: key }),
    release: (redemptionId, key = newKey()) =>
      core.release({ accountId, redemptionId, idempotencyKey: key }),
    rollback: (redemptionId, reason = 'returned', key = newKey()) =>
      core.rollback({ accountId, redemptionId, reason, idempotencyKey: key }),
    close: async () => {},
  }
}

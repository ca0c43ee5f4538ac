import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CouponCode, generateCouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'
import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { inject } from 'vitest'
import {
  type CouponCore,
  type CreateCouponInput,
  openCouponCore,
  type RedeemCouponInput,
} from '../src/index.ts'

/** A core over a fresh database, with shorthands for what tests do all the time. */
export interface CoreUnderTest {
  readonly core: CouponCore
  readonly database: Database
  readonly accountId: number
  /** Creates a coupon of 10 percent and answers with its code. */
  create(
    coupon?: Partial<CreateCouponInput['coupon']>,
    rest?: Partial<CreateCouponInput>,
  ): Promise<CouponCode>
  redeem(code: CouponCode, rest?: Partial<RedeemCouponInput>): ReturnType<CouponCore['redeem']>
  close(): Promise<void>
}

export async function openOnPostgres(url?: string): Promise<CoreUnderTest> {
  const database = openPostgres(url ?? (await createTestDatabase(inject('postgresUrl'))), {
    poolSize: 20,
  })
  return wrap(database, () => database.close())
}

export async function openOnPglite(): Promise<CoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-core-'))
  const database = await openPglite(folder)
  return wrap(database, async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })
}

export function code(text: string): CouponCode {
  const parsed = parseCouponCode(text)
  if (parsed === undefined) throw new Error(`${text} is no coupon code`)
  return parsed
}

export const newKey = () => randomUUID()

async function wrap(database: Database, close: () => Promise<void>): Promise<CoreUnderTest> {
  const core = await openCouponCore(database)
  const { id: accountId } = await core.ensureAccount('test', 'UTC')
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
    redeem: (couponCode, rest = {}) =>
      core.redeem({
        accountId,
        code: couponCode,
        userId: null,
        memo: '',
        onsitePassword: null,
        caller: 'test',
        idempotencyKey: newKey(),
        ...rest,
      }),
    close,
  }
}

import type { Database } from '@coupon-gateway/database'
import {
  type Coupon,
  type CouponChanges,
  type CouponCore,
  openCouponCore,
  type Redemption,
  type TakenUnit,
} from '../../src/index.ts'
import { letTimePass, code as toCode } from '../core-under-test.ts'
import { STRATEGIES } from '../implementations.ts'
import type { Answer, DescribedCoupon, LogRow, Period, Request, Terms } from './core-model.ts'

/** The real cores over one database, one a strategy, asked and answering in the words of the model. */
export class RealCore {
  /** By the unit's place in the model. */
  readonly #ids: string[] = []
  readonly #cores: readonly CouponCore[]
  readonly #database: Database
  readonly #accountId: number

  constructor(cores: readonly CouponCore[], database: Database, accountId: number) {
    this.#cores = cores
    this.#database = database
    this.#accountId = accountId
  }

  async perform(request: Request): Promise<Answer> {
    const core = this.#cores[0] as CouponCore
    const accountId = this.#accountId
    switch (request.kind) {
      case 'wait':
        await letTimePass(this.#database, accountId, request.seconds)
        return { outcome: 'waited' }
      case 'validate':
        return describeCoupon(
          await core.validate({ accountId, code: toCode(request.code), userId: request.userId }),
        )
      case 'create':
        return describeCoupon(
          await core.create({
            accountId,
            code: toCode(request.code),
            coupon: { discountKind: 'percent', discount: 10, ...changesOf(request.terms) },
            idempotencyKey: request.key,
          }),
        )
      case 'update':
        return describeCoupon(
          await core.update({
            accountId,
            code: toCode(request.code),
            changes: changesOf(request.changes),
            idempotencyKey: request.key,
          }),
        )
      case 'delete':
        return (await core.delete({
          accountId,
          code: toCode(request.code),
          idempotencyKey: request.key,
        })) as Answer
      case 'redeem':
      case 'reserve': {
        const by = this.#cores[request.by] as CouponCore
        const input = {
          accountId,
          code: toCode(request.code),
          userId: request.userId,
          memo: request.memo,
          onsitePassword: null,
          caller: 'test',
          idempotencyKey: request.key,
        }
        return this.#describeTake(
          request.kind === 'redeem'
            ? await by.redeem(input)
            : await by.reserve({ ...input, ttlSeconds: request.ttlSeconds }),
        )
      }
      case 'confirm':
      case 'release':
        return this.#describeSettled(
          await core[request.kind]({
            accountId,
            redemptionId: this.#idOf(request.unit),
            idempotencyKey: request.key,
          }),
        )
      case 'rollback':
        return this.#describeSettled(
          await core.rollback({
            accountId,
            redemptionId: this.#idOf(request.unit),
            reason: request.reason,
            idempotencyKey: request.key,
          }),
        )
    }
  }

  /** The log, oldest first. */
  async log(): Promise<LogRow[]> {
    const { redemptions } = await (this.#cores[0] as CouponCore).listRedemptions({
      accountId: this.#accountId,
      code: null,
      cursor: null,
      limit: 1000,
    })
    return redemptions.toReversed().map((row) => ({
      unit: this.#unitOf(row.redemptionId),
      code: row.code,
      ordinal: row.ordinal,
      userId: row.userId,
      memo: row.memo,
      key: row.idempotencyKey,
      status: row.status,
      isRedeemed: row.redeemedAt !== null,
      expires: row.expiresAt !== null,
      rollbackReason: row.rollbackReason,
    }))
  }

  #idOf(unit: number): string {
    return this.#ids[unit] ?? '00000000-0000-7000-8000-000000000000'
  }

  #unitOf(id: string): number {
    return this.#ids.indexOf(id)
  }

  #describeTake(result: Awaited<ReturnType<CouponCore['redeem' | 'reserve']>>): Answer {
    if (result.outcome !== 'redeemed' && result.outcome !== 'reserved') return result as Answer
    const unit: TakenUnit = result.outcome === 'redeemed' ? result.redemption : result.reservation
    const { redemptionId, ordinal, used, remaining, redeemedAt, expiresAt } = unit
    if (!this.#ids.includes(redemptionId)) this.#ids.push(redemptionId)
    return {
      outcome: result.outcome,
      taken: {
        unit: this.#unitOf(redemptionId),
        ordinal,
        used,
        remaining,
        isRedeemed: redeemedAt !== null,
        expires: expiresAt !== null,
      },
      replayed: result.replayed,
    }
  }

  #describeSettled(
    result:
      | { outcome: 'settled'; redemption: Redemption; replayed: boolean }
      | { outcome: Exclude<Answer['outcome'], 'settled'> | 'key-in-use' },
  ): Answer {
    if (result.outcome !== 'settled') return result as Answer
    const {
      redemptionId,
      redeemedAt,
      expiresAt,
      endedAt,
      couponId: _coupon,
      idempotencyKey: _key,
      takenAt: _taken,
      ...redemption
    } = result.redemption
    return {
      outcome: 'settled',
      redemption: {
        ...redemption,
        unit: this.#unitOf(redemptionId),
        isRedeemed: redeemedAt !== null,
        expires: expiresAt !== null,
        hasEnded: endedAt !== null,
      },
      replayed: result.replayed,
    }
  }
}

/** Opens a core for each strategy: what one has taken, another may settle. */
export function openEveryStrategy(database: Database): Promise<CouponCore[]> {
  return Promise.all(STRATEGIES.map((strategy) => openCouponCore(database, { strategy })))
}

const DAYS_OF: Record<Period, { startsOn: string | null; endsOn: string | null }> = {
  open: { startsOn: null, endsOn: null },
  'to come': { startsOn: '2999-01-01', endsOn: null },
  over: { startsOn: null, endsOn: '2020-12-31' },
}

function changesOf({ period, ...rest }: Partial<Terms>): CouponChanges {
  return { ...rest, ...(period && DAYS_OF[period]) }
}

function describeCoupon(result: { outcome: string; coupon?: Coupon | null }): Answer {
  const { coupon } = result
  if (coupon === undefined || coupon === null) return result as Answer
  const { code, useLimit, userLimit, memo, usage, startsOn, endsOn } = coupon
  const period = startsOn !== null ? 'to come' : endsOn !== null ? 'over' : 'open'
  const described: DescribedCoupon = { code, useLimit, userLimit, period, memo, usage }
  return { ...result, coupon: described } as Answer
}

import { type CouponCode, generateCouponCode } from '@coupon-gateway/coupon-code'
import type { Database } from '@coupon-gateway/database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RedemptionStatus } from '../src/index.ts'
import { createBatchedStrategy } from '../src/strategies/batched.ts'
import { openConditionalUpdateStrategy } from '../src/strategies/conditional-update.ts'
import { createTextbookStrategy } from '../src/strategies/textbook.ts'
import type { Overloaded, TakeStrategy, TakeVerdict } from '../src/take.ts'
import { type CoreUnderTest, newKey, openOnPglite, openOnPostgres } from './core-under-test.ts'
import { findWrongCounters } from './wrong-counters.ts'

/** Enough to shrink a failure, which prints its seed and its path. */
const TIMEOUT_MS = 150_000

/**
 * The rules stand in three places: in SQL for a batch (`take_units`), in TypeScript (`rules.ts`, which the textbook
 * strategy and `validate` use), and in the conditional update. This holds them equal.
 */
describe.each([
  ['PostgreSQL', openOnPostgres, 80],
  ['PGlite', openOnPglite, 30],
] as const)('on %s', (_name, open, numRuns) => {
  let subject: CoreUnderTest
  let strategies: readonly TakeStrategy[]
  beforeAll(async () => {
    subject = await open()
    strategies = [
      createBatchedStrategy(subject.database),
      createTextbookStrategy(subject.database),
      await openConditionalUpdateStrategy(subject.database),
    ]
  })
  afterAll(() => subject.close())

  it(
    'every strategy gives the same verdicts in every situation, and validate the same reasons',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          situation,
          fc.array(request, { minLength: 1, maxLength: 4 }),
          async (given, requests) => {
            const { database, accountId } = subject
            const peers = strategies.map((strategy) => ({ strategy, code: generateCouponCode(16) }))
            for (const { code } of peers) await insertCoupon(database, accountId, code, given)

            for (const [index, it] of requests.entries()) {
              const verdicts = []
              for (const { strategy, code } of peers) {
                const { outcome, ...validated } = await subject.validate(code, it.userId)
                const verdict = await strategy.take({
                  id: newKey(),
                  accountId,
                  code,
                  userId: it.userId,
                  memo: '',
                  verifiedHash: it.verifiedHash,
                  key: it.key === null ? null : `${code} ${it.key}`,
                  fingerprint: JSON.stringify([it.userId, it.ttlSeconds]),
                  ttlSeconds: it.ttlSeconds,
                })
                verdicts.push(describeVerdict(verdict))
                if (verdict.outcome === 'taken') expect(outcome).toBe('usable')
                if (verdict.outcome === 'rejected' && !OF_THE_REQUEST.has(verdict.reason)) {
                  expect(validated).toMatchObject({ reason: verdict.reason })
                }
              }
              const [batched, ...others] = verdicts
              for (const other of others) expect(other, `request ${index}`).toEqual(batched)
            }

            const [afterBatched, ...afterOthers] = await Promise.all(
              peers.map(({ code }) => readCoupon(database, code)),
            )
            for (const after of afterOthers) expect(after).toEqual(afterBatched)
            expect(await findWrongCounters(database)).toEqual([])
          },
        ),
        { numRuns },
      )
    },
    TIMEOUT_MS,
  )
})

/** Reasons that depend on what the request brings along. `validate` is told none of it. */
const OF_THE_REQUEST = new Set<string>([
  'USER_ID_REQUIRED',
  'ONSITE_PASSWORD_REQUIRED',
  'ONSITE_PASSWORD_WRONG',
])

const HASH = 'scrypt:salt:key'
const userId = fc.constantFrom('ada', 'bob', null)

/** `LAPSED`: a reservation whose time is over, which nobody has noticed yet. */
type UnitState = RedemptionStatus | 'LAPSED'

interface Situation {
  readonly useLimit: number
  readonly userLimit: number
  /** Days from today. */
  readonly startsIn: number | null
  readonly endsIn: number | null
  readonly passwordHash: string | null
  readonly isDeleted: boolean
  readonly units: readonly { readonly userId: string | null; readonly state: UnitState }[]
}

const situation: fc.Arbitrary<Situation> = fc
  .record({
    useLimit: fc.nat(3),
    userLimit: fc.constantFrom(1, 2),
    startsIn: fc.constantFrom(null, null, -1, 0, 1),
    endsIn: fc.constantFrom(null, null, 1, 0, -1),
    passwordHash: fc.constantFrom(null, null, HASH),
    isDeleted: fc.constantFrom(...Array<boolean>(9).fill(false), true),
    units: fc.array(
      fc.record({
        userId,
        state: fc.constantFrom<UnitState>(
          ...(['REDEEMED', 'RESERVED', 'LAPSED', 'EXPIRED', 'RELEASED', 'ROLLED_BACK'] as const),
        ),
      }),
      { maxLength: 5, size: 'max' },
    ),
  })
  .filter(({ startsIn, endsIn }) => startsIn === null || endsIn === null || startsIn <= endsIn)
  .map((it) => ({ ...it, units: it.useLimit === 0 ? it.units : fitting(it.units, it.useLimit) }))

/** As many as the limit allows: a counter still counts a lapsed reservation. */
function fitting(units: Situation['units'], useLimit: number): Situation['units'] {
  let counted = 0
  return units.filter(({ state }) => {
    if (!['REDEEMED', 'RESERVED', 'LAPSED'].includes(state)) return true
    counted += 1
    return counted <= useLimit
  })
}

const request = fc.record({
  userId,
  verifiedHash: fc.constantFrom(null, HASH, HASH, 'scrypt:other:key'),
  ttlSeconds: fc.constantFrom(null, 60),
  /** So few keys that some come again, with the same request or another. */
  key: fc.constantFrom(null, null, 'key 1', 'key 2'),
})

async function insertCoupon(
  database: Database,
  accountId: number,
  code: CouponCode,
  given: Situation,
): Promise<void> {
  const { useLimit, units } = given
  const count = (...states: UnitState[]) =>
    units.filter(({ state }) => states.includes(state)).length
  const limited = useLimit > 0 ? 1 : 0
  const ofUser = new Map<string | null, number>()
  const rows = units.map(({ userId, state }, index) => {
    const userOrdinal = (ofUser.get(userId) ?? 0) + 1
    ofUser.set(userId, userOrdinal)
    return {
      place: String(index),
      ordinal: limited ? index + 1 : null,
      user_id: userId,
      user_ordinal: userId === null ? null : userOrdinal,
      status: state === 'LAPSED' ? 'RESERVED' : state,
      reserved_for: { RESERVED: 3600, RELEASED: 3600, LAPSED: -1, EXPIRED: -1 }[state as string],
    }
  })
  const couponId = newKey()
  await database.query(
    `with created as (
       insert into coupon (
         id, account_id, code, name, discount_kind, discount, starts_on, ends_on, user_limit, onsite,
         onsite_password_hash, memo, url, image_url, domain, issued_to, webhook_enabled, deleted_at
       )
       select $1, $2, $3, '', 'percent', 10, today + $4::int, today + $5::int, $6, true, $7, '', '', '', '', '{}',
         false, case when $8 then now() end
       from (select (clock_timestamp() at time zone 'UTC')::date as today) as clock
       returning id
     ), counted as (
       insert into coupon_usage (coupon_id, use_limit, used, held, granted)
       select id, $9, $10, $11, $12 from created
     )
     insert into redemption (
       id, account_id, coupon_id, ordinal, user_id, user_ordinal, memo, status, taken_at, expires_at, redeemed_at,
       ended_at, rollback_reason
     )
     select gen_random_uuid(), $2, id, ordinal, user_id, user_ordinal, place, status, now(),
       now() + make_interval(secs => reserved_for), case when status in ('REDEEMED', 'ROLLED_BACK') then now() end,
       case when status not in ('REDEEMED', 'RESERVED') then now() end, case when status = 'ROLLED_BACK' then '' end
     from created, jsonb_to_recordset($13::jsonb)
       as unit (place text, ordinal int, user_id text, user_ordinal int, status text, reserved_for int)`,
    [
      couponId,
      accountId,
      code,
      given.startsIn,
      given.endsIn,
      given.userLimit,
      given.passwordHash,
      given.isDeleted,
      useLimit,
      limited * count('REDEEMED'),
      limited * count('RESERVED', 'LAPSED'),
      limited * units.length,
      JSON.stringify(rows),
    ],
  )
}

/**
 * The counter and the log, but for identities and moments. Who notices first that a reservation is over, and puts it
 * down, is a strategy's own matter.
 */
async function readCoupon(database: Database, code: CouponCode): Promise<unknown> {
  return database.query(
    `select used, granted, (
       select json_agg(json_build_array(ordinal, user_id, user_ordinal,
         case when status = 'RESERVED' and expires_at <= clock_timestamp() then 'EXPIRED' else status end,
         expires_at is null, redeemed_at is null) order by taken_at, memo)
       from redemption where coupon_id = coupon.id
     ) as log
     from coupon join coupon_usage on coupon_id = coupon.id where code = $1`,
    [code],
  )
}

function describeVerdict(verdict: TakeVerdict | Overloaded): unknown {
  if (verdict.outcome !== 'taken' && verdict.outcome !== 'replayed') return verdict
  const { redemptionId: _, redeemedAt, expiresAt, ...answer } = verdict.answer
  return {
    ...verdict,
    answer: { ...answer, isRedeemed: redeemedAt !== null, expires: expiresAt !== null },
  }
}

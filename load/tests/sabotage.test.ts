import { beforeAll, describe, expect, inject, it } from 'vitest'
import { findK6 } from '../runner/k6-binary.ts'
import { load } from './load-run.ts'
import {
  createRightDatabase,
  createSabotagedDatabase,
  type Sabotage,
} from './sabotaged-database.ts'

// A verifier that never failed proves nothing. Each of these systems has one fault, and real k6 has to find it.
//
// A log row that is missing is not among them: the answer to the caller is made from the row that was written, and
// the log refuses to lose one. `verifier/find-differences.test.ts` has it.

const OVERSOLD = 'never more redemptions than the limit'
const UNDERSOLD = 'nobody is refused while a unit is free'
const USER_TWICE = 'no user redeems more often than he may'
const FALSELY_EXHAUSTED = 'nobody is told EXHAUSTED before the last unit was asked for'
const OTHER_ANSWER = 'a key that is sent again gets its first answer, as a replay'
const SECOND_EFFECT = 'a key that is sent again has no second effect'

const LOCK = 'order by coupon_id for update'
const FREE = 'use_limit - used - held as free'
const NO_KEY_IS_KNOWN = [') as stored on true', ') as stored on false'] as const
const NO_USER_HAS_A_LIMIT = [
  [`when user_id is not null and user_live >= user_limit then 'ALREADY_REDEEMED_BY_USER'`, ''],
  ['where nth is null or user_live + nth <= user_limit', ''],
] as const

let rightUrl: string
beforeAll(async () => {
  await findK6((message) => process.stderr.write(`${message}\n`), new AbortController().signal)
  rightUrl = await createRightDatabase(inject('postgresUrl'))
}, 900_000)

async function loadSabotaged(workload: string, sabotage: Sabotage) {
  const url = await createSabotagedDatabase(inject('postgresUrl'), rightUrl, sabotage)
  return load([workload, '--database-url', url])
}

describe('the verdict is FAIL', { timeout: 180_000 }, () => {
  it('of a burst where nothing is locked: coupons are oversold', async () => {
    const { code, output } = await loadSabotaged('burst', {
      replace: [[LOCK, 'order by coupon_id']],
      andRun:
        'alter table coupon_usage drop constraint never_oversold; drop index redemption_ordinal',
    })
    expect(output).toContain('VERDICT FAIL')
    expect(output).toContain(`"${OVERSOLD}" does not hold`)
    expect(code).toBe(1)
  })

  it.each<[string, string, Sabotage]>([
    ['the limit of a user is ignored', USER_TWICE, { replace: NO_USER_HAS_A_LIMIT }],
    ['the key is ignored', OTHER_ANSWER, { replace: [NO_KEY_IS_KNOWN] }],
    [
      'the key and the limit of a user are ignored',
      SECOND_EFFECT,
      {
        replace: [NO_KEY_IS_KNOWN, ...NO_USER_HAS_A_LIMIT],
        andRun: 'alter table idempotency_key drop constraint idempotency_key_pkey',
      },
    ],
    [
      'the answer is not stored',
      OTHER_ANSWER,
      { replace: [['from answered where key is not null', 'from answered where false']] },
    ],
    [
      'there is one unit more than the limit',
      OVERSOLD,
      {
        replace: [
          [FREE, 'use_limit + 1 - used - held as free'],
          // Whose counter is locked has units left.
          ['and used < use_limit', 'and used <= use_limit'],
        ],
        andRun: 'alter table coupon_usage drop constraint never_oversold',
      },
    ],
    [
      'there is one unit less than the limit',
      UNDERSOLD,
      { replace: [[FREE, 'use_limit - 1 - used - held as free']] },
    ],
  ])('of a smoke run where %s: "%s"', async (_fault, rule, sabotage) => {
    const { code, output } = await loadSabotaged('smoke', sabotage)
    expect(output).toContain('VERDICT FAIL')
    expect(output).toContain(`"${rule}" does not hold`)
    expect(code).toBe(1)
  })

  it('of a smoke run where every fifth is told EXHAUSTED for nothing, though every unit is granted in the end', async () => {
    // Of the coupon that twice as many try as can have: the counts are right, only the moments are not.
    const { code, output } = await loadSabotaged('smoke', {
      replace: [
        [
          `when coupon_id is null then 'NOT_FOUND'`,
          `when coupon_id is null then 'NOT_FOUND' when use_limit = 500 and random() < 0.2 then 'EXHAUSTED'`,
        ],
      ],
    })
    expect(output).toContain('k6 thresholds    held')
    expect(output).toContain(`"${FALSELY_EXHAUSTED}" does not hold`)
    expect(output).toContain('VERDICT FAIL: 1 rule broken, 1 difference\n')
    expect(code).toBe(1)
  })
})

it('the verdict on the same database without a fault is PASS', { timeout: 180_000 }, async () => {
  const { code, output } = await loadSabotaged('smoke', { replace: [] })
  expect(output).toContain('VERDICT PASS')
  expect(code).toBe(0)
})

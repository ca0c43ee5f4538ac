import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { migrate } from '@coupon-gateway/database'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CORE_MIGRATIONS, findDifferences, listGroups, openCouponCore } from '../src/index.ts'
import { code, openPgliteDatabase, openPostgresDatabase } from './core-under-test.ts'

/** What the first version of the tables was made of. */
const FIRST = ['0001-tables.sql', '0002-decide.sql']

let first: string
beforeAll(async () => {
  first = await mkdtemp(join(tmpdir(), 'coupon-gateway-upgrade-'))
  for (const name of FIRST) await cp(new URL(name, CORE_MIGRATIONS), join(first, name))
})
afterAll(() => rm(first, { recursive: true }))

describe.each([
  ['PostgreSQL', openPostgresDatabase],
  ['PGlite', openPgliteDatabase],
])('tables of the first version, on %s', (_name, open) => {
  it('are brought up to date with their coupons, their log, their keys and the numbers of groups', async () => {
    const database = await open()
    await migrate(database, 'core', pathToFileURL(`${first}/`))
    await database.execute(`
      insert into account (name, time_zone) values ('shop', 'Asia/Seoul');
      insert into coupon (
        id, account_id, code, name, discount_kind, discount, user_limit, onsite, memo, url, image_url, domain,
        group_id, template_id, issued_to, webhook_enabled
      ) select gen_random_uuid(), account.id, code, 'old', 'percent', 10, 1, false, '', '', '', '', group_id, 9, '{}', true
      from account, (values ('LIMITED01', 7), ('UNLIMITED1', null)) as old (code, group_id);
      insert into coupon_usage (coupon_id, use_limit)
        select id, case code when 'LIMITED01' then 2 else 0 end from coupon;`)
    const take = (n: number, text: string, key: string | null) => ({
      ...{ n, id: crypto.randomUUID(), account_id: 1, code: text, user_id: `user-${n}`, memo: '' },
      ...{ verified_hash: null, key, fingerprint: 'first', ttl_seconds: null },
    })
    const takes = [take(1, 'LIMITED01', 'before'), take(2, 'UNLIMITED1', null)]
    await database.query('select take_units($1::jsonb)', [JSON.stringify(takes)])

    const core = await openCouponCore(database)
    const { id: accountId } = await core.ensureAccount('shop', 'Asia/Seoul')
    const groups = { group: [7], template: [9] } as const
    for (const kind of ['group', 'template'] as const) {
      const numbers = (await listGroups(database, accountId, kind)).map(({ id }) => id)
      expect(numbers).toEqual(groups[kind])
    }
    for (const text of ['LIMITED01', 'UNLIMITED1']) {
      const question = { accountId, code: code(text), userId: null }
      expect(await core.validate(question)).toMatchObject({
        outcome: 'usable',
        coupon: { usage: { used: 1 }, templateId: 9 },
      })
      const redeemed = await core.redeem({
        ...{ ...question, userId: 'new', memo: '', onsitePassword: null, caller: 'test' },
        idempotencyKey: `after-${text}`,
      })
      expect(redeemed.outcome).toBe('redeemed')
    }
    expect(await core.findRedemption(accountId, { idempotencyKey: 'before' })).toMatchObject({
      code: 'LIMITED01',
      userId: 'user-1',
    })
    // What was used before anybody was told of it is not reported now.
    const reported: string[] = []
    await core.takeEvents(10, async (_transaction, events) => {
      reported.push(...events.map(({ coupon }) => coupon.code))
    })
    expect(reported.toSorted()).toEqual(['LIMITED01', 'UNLIMITED1'])
    expect(await findDifferences(database)).toEqual([])
    await database.close()
  })
})

import { randomUUID } from 'node:crypto'
import type { Database } from '@coupon-gateway/database'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { UpstreamClient } from '../src/index.ts'
import { failureOf } from './client-under-test.ts'
import { type Fault, PASS } from './fault-proxy.ts'
import { type HostedUnderTest, startHosted } from './hosted-under-test.ts'
import { JOURNAL_DATABASES, openJournalledClient, stateOf } from './journal-under-test.ts'

let hosted: HostedUnderTest
beforeAll(async () => {
  hosted = await startHosted()
})
afterAll(() => hosted?.stop())
beforeEach(() => hosted.proxy.setFault(PASS))

const createCoupon: HostedUnderTest['createCoupon'] = (...options) =>
  hosted.createCoupon(...options)
const redeemsOf = (code: string) => hosted.requestsOf('redeem', code)
const strike = (code: string, fault: Fault, options = {}) =>
  hosted.strike('redeem', code, fault, options)

describe.each(Object.entries(JOURNAL_DATABASES))('a journal in %s', (_name, openDatabase) => {
  let database: Database
  let client: UpstreamClient
  beforeAll(async () => {
    database = await openDatabase()
    // A new embedded database takes seconds of CPU to make.
  }, 180_000)
  afterAll(() => database?.close())
  beforeEach(() => {
    client = openJournalledClient(hosted.proxy.url, database)
  })

  it('answers a repeat of a finished key, and sends nothing', async () => {
    const code = await createCoupon()
    const input = { code, idempotencyKey: randomUUID(), memo: 'till 7' }
    const first = await client.redeem(input)
    expect(first).toMatchObject({ outcome: 'redeemed', replayed: false })
    expect(await client.redeem(input)).toMatchObject({ outcome: 'redeemed', replayed: true })
    expect(redeemsOf(code)).toHaveLength(1)
  })

  it('sends the key behind the memo of the user', async () => {
    const code = await createCoupon()
    await client.redeem({ code, idempotencyKey: 'order-17-till', memo: 'till 7' })
    expect(JSON.parse(redeemsOf(code)[0]?.body ?? '')).toMatchObject({
      memo: 'till 7 [key order-17-till 1]',
    })
    await database.query(`delete from journal_entry where idempotency_key = 'order-17-till'`)
  })

  it('refuses a memo that leaves no room for the key, and names how long it may be', async () => {
    const idempotencyKey = 'k'.repeat(64)
    const call = client.redeem({ code: 'ANYCODE99', idempotencyKey, memo: 'x'.repeat(420) })
    expect(await failureOf(call)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ field: 'memo', allowed: 'at most 419 characters with this idempotencyKey' }],
    })
  })

  it('refuses a key of another request, whatever became of it', async () => {
    const code = await createCoupon(5)
    const idempotencyKey = randomUUID()
    strike(code, { kind: 'reset-before' })
    await failureOf(client.redeem({ code, userId: 'ada', idempotencyKey }))
    for (const other of [{ code, userId: 'bob' }, { code: await createCoupon() }]) {
      expect(await client.redeem({ ...other, idempotencyKey })).toEqual({ outcome: 'key-reused' })
    }
    expect(redeemsOf(code)).toHaveLength(1)
  })

  it('takes a corrected on-site password for the same request, and keeps neither of them', async () => {
    const code = await createCoupon(1, { onsite: true, onsitePassword: 'parrot-42' })
    const idempotencyKey = randomUUID()
    expect(await client.redeem({ code, idempotencyKey })).toMatchObject({
      reason: 'ONSITE_PASSWORD_REQUIRED',
    })
    expect(
      await client.redeem({ code, idempotencyKey, onsitePassword: 'parrot-41' }),
    ).toMatchObject({ reason: 'ONSITE_PASSWORD_WRONG' })
    const input = { code, idempotencyKey, onsitePassword: 'parrot-42' }
    expect(await client.redeem(input)).toMatchObject({ outcome: 'redeemed', replayed: false })
    for (const table of ['journal_entry', 'journal_coupon']) {
      const rows = await database.query<{ row: unknown }>(
        `select to_jsonb(t) as row from ${table} t`,
      )
      expect(JSON.stringify(rows)).not.toContain('parrot')
    }
  })

  it('names why a coupon was refused, though the upstream gives a number only', async () => {
    const single = await createCoupon()
    await client.redeem({ code: single })
    expect(await client.redeem({ code: single })).toMatchObject({ reason: 'EXHAUSTED' })
    const five = await createCoupon(5)
    expect(await client.redeem({ code: five })).toMatchObject({ reason: 'USER_ID_REQUIRED' })
    await client.redeem({ code: five, userId: 'ada' })
    expect(await client.redeem({ code: five, userId: 'ada' })).toMatchObject({
      reason: 'ALREADY_REDEEMED_BY_USER',
    })
    expect(await client.redeem({ code: 'NOSUCHCODE99' })).toMatchObject({ reason: 'UNKNOWN' })
  })

  it('decides a refused key anew', async () => {
    const code = await createCoupon(1, { startsOn: '2999-01-01' })
    const input = { code, idempotencyKey: randomUUID() }
    expect(await client.redeem(input)).toMatchObject({ outcome: 'rejected' })
    expect(await stateOf(database, input.idempotencyKey)).toBe('NO_EFFECT')
    await hosted.direct.update({ code, changes: { startsOn: '2020-01-01' } })
    expect(await client.redeem(input)).toMatchObject({ outcome: 'redeemed' })
  })

  it.each<Fault>([
    { kind: 'reset-after' },
    { kind: 'cut-body' },
    { kind: 'wrong-json' },
    { kind: 'error-after' },
  ])('finds out by the use count what a lost answer would have said: %j', async (fault) => {
    for (const useLimit of [1, 5, 0]) {
      const code = await createCoupon(useLimit)
      strike(code, fault)
      const input = { code, userId: 'ada', idempotencyKey: randomUUID() }
      expect(await client.redeem(input)).toMatchObject({ outcome: 'redeemed', replayed: false })
      expect(await client.redeem(input)).toMatchObject({ outcome: 'redeemed', replayed: true })
      expect(redeemsOf(code)).toHaveLength(1)
    }
  })

  it.each<Fault>([{ kind: 'reset-before' }, { kind: 'error-before' }])(
    'never sends an ambiguous redeem again before the evidence is in, and then once: %j',
    async (fault) => {
      const code = await createCoupon(5)
      strike(code, fault, { onlyFirst: true })
      const input = { code, userId: 'ada', idempotencyKey: randomUUID() }
      expect(await failureOf(client.redeem(input))).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
      expect(await stateOf(database, input.idempotencyKey)).toBe('PENDING')
      expect(await failureOf(client.redeem(input))).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
      expect(redeemsOf(code)).toHaveLength(1)

      await expect
        .poll(() => stateOf(database, input.idempotencyKey), { timeout: 20_000 })
        .toBe('NO_EFFECT')
      expect(await client.redeem(input)).toMatchObject({ outcome: 'redeemed', replayed: false })
      const [, second] = redeemsOf(code)
      expect(second?.body).toContain(`[key ${input.idempotencyKey} 2]`)
      expect(redeemsOf(code)).toHaveLength(2)
    },
  )

  it('joins a redemption that is under way, in this client and in another one', async () => {
    const code = await createCoupon()
    strike(code, { kind: 'late', delayMs: 100 })
    const other = openJournalledClient(hosted.proxy.url, database)
    const input = { code, idempotencyKey: randomUUID() }
    const results = await Promise.all([
      client.redeem(input),
      client.redeem(input),
      other.redeem(input),
    ])
    expect(results.map((it) => it.outcome)).toEqual(['redeemed', 'redeemed', 'redeemed'])
    expect(results.filter((it) => it.outcome === 'redeemed' && !it.replayed)).toHaveLength(1)
    expect(redeemsOf(code)).toHaveLength(1)
  })

  it('lets users of a limited coupon through one after the other, and exactly as many as it has units', async () => {
    const code = await createCoupon(5)
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, user) => client.redeem({ code, userId: `user-${user}` })),
    )
    expect(results.filter((it) => it.outcome === 'redeemed')).toHaveLength(5)
    expect(
      results.filter((it) => it.outcome === 'rejected' && it.reason === 'EXHAUSTED'),
    ).toHaveLength(3)
  })

  it('hands to a person what the count cannot tell: somebody else redeems the coupon', async () => {
    const code = await createCoupon(5)
    await client.redeem({ code, userId: 'ada' })
    strike(code, { kind: 'reset-before' })
    const input = { code, userId: 'bob', idempotencyKey: randomUUID() }
    const lost = failureOf(client.redeem(input))
    await lost
    await hosted.direct.redeem({ code, userId: 'eve' })
    await hosted.direct.redeem({ code, userId: 'mallory' })
    await expect
      .poll(() => stateOf(database, input.idempotencyKey), { timeout: 20_000 })
      .toBe('NEEDS_REVIEW')
    expect(await failureOf(client.redeem(input))).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    const [row] = await database.query(
      'select review from journal_entry where idempotency_key = $1',
      [input.idempotencyKey],
    )
    expect(row).toMatchObject({ review: { counted: 3, expected: 1, pending: 1 } })
  })

  it('keeps a key for its request once that was lost, also when a later attempt was refused', async () => {
    const code = await createCoupon(5)
    const input = { code, userId: 'ada', idempotencyKey: randomUUID() }
    strike(code, { kind: 'reset-before' }, { onlyFirst: true })
    await failureOf(client.redeem(input))
    await expect
      .poll(() => stateOf(database, input.idempotencyKey), { timeout: 20_000 })
      .toBe('NO_EFFECT')
    await hosted.direct.update({ code, changes: { startsOn: '2999-01-01' } })
    expect(await client.redeem(input)).toMatchObject({ outcome: 'rejected' })
    await hosted.direct.update({ code, changes: { startsOn: '2020-01-01' } })
    expect(await client.redeem({ ...input, userId: 'bob' })).toEqual({ outcome: 'key-reused' })
    expect(await client.redeem(input)).toMatchObject({ outcome: 'redeemed' })
  })

  it('counts a use that is reported twice once, also one of an attempt that was given up', async () => {
    const code = await createCoupon(0)
    const idempotencyKey = randomUUID()
    strike(code, { kind: 'reset-before' }, { onlyFirst: true })
    await failureOf(client.redeem({ code, idempotencyKey }))
    await expect
      .poll(() => stateOf(database, idempotencyKey), { timeout: 20_000 })
      .toBe('NO_EFFECT')
    await client.redeem({ code, idempotencyKey })
    const memo = `[key ${idempotencyKey} 1]`
    for (const _ of [1, 2]) await client.recordUse({ code, memo })
    const [coupon] = await database.query(
      'select known_count as "knownCount" from journal_coupon where code = $1',
      [code],
    )
    expect(coupon).toEqual({ knownCount: 2 })
  })

  it('with other writers takes no risen count for proof, and an unchanged one for proof of nothing', async () => {
    const careful = openJournalledClient(hosted.proxy.url, database, {
      journal: { otherWriters: true },
    })
    await client.close()
    const risen = await createCoupon(5)
    strike(risen, { kind: 'reset-after' })
    const first = { code: risen, userId: 'ada', idempotencyKey: randomUUID() }
    expect(await failureOf(careful.redeem(first))).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    const unchanged = await createCoupon(5)
    strike(unchanged, { kind: 'reset-before' })
    const second = { code: unchanged, userId: 'ada', idempotencyKey: randomUUID() }
    await failureOf(careful.redeem(second))
    const states = async () => [
      await stateOf(database, first.idempotencyKey),
      await stateOf(database, second.idempotencyKey),
    ]
    await expect.poll(states, { timeout: 20_000 }).toEqual(['NEEDS_REVIEW', 'NO_EFFECT'])
  })
})

import { randomUUID } from 'node:crypto'
import type { Database } from '@coupon-gateway/database'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { UpstreamClient } from '../src/index.ts'
import { forgetOld } from '../src/journal/retention.ts'
import { listStuckRollbacks } from '../src/journal/rollback-row.ts'
import { failureOf, openClient } from './client-under-test.ts'
import { type Fault, PASS } from './fault-proxy.ts'
import { type HostedUnderTest, startHosted } from './hosted-under-test.ts'
import { JOURNAL_DATABASES, openJournalledClient, stateOf } from './journal-under-test.ts'

let hosted: HostedUnderTest
let database: Database
let client: UpstreamClient
beforeAll(async () => {
  hosted = await startHosted()
  database = await JOURNAL_DATABASES.PostgreSQL()
})
afterAll(async () => {
  await database?.close()
  await hosted?.stop()
})
beforeEach(() => {
  hosted.proxy.setFault(PASS)
  // A deletion that may still be sent is waited for as long as it may.
  client = openJournalledClient(hosted.proxy.url, database, { deadlineMs: 1_500 })
})

async function reserve(code: string, userId = 'ada', ttlSeconds = 60) {
  const result = await client.reserve({ code, userId, ttlSeconds })
  if (result.outcome !== 'reserved') throw new Error(JSON.stringify(result))
  return { ...result.reservation, idempotencyKey: result.idempotencyKey }
}

/** The database's clock passes the end of a reservation. */
async function expire(reservationId: string) {
  await database.query(
    `update journal_hold set expires_at = clock_timestamp() - interval '1 second' where id::text = $1`,
    [reservationId],
  )
}

describe('a reservation on a hosted upstream', () => {
  it('holds a unit against other reservations and redemptions, and sends nothing', async () => {
    const code = await hosted.createCoupon(2)
    await reserve(code)
    await client.redeem({ code, userId: 'bob' })
    expect(await client.redeem({ code, userId: 'eve' })).toMatchObject({ reason: 'ALL_HELD' })
    expect(await client.reserve({ code, userId: 'eve' })).toMatchObject({ reason: 'ALL_HELD' })
    expect(hosted.requestsOf('redeem', code)).toHaveLength(1)
  })

  it('is confirmed by one redeem under its own key, however often', async () => {
    const code = await hosted.createCoupon(2)
    const { id, idempotencyKey } = await reserve(code)
    const first = await client.confirm({ reservationId: id })
    expect(first).toMatchObject({
      outcome: 'confirmed',
      replayed: false,
      redemption: { id: idempotencyKey, status: 'REDEEMED', userId: 'ada' },
    })
    expect(await client.confirm({ reservationId: id })).toMatchObject({ replayed: true })
    expect(await client.release({ reservationId: id })).toMatchObject({
      reason: 'RESERVATION_NOT_FOUND',
    })
    expect(hosted.requestsOf('redeem', code)).toHaveLength(1)
  })

  it('gives its unit back when it is released, once, and can then not be confirmed', async () => {
    const code = await hosted.createCoupon(1)
    const { id } = await reserve(code)
    expect(await client.redeem({ code })).toMatchObject({ reason: 'ALL_HELD' })
    expect(await client.release({ reservationId: id })).toMatchObject({
      outcome: 'released',
      redemption: { status: 'RELEASED' },
    })
    expect(await client.release({ reservationId: id })).toMatchObject({ replayed: true })
    expect(await client.confirm({ reservationId: id })).toMatchObject({
      reason: 'RESERVATION_NOT_FOUND',
    })
    expect(await client.redeem({ code })).toMatchObject({ outcome: 'redeemed' })
  })

  it('expires by the clock of the database; a late confirm takes a unit if one is free', async () => {
    const code = await hosted.createCoupon(1)
    const first = await reserve(code)
    await expire(first.id)
    const second = await reserve(code)
    expect(await client.confirm({ reservationId: first.id })).toMatchObject({
      reason: 'RESERVATION_EXPIRED',
    })
    await expire(second.id)
    expect(await client.confirm({ reservationId: first.id })).toMatchObject({
      outcome: 'confirmed',
    })
    expect(await client.release({ reservationId: second.id })).toMatchObject({
      redemption: { status: 'EXPIRED' },
    })
  })

  it('is made once for its key, and another request with it is refused', async () => {
    const code = await hosted.createCoupon(5)
    const input = { code, userId: 'ada', idempotencyKey: randomUUID() }
    const first = await client.reserve(input)
    expect(await client.reserve(input)).toEqual({ ...first, replayed: true })
    expect(await client.reserve({ ...input, userId: 'bob' })).toEqual({ outcome: 'key-reused' })
    expect(await client.redeem(input)).toEqual({ outcome: 'key-reused' })
  })

  it('is answered to a repeat of its key from the journal, whatever became of the coupon since', async () => {
    const code = await hosted.createCoupon(1)
    const input = { code, idempotencyKey: randomUUID() }
    const first = await client.reserve(input)
    await hosted.direct.redeem({ code })
    expect(await client.reserve(input)).toEqual({ ...first, replayed: true })
  })

  it('is found by its confirmation long after it would have ended', async () => {
    const code = await hosted.createCoupon(1)
    const [kept, over] = [await reserve(code), await hosted.createCoupon(1)]
    await client.confirm({ reservationId: kept.id })
    const expired = await reserve(over)
    for (const { id } of [kept, expired]) await expire(id)
    await database.transaction((it) => forgetOld(it, 0))
    expect(await client.confirm({ reservationId: kept.id })).toMatchObject({
      outcome: 'confirmed',
      replayed: true,
    })
    expect(await client.confirm({ reservationId: expired.id })).toMatchObject({
      reason: 'RESERVATION_NOT_FOUND',
    })
  })

  it.each([
    { ttlSeconds: 0 },
    { ttlSeconds: 1.5 },
    { ttlSeconds: 86_401 },
    { memo: 'x'.repeat(480) },
  ])('is refused with what could not be held or confirmed: %j', async (wrong) => {
    const call = client.reserve({ code: 'ANYCODE99', ...wrong })
    expect(await failureOf(call)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ field: Object.keys(wrong)[0] }],
    })
  })

  it('is refused for a second unit of a user, for no user, and with a password that would have to be kept', async () => {
    const code = await hosted.createCoupon(5)
    await reserve(code)
    expect(await client.reserve({ code, userId: 'ada' })).toMatchObject({
      reason: 'ALREADY_REDEEMED_BY_USER',
    })
    expect(await client.reserve({ code })).toMatchObject({ reason: 'USER_ID_REQUIRED' })
    const withPassword = client.reserve({ code, userId: 'bob', onsitePassword: '4242' })
    expect(await failureOf(withPassword)).toMatchObject({
      code: 'INVALID_INPUT',
      problems: [{ field: 'onsitePassword' }],
    })
  })
})

describe('a rollback on a hosted upstream', () => {
  const settings = {
    name: 'Ten',
    memo: 'spring',
    endsOn: '2999-12-31',
    issuedTo: { userId: 'u-1', name: 'Ada' },
    webhookEnabled: true,
  }
  async function redeemOnce(more = {}) {
    const code = await hosted.createCoupon(1, { ...settings, ...more })
    const idempotencyKey = randomUUID()
    expect(await client.redeem({ code, idempotencyKey })).toMatchObject({ outcome: 'redeemed' })
    return { code, redemptionId: idempotencyKey }
  }

  it('creates the coupon anew with all it had, once, and its unit can be redeemed again', async () => {
    const { code, redemptionId } = await redeemOnce()
    const input = { redemptionId, reason: 'order cancelled', idempotencyKey: randomUUID() }
    expect(await client.rollback(input)).toMatchObject({
      outcome: 'rolled-back',
      replayed: false,
      redemption: { status: 'ROLLED_BACK', rollbackReason: 'order cancelled' },
    })
    expect(await client.rollback(input)).toMatchObject({ replayed: true })
    expect(await client.rollback({ redemptionId, reason: 'again' })).toMatchObject({
      reason: 'ALREADY_ROLLED_BACK',
    })
    const { coupon } = await hosted.direct.validate({ code })
    expect(coupon).toMatchObject({ ...settings, code, useLimit: 1, used: 0, discount: 10 })
    expect(hosted.requestsOf('delete', code)).toHaveLength(1)
    // Its old key answers with its old redemption, and a new one takes the unit.
    expect(await client.redeem({ code, idempotencyKey: redemptionId })).toMatchObject({
      replayed: true,
    })
    expect(await client.redeem({ code })).toMatchObject({ outcome: 'redeemed', replayed: false })
  })

  it.each<[string, Fault]>([
    ['delete', { kind: 'reset-after' }],
    ['delete', { kind: 'reset-before' }],
    ['create', { kind: 'reset-after' }],
    ['create', { kind: 'reset-before' }],
  ])('goes on by itself when the answer to its %s is lost: %j', async (resource, fault) => {
    const { code, redemptionId } = await redeemOnce()
    hosted.strike(resource, code, fault, { onlyFirst: true })
    const input = { redemptionId, reason: 'order cancelled', idempotencyKey: randomUUID() }
    const end = await client.rollback(input).catch((error) => error.code)
    expect([end.outcome, end]).toContain(
      end.outcome === undefined ? 'OUTCOME_UNKNOWN' : 'rolled-back',
    )
    await expect
      .poll(() => stateOf(database, redemptionId), { timeout: 20_000 })
      .toBe('ROLLED_BACK')
    expect(await client.rollback(input)).toMatchObject({ outcome: 'rolled-back', replayed: true })
    expect(await client.redeem({ code })).toMatchObject({ outcome: 'redeemed' })
  })

  it('never lets a late deletion meet the new coupon', async () => {
    const { code, redemptionId } = await redeemOnce()
    hosted.strike('delete', code, { kind: 'arrives-late', delayMs: 100 }, { onlyFirst: true })
    await client.rollback({ redemptionId, reason: 'order cancelled' }).catch(() => {})
    await expect
      .poll(() => stateOf(database, redemptionId), { timeout: 20_000 })
      .toBe('ROLLED_BACK')
    const late = hosted.requestsOf('delete', code)[0]
    await expect.poll(() => late?.takenStatus, { timeout: 20_000 }).toBe(200)
    expect(await hosted.direct.validate({ code })).toMatchObject({ outcome: 'usable' })
  })

  it('is taken up by another client after a crash in any of its steps', async () => {
    for (const step of ['DELETE', 'CREATE']) {
      const { code, redemptionId } = await redeemOnce()
      const input = { redemptionId, reason: 'order cancelled', idempotencyKey: randomUUID() }
      // What a client that was killed there leaves behind: its deletion sent, its answer not written down.
      const settingsRow = `(select settings from journal_coupon where code = $2)`
      await hosted.direct.delete({ code })
      await database.query(
        `insert into journal_rollback (idempotency_key, rollback_key, code, reason, settings, step)
         values ($1, $3, $2, 'order cancelled', ${settingsRow}, $4)`,
        [redemptionId, code, input.idempotencyKey, step],
      )
      await expect
        .poll(() => stateOf(database, redemptionId), { timeout: 20_000 })
        .toBe('ROLLED_BACK')
      expect(await client.rollback(input)).toMatchObject({ replayed: true })
      expect(await hosted.direct.validate({ code })).toMatchObject({ coupon: { name: 'Ten' } })
    }
  })

  it('is left to a person where the upstream does not take the coupon any more', async () => {
    const { code, redemptionId } = await redeemOnce()
    await database.query(
      `update journal_coupon set settings = jsonb_set(settings, '{discount}', '0') where code = $1`,
      [code],
    )
    const call = client.rollback({ redemptionId, reason: 'order cancelled' })
    expect(await failureOf(call)).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(await listStuckRollbacks(database, 10)).toMatchObject([
      { idempotencyKey: redemptionId, code, problem: expect.stringContaining('not accepted') },
    ])
  })

  it('is unsupported for more than a single use, and for a coupon of a shop', async () => {
    const five = await hosted.createCoupon(5)
    const idempotencyKey = randomUUID()
    await client.redeem({ code: five, userId: 'ada', idempotencyKey })
    const shop = await redeemOnce({ onsite: true })
    for (const redemptionId of [idempotencyKey, shop.redemptionId]) {
      expect(await client.rollback({ redemptionId, reason: 'x' })).toMatchObject({
        reason: 'ROLLBACK_UNSUPPORTED',
      })
    }
    expect(await client.rollback({ redemptionId: 'no-such-key', reason: 'x' })).toMatchObject({
      reason: 'REDEMPTION_NOT_FOUND',
    })
  })
})

describe('a journal whose database is silent', () => {
  it('holds up no call for much longer than its deadline', async () => {
    let speak = () => {}
    const silence = new Promise<void>((resolve) => {
      speak = resolve
    })
    const silent = {
      ...database,
      query: ((...query) => silence.then(() => database.query(...query))) as Database['query'],
      transaction: ((...work) =>
        silence.then(() => database.transaction(...work))) as Database['transaction'],
    }
    const code = await hosted.createCoupon(1)
    const held = openJournalledClient(hosted.proxy.url, silent, { deadlineMs: 100 })
    const input = { code, idempotencyKey: randomUUID() }
    const lost = { code: 'OUTCOME_UNKNOWN', idempotencyKey: input.idempotencyKey }
    expect(await failureOf(held.redeem(input))).toMatchObject(lost)
    expect(await failureOf(held.reserve(input))).toMatchObject(lost)
    expect(await failureOf(held.findRedemption(input))).toMatchObject({ code: 'TIMEOUT' })
    speak()
    await held.close()
    // What went on by itself sent nothing.
    expect(hosted.requestsOf('redeem', code)).toHaveLength(0)
  })
})

describe('findRedemption on a hosted upstream', () => {
  it('tells what became of a key', async () => {
    const code = await hosted.createCoupon(5)
    const idempotencyKey = randomUUID()
    const find = () => client.findRedemption({ idempotencyKey })
    expect(await find()).toMatchObject({ reason: 'REDEMPTION_NOT_FOUND' })
    hosted.strike('redeem', code, { kind: 'reset-before' }, { onlyFirst: true })
    const input = { code, userId: 'ada', memo: 'till 7', idempotencyKey }
    await failureOf(client.redeem(input))
    expect(await find()).toMatchObject({ redemption: { status: 'PENDING', redeemedAt: null } })
    await expect
      .poll(() => stateOf(database, idempotencyKey), { timeout: 20_000 })
      .toBe('NO_EFFECT')
    expect(await find()).toMatchObject({ redemption: { status: 'REJECTED', redeemedAt: null } })
    await client.redeem(input)
    expect(await find()).toMatchObject({
      outcome: 'found',
      redemption: { code, status: 'REDEEMED', userId: 'ada', memo: 'till 7', idempotencyKey },
    })
  })

  it('is refused without a journal, as reservations are', async () => {
    const { client: forgetful } = openClient([hosted.proxy.url], { profile: 'hosted' })
    for (const call of [
      forgetful.findRedemption({ idempotencyKey: 'order-17' }),
      forgetful.reserve({ code: 'FRIENDS05' }),
    ]) {
      expect(await failureOf(call)).toMatchObject({ code: 'UNSUPPORTED' })
    }
  })
})

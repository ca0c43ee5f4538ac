import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type Answer,
  call,
  type DatabasePlace,
  onPglite,
  onPostgres,
  startApiProcess,
} from './api-under-test.ts'

/** Several batches more than are answered when the process is killed. */
const USERS = 1_000
const LIMIT = 800

const KILLED_AFTER = 20

interface LogRow {
  readonly ordinal: number
  readonly user: string
  readonly key: string
}

describe.each([
  ['PGlite', onPglite, (place: DatabasePlace) => openPglite(place.environment.DATA_DIR ?? '')],
  [
    'PostgreSQL',
    onPostgres,
    async (place: DatabasePlace) => openPostgres(place.environment.DATABASE_URL ?? ''),
  ],
] as const)('kill -9 in the middle of a burst, on %s', (_name, makePlace, open) => {
  let place: DatabasePlace
  let api: ServiceProcess
  beforeEach(async () => {
    place = await makePlace()
    api = await startApiProcess(place)
  })
  afterEach(() => place.remove())

  const redeem = (cpnNo: string, user: number): Promise<Answer | undefined> =>
    call(api.url, '/redeem', {
      method: 'PUT',
      body: { cpnNo, userId: `user-${user}` },
      headers: { 'Idempotency-Key': `key-${cpnNo}-${user}`, Prefer: 'return=representation' },
      // A lost answer: the outcome is not known.
    }).catch(() => undefined)

  async function readLog(database: Database, cpnNo: string) {
    const log = await database.query<LogRow>(
      `select ordinal, redemption.user_id as "user", idempotency_key as key
       from redemption join coupon on coupon.id = coupon_id where code = $1 order by ordinal`,
      [cpnNo],
    )
    const [counter] = await database.query<{ used: number }>(
      `select used from coupon_usage join coupon on coupon.id = coupon_id where code = $1`,
      [cpnNo],
    )
    return { log, used: counter?.used }
  }

  it('loses no answered redemption, and retries with the same keys have one effect', async () => {
    const { body } = await call(api.url, '/create', {
      method: 'POST',
      body: { discTypeIdx: 457, disc: 10, useLimit: LIMIT },
    })
    const cpnNo: string = body.result

    // Most of the burst is under way when the process is killed.
    let answered = 0
    let killed: Promise<void> | undefined
    const burst = Promise.all(
      Array.from({ length: USERS }, async (_, user) => {
        const answer = await redeem(cpnNo, user)
        if (answer !== undefined) answered += 1
        // On the answer itself: to look for it now and then would let the whole burst pass.
        if (answered === KILLED_AFTER) killed ??= api.kill()
        return answer
      }),
    )
    const before = await burst
    await killed
    const granted = before.flatMap((answer, user) => (answer?.body.code === 0 ? [user] : []))
    const lost = before.flatMap((answer, user) => (answer === undefined ? [user] : []))
    expect(granted.length).toBeGreaterThan(0)
    expect(lost.length).toBeGreaterThan(0)

    api = await startApiProcess(place)
    // Everybody asks again with his key: who was answered too, which must change nothing.
    const after = await Promise.all(before.map((_, user) => redeem(cpnNo, user)))
    for (const user of granted) {
      expect(after[user]?.body).toEqual(before[user]?.body)
      expect(after[user]?.headers.get('Idempotency-Replayed')).toBe('true')
    }
    const winners = after.flatMap((answer, user) => (answer?.body.code === 0 ? [user] : []))
    expect(winners).toHaveLength(LIMIT)
    for (const [user, answer] of after.entries()) {
      if (!winners.includes(user)) expect(answer?.body.error).toBe('EXHAUSTED')
    }
    await api.stop()

    const database = await open(place)
    const { log, used } = await readLog(database, cpnNo)
    await database.close()
    expect(used).toBe(LIMIT)
    expect(log.map(({ ordinal }) => ordinal)).toEqual(
      Array.from({ length: LIMIT }, (_, index) => index + 1),
    )
    // The log and what callers were told agree, redemption by redemption.
    expect(log.map(({ user, key, ordinal }) => ({ user, key, ordinal }))).toEqual(
      winners
        .map((user) => ({
          user: `user-${user}`,
          key: `key-${cpnNo}-${user}`,
          ordinal: after[user]?.body.result.ordinal,
        }))
        .sort((a, b) => a.ordinal - b.ordinal),
    )
  }, 120_000)
})

it('SIGTERM answers what is in flight before the process ends', async () => {
  const place = await onPostgres()
  const api = await startApiProcess(place)
  const inFlight = Array.from({ length: 50 }, (_, index) =>
    call(api.url, '/redeem', { method: 'PUT', body: { cpnNo: 'BIGSALE10K', userId: `u${index}` } }),
  )
  // The first answer proves that requests have arrived.
  await Promise.any(inFlight)
  const stopped = api.stop()
  const outcomes = await Promise.allSettled(inFlight)
  await stopped
  expect(await api.exited).toBe(0)
  const answered = outcomes.flatMap((it) => (it.status === 'fulfilled' ? [it.value.body.code] : []))
  // A connection that was not accepted yet is refused, which is clear; nothing is answered half.
  expect(answered.every((code) => code === 0)).toBe(true)

  const again = await startApiProcess(place)
  const { body } = await call(again.url, '/validate?cpnNo=BIGSALE10K')
  expect(body.result.useCnt).toBe(answered.length)
  await again.stop()
})

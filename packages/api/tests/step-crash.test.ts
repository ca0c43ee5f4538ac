import { findDifferences } from '@coupon-gateway/core'
import { openPostgres } from '@coupon-gateway/database'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { expect, it } from 'vitest'
import { type Answer, call, onPostgres, startApiProcess } from './api-under-test.ts'

/** Of each step; more than are answered when the process is killed. */
const USERS = 150
const KILLED_AFTER = 20

/** On PostgreSQL alone: what a crash of the embedded database keeps is told by `crash.test.ts`. */
it('kill -9 in the middle of many checkouts: every reservation, confirmation and rollback happens once', async () => {
  const place = await onPostgres()
  let api: ServiceProcess = await startApiProcess(place)
  const post = (path: string, body: object, key: string) =>
    call(api.url, path, {
      method: 'POST',
      body,
      headers: { 'Idempotency-Key': key, Prefer: 'return=representation' },
    })
  const created = await post(
    '/create',
    { discTypeIdx: 457, disc: 10, useLimit: 3 * USERS },
    'create',
  )
  const { cpnNo } = created.body.result
  const users = Array.from({ length: USERS }, (_, user) => user)
  const take = (path: string, purpose: string) =>
    Promise.all(
      users.map((user) =>
        post(path, { cpnNo, userId: `${purpose}-${user}` }, `prepare-${purpose}-${user}`),
      ),
    )
  const reserved = await take('/reserve', 'confirms')
  const redeemed = await take('/redeem', 'rolls-back')

  const requests = users.flatMap((user) => [
    { path: '/reserve', body: { cpnNo, userId: `reserves-${user}` }, status: undefined },
    {
      path: '/confirm',
      body: { reservationId: reserved[user]?.body.result.reservationId },
      status: 'REDEEMED',
    },
    {
      path: '/rollback',
      body: { redemptionId: redeemed[user]?.body.result.redemptionId, reason: 'cancelled' },
      status: 'ROLLED_BACK',
    },
  ])
  const send = (index: number) => {
    const { path, body } = requests[index] as (typeof requests)[number]
    return post(path, body, `${path}-${index}`)
  }

  let answered = 0
  let killed: Promise<void> | undefined
  const before = await Promise.all(
    requests.map(async (_, index): Promise<Answer | undefined> => {
      // Without an answer the outcome is not known.
      const answer = await send(index).catch((error) => {
        if (error instanceof TypeError) return undefined
        throw error
      })
      if (answer !== undefined) answered += 1
      if (answered === KILLED_AFTER) killed ??= api.kill()
      return answer
    }),
  )
  await killed
  expect(answered).toBeGreaterThan(0)
  expect(before).toContain(undefined)

  api = await startApiProcess(place)
  // Everybody asks again with his key: who was answered too, which must change nothing.
  const after = await Promise.all(requests.map((_, index) => send(index)))
  for (const [index, answer] of after.entries()) {
    expect(answer.body.code).toBe(0)
    expect(answer.body.result.status).toBe(requests[index]?.status)
    const first = before[index]
    if (first === undefined) continue
    expect(answer.body).toEqual(first.body)
    expect(answer.headers.get('Idempotency-Replayed')).toBe('true')
  }
  await api.stop()

  const database = openPostgres(place.environment.DATABASE_URL ?? '', { poolSize: 1 })
  const differences = await findDifferences(database)
  const states = await database.query(
    `select status, count(*)::int as redemptions from redemption join coupon on coupon.id = coupon_id
     where code = $1 group by status order by status`,
    [cpnNo],
  )
  await database.close()
  expect(differences).toEqual([])
  expect(states).toEqual([
    { status: 'REDEEMED', redemptions: USERS },
    { status: 'RESERVED', redemptions: USERS },
    { status: 'ROLLED_BACK', redemptions: USERS },
  ])
})

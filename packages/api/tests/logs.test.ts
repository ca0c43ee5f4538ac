import { randomUUID } from 'node:crypto'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, callRaw, type DatabasePlace, onPostgres, startApiProcess } from './api-under-test.ts'

/** Everything that must not get into a log, told apart by its name. */
const SECRET = {
  key: 'demo_personal_key',
  wrongKey: 'SECRET_WRONG_KEY',
  code: 'SECRETCODE42',
  password: 'SECRET_PASSWORD',
  wrongPassword: 'SECRET_GUESS',
  idempotencyKey: 'SECRET_IDEMPOTENCY',
  user: 'SECRET_USER',
  memo: 'SECRET_MEMO',
  reason: 'SECRET_REASON',
}

let place: DatabasePlace
let api: ServiceProcess
beforeAll(async () => {
  place = await onPostgres()
  api = await startApiProcess({
    ...place,
    environment: { ...place.environment, LOG_LEVEL: 'trace' },
  })
})
afterAll(async () => {
  await api.stop()
  await place.remove()
})

const send = (method: string, path: string, body?: object, key?: string) =>
  call(api.url, path, {
    method,
    headers: {
      'Idempotency-Key': `${SECRET.idempotencyKey}-${randomUUID()}`,
      Prefer: 'return=representation',
    },
    ...(body === undefined ? {} : { body }),
    ...(key === undefined ? {} : { key }),
  })

it('no log line has a key, a coupon number, a password or whose they are, at any level', async () => {
  const { code: cpnNo, password: onsitePwd, user: userId, memo, reason } = SECRET
  const coupon = { cpnNo, discTypeIdx: 457, disc: 10, useLimit: 5, onsiteYn: 'Y', onsitePwd, memo }
  expect((await send('POST', '/create', coupon)).body.code).toBe(0)
  await send('POST', '/create', coupon)
  await send('POST', '/create', { ...coupon, disc: 0 })
  await send('GET', `/validate?cpnNo=${cpnNo}&userId=${userId}`)
  await send('GET', `/validate?cpnNo=${cpnNo}`, undefined, SECRET.wrongKey)
  await send('POST', '/validate/batch', { cpnNos: [cpnNo], userId })
  await send('PUT', '/redeem', { cpnNo, userId, onsitePwd: SECRET.wrongPassword })
  const redeemed = await send('PUT', '/redeem', { cpnNo, userId, memo, onsitePwd })
  expect(redeemed.body.code).toBe(0)
  await send('POST', '/rollback', { redemptionId: redeemed.body.result.redemptionId, reason })
  const reserved = await send('POST', '/reserve', { cpnNo, userId, onsitePwd })
  await send('POST', '/confirm', { reservationId: reserved.body.result.reservationId })
  await send('GET', `/redemptions?cpnNo=${cpnNo}&userId=${userId}`)
  await send('GET', `/redemptions?idempotencyKey=${SECRET.idempotencyKey}`)
  await send('PUT', '/update', { cpnNo, memo: SECRET.memo })
  await send('GET', `/nothing?cpnNo=${cpnNo}`)
  await send('DELETE', `/delete?cpnNo=${cpnNo}`)
  await callRaw(
    api.url,
    `GET /?cpnNo=${cpnNo} HTTP/4.2\r\nAuthorization: APIKey ${SECRET.key}\r\n\r\n`,
  )

  const log = api.output()
  expect(log.match(/"responseTime"/g)?.length).toBeGreaterThan(15)
  const told = Object.values(SECRET).filter((secret) => log.includes(secret))
  expect(told).toEqual([])
})

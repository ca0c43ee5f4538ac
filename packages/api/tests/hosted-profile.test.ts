import { randomUUID } from 'node:crypto'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILES } from '../src/api-profile.ts'
import {
  type CallOptions,
  callUndescribed as call,
  callRaw,
  type DatabasePlace,
  onPglite,
  startApiProcess,
} from './api-under-test.ts'

let place: DatabasePlace
let api: ServiceProcess
beforeAll(async () => {
  place = await onPglite()
  api = await startApiProcess({
    ...place,
    environment: { ...place.environment, API_PROFILE: 'hosted' },
  })
})
afterAll(async () => {
  await api.stop()
  await place.remove()
})

const send = (path: string, options?: CallOptions) => call(api.url, path, options)
const create = async (fields: object = {}) => {
  const body = { discTypeIdx: 457, disc: 10, ...fields }
  const answer = await send('/create', { method: 'POST', body })
  expect(answer.body).toMatchObject({ code: 0 })
  return answer.body.result as string
}
const redeem = (body: object, options: CallOptions = {}) =>
  send('/redeem', { method: 'PUT', body, ...options })
/** A call whose answer need not be JSON. */
const fetchPage = async (path: string, options: RequestInit = {}) => {
  const Authorization = 'APIKey demo_personal_key'
  const response = await fetch(`${api.url}${path}`, { headers: { Authorization }, ...options })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

describe('with API_PROFILE=hosted', () => {
  it('a repeat with the same Idempotency-Key is a second redemption', async () => {
    const cpnNo = await create()
    const headers = { 'Idempotency-Key': randomUUID(), Prefer: 'return=representation' }
    for (const _ of ['first', 'repeat']) {
      const answer = await redeem({ cpnNo }, { headers })
      expect(answer.body).toEqual({ code: 0, message: '', result: null })
      expect(answer.headers.has('Idempotency-Replayed')).toBe(false)
      expect(answer.headers.has('Preference-Applied')).toBe(false)
    }
    expect((await send(`/validate?cpnNo=${cpnNo}`)).body.result.useCnt).toBe(2)
  })

  it('even what is no key at all is passed over', async () => {
    const headers = { 'Idempotency-Key': '""' }
    expect((await redeem({ cpnNo: await create() }, { headers })).body.code).toBe(0)
  })

  it('an error has the numbers of the contract, and no symbol', async () => {
    const answer = await redeem({ cpnNo: 'EXPIRED01' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({ code: 1003, message: expect.stringMatching(/./), result: null })
  })

  it('input that is wrong is told in the envelope, which comes with 2xx only', async () => {
    const answer = await redeem({ cpnNo: 'short' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      code: 2001,
      message: expect.stringContaining('cpnNo'),
      result: null,
    })
  })

  it.each([
    ['more than five uses', '/create', 'POST', { discTypeIdx: 457, disc: 10, useLimit: 6 }],
    ['userLimit', '/create', 'POST', { discTypeIdx: 457, disc: 10, userLimit: 1 }],
    ['userLimit', '/update', 'PUT', { cpnNo: 'WELCOME10', userLimit: 1 }],
  ])('%s is refused by %s', async (_what, path, method, body) => {
    expect((await send(path, { method, body })).body.code).toBe(2001)
  })

  it('validate knows no userId', async () => {
    const { body } = await send('/validate?cpnNo=WELCOME10&userId=ada')
    expect(body).toMatchObject({ code: 2001, message: expect.stringContaining('userId') })
  })

  it.each([
    ['POST', '/api/coupon/v1/redeem'],
    ['POST', '/api/coupon/v1/reserve'],
    ['POST', '/api/coupon/v1/confirm'],
    ['POST', '/api/coupon/v1/release'],
    ['POST', '/api/coupon/v1/rollback'],
    ['POST', '/api/coupon/v1/validate/batch'],
    ['POST', '/api/coupon/v1/create/bulk'],
    ['GET', '/api/coupon/v1/redemptions'],
    ['GET', '/api/coupon/v1/list'],
    ['GET', '/docs'],
    ['GET', '/openapi.json'],
    ['GET', '/nothing'],
  ])('%s %s is a 404 without the envelope', async (method, path) => {
    const answer = await fetchPage(path, { method })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/html/)
    expect(() => JSON.parse(answer.text)).toThrow()
  })

  it('a caller without User-Agent is a 403 without the envelope', async () => {
    const { hostname, port } = new URL(api.url)
    const lines = [
      'GET /api/coupon/v1/validate?cpnNo=WELCOME10 HTTP/1.1',
      `Host: ${hostname}:${port}`,
      'Authorization: APIKey demo_personal_key',
      'Connection: close',
    ]
    const bare = `${lines.join('\r\n')}\r\n\r\n`
    await expect(callRaw(api.url, bare)).rejects.toThrow('not valid JSON')
    const named = bare.replace('\r\n\r\n', '\r\nUser-Agent: till/1.0\r\n\r\n')
    expect(await callRaw(api.url, named)).toMatchObject({ status: 200, body: { code: 0 } })
  })

  it.each([
    [401, 'nobody'],
    [403, 'demo_free_key'],
  ])('a %i has a page for people, and no envelope', async (status, key) => {
    const answer = await fetchPage('/api/coupon/v1/validate?cpnNo=WELCOME10', {
      headers: { Authorization: `APIKey ${key}` },
    })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('Content-Type')).toMatch(/^text\/html/)
    expect(answer.text).toContain(String(status))
  })

  it('a deleted single-use coupon can be created again under its code', async () => {
    const cpnNo = await create({ useLimit: 1 })
    expect((await redeem({ cpnNo })).body.code).toBe(0)
    expect((await redeem({ cpnNo })).body.code).toBe(1004)
    expect((await send(`/delete?cpnNo=${cpnNo}`, { method: 'DELETE' })).body.code).toBe(0)
    expect(await create({ cpnNo, useLimit: 1 })).toBe(cpnNo)
    expect((await redeem({ cpnNo })).body.code).toBe(0)
  })

  it('too many wrong passwords are a coupon that cannot be used, and no window of the key', async () => {
    const cpnNo = await create({ onsiteYn: 'Y', onsitePwd: '4242' })
    for (let tries = 0; tries < 5; tries += 1) await redeem({ cpnNo, onsitePwd: '0' })
    const answer = await redeem({ cpnNo, onsitePwd: '4242' })
    expect([answer.status, answer.body.code]).toEqual([200, 1009])
    expect(answer.headers.has('Retry-After')).toBe(false)
  })

  it('no answer has a header that the contract does not document', async () => {
    const { headers } = await send('/validate?cpnNo=WELCOME10')
    for (const name of PROFILES.hosted.withheldHeaders) expect(headers.has(name)).toBe(false)
  })

  it('is still live and ready for who watches over the process', async () => {
    expect((await fetchPage('/readyz')).status).toBe(200)
  })
})

import { randomUUID } from 'node:crypto'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CallOptions,
  call,
  type DatabasePlace,
  onPglite,
  onPostgres,
  saveGroups,
  startApiProcess,
} from './api-under-test.ts'
import { readCoupon } from './coupon-command.ts'

const NO_REDEMPTION = '01a20c8f-3b1e-7cc2-9f0a-5d1f6a3f2b11'
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

describe.each([
  ['PGlite', onPglite],
  ['PostgreSQL', onPostgres],
])('our extensions on %s', (_name, makePlace) => {
  let place: DatabasePlace
  let api: ServiceProcess
  let otherKey: string
  beforeAll(async () => {
    place = await makePlace()
    await saveGroups(place, { group: [7] })
    const coupon = (...args: string[]) => readCoupon(place.environment, ...args)
    await coupon('account', 'create', 'another', '--time-zone', 'UTC')
    otherKey = (await coupon('key', 'create', 'another', '--label', 'test', '--lift-rate-limits'))
      .key
    api = await startApiProcess(place)
  })
  afterAll(async () => {
    await api.stop()
    await place.remove()
  })

  const send = (path: string, options?: CallOptions) => call(api.url, path, options)
  const post = (path: string, body: object, options: CallOptions = {}) =>
    send(path, {
      method: 'POST',
      body,
      ...options,
      headers: { 'Idempotency-Key': randomUUID(), ...options.headers },
    })
  const create = async (fields: object = {}, options: CallOptions = {}) => {
    const { body } = await post('/create', { discTypeIdx: 457, disc: 10, ...fields }, options)
    expect(body).toMatchObject({ code: 0 })
    return body.result as string
  }
  const reserve = async (cpnNo: string, fields: object = {}) => {
    const { body } = await post('/reserve', { cpnNo, ...fields })
    expect(body).toMatchObject({ code: 0 })
    return body.result.reservationId as string
  }
  const redeem = async (cpnNo: string, fields: object = {}, options: CallOptions = {}) => {
    const { body } = await post(
      '/redeem',
      { cpnNo, ...fields },
      { ...options, headers: { Prefer: 'return=representation', ...options.headers } },
    )
    expect(body).toMatchObject({ code: 0 })
    return body.result.redemptionId as string
  }
  const outcomeOf = async (path: string, body: object) =>
    (await post(path, body)).body.error ?? 'done'

  describe('validate/batch', () => {
    it('says of each number what validate says, in the order asked', async () => {
      const cpnNo = await create({ useLimit: 2 })
      await redeem(cpnNo, { userId: 'ada' })
      const { body } = await send('/validate/batch', {
        method: 'POST',
        body: {
          cpnNos: [cpnNo, 'EXPIRED01', 'NOSUCHCODE', 'no code', cpnNo.toLowerCase()],
          userId: 'ada',
        },
      })
      const coupon = expect.objectContaining({ cpnNo, useCnt: 1, userLimit: 1, onsitePwd: '' })
      expect(body).toEqual({
        code: 0,
        message: '',
        result: [
          { cpnNo, valid: false, error: 'ALREADY_REDEEMED_BY_USER', coupon },
          {
            cpnNo: 'EXPIRED01',
            valid: false,
            error: 'EXPIRED',
            coupon: expect.objectContaining({ cpnNo: 'EXPIRED01' }),
          },
          { cpnNo: 'NOSUCHCODE', valid: false, error: 'NOT_FOUND' },
          { cpnNo: 'no code', valid: false, error: 'INVALID_INPUT' },
          {
            cpnNo: cpnNo.toLowerCase(),
            valid: false,
            error: 'ALREADY_REDEEMED_BY_USER',
            coupon,
          },
        ],
      })
      const forNobody = await send('/validate/batch', { method: 'POST', body: { cpnNos: [cpnNo] } })
      expect(forNobody.body.result).toEqual([{ cpnNo, valid: true, coupon }])
    })

    it.each([
      ['no list', {}, 'cpnNos', 'is missing'],
      ['an empty list', { cpnNos: [] }, 'cpnNos', 'is a list of 0 items'],
      [
        'a list too long',
        { cpnNos: Array(101).fill('WELCOME10') },
        'cpnNos',
        'is a list of 101 items',
      ],
      ['a number', { cpnNos: ['WELCOME10', 7] }, 'cpnNos.1', 'is 7'],
    ])('refuses %s', async (_what, body, field, problem) => {
      const answer = await send('/validate/batch', { method: 'POST', body })
      expect([answer.status, answer.body.error]).toEqual([400, 'INVALID_INPUT'])
      expect(answer.body.result).toMatchObject([{ field, problem }])
    })

    it('answers 100 numbers', async () => {
      const cpnNos = Array.from({ length: 100 }, () => 'WELCOME10')
      const { body } = await send('/validate/batch', { method: 'POST', body: { cpnNos } })
      expect(body.result).toHaveLength(100)
    })
  })

  describe('a checkout', () => {
    it('reserves, and confirms once the payment is made', async () => {
      const cpnNo = await create({ useLimit: 2 })
      const idempotencyKey = randomUUID()
      const reserved = await post(
        '/reserve',
        { cpnNo, userId: 'ada', memo: 'order 7', ttlSeconds: 60 },
        { headers: { 'Idempotency-Key': idempotencyKey } },
      )
      expect(reserved.body).toEqual({
        code: 0,
        message: '',
        result: {
          reservationId: expect.any(String),
          expiresAt: expect.stringMatching(ISO_TIME),
          ordinal: 1,
        },
      })
      const { reservationId, expiresAt } = reserved.body.result
      const { body } = await post('/confirm', { reservationId })
      expect(body.result).toEqual({
        redemptionId: reservationId,
        cpnNo,
        cpnId: expect.any(String),
        status: 'REDEEMED',
        ordinal: 1,
        userId: 'ada',
        memo: 'order 7',
        idempotencyKey,
        takenAt: expect.stringMatching(ISO_TIME),
        redeemedAt: expect.stringMatching(ISO_TIME),
        expiresAt,
        endedAt: null,
        rollbackReason: null,
      })
      expect((await send(`/redemptions/${reservationId}`)).body.result).toEqual(body.result)
      expect((await send(`/validate?cpnNo=${cpnNo}`)).body.result.useCnt).toBe(1)
    })

    it('holds a unit: to others it is ALL_HELD, until it is released', async () => {
      const cpnNo = await create({ useLimit: 1 })
      const reservationId = await reserve(cpnNo)
      expect(await outcomeOf('/redeem', { cpnNo })).toBe('ALL_HELD')
      const held = await send(`/validate?cpnNo=${cpnNo}`, {
        headers: { Prefer: 'return=representation' },
      })
      expect(held.body).toMatchObject({
        error: 'ALL_HELD',
        result: { useCnt: 0, heldCnt: 1, remaining: 0 },
      })
      const { body } = await post('/release', { reservationId })
      expect(body.result).toMatchObject({ status: 'RELEASED', redeemedAt: null })
      expect(body.result.endedAt).toMatch(ISO_TIME)
      expect(await outcomeOf('/release', { reservationId })).toBe('done')
      expect(await outcomeOf('/confirm', { reservationId })).toBe('RESERVATION_NOT_FOUND')
      expect(await outcomeOf('/redeem', { cpnNo })).toBe('done')
    })

    it('says RESERVATION_EXPIRED when its time is over and the unit is gone', async () => {
      const cpnNo = await create({ useLimit: 1 })
      const reservationId = await reserve(cpnNo, { ttlSeconds: 1 })
      // The unit comes back by the database's clock, whenever that is.
      while ((await outcomeOf('/redeem', { cpnNo })) !== 'done') {}
      expect(await outcomeOf('/confirm', { reservationId })).toBe('RESERVATION_EXPIRED')
      expect((await send(`/redemptions/${reservationId}`)).body.result.status).toBe('EXPIRED')
    })

    it('demands the on-site password to reserve, and counts wrong ones', async () => {
      const cpnNo = await create({ onsiteYn: 'Y', onsitePwd: '4242' })
      expect(await outcomeOf('/reserve', { cpnNo })).toBe('ONSITE_PASSWORD_REQUIRED')
      for (let tries = 0; tries < 5; tries += 1) {
        expect(await outcomeOf('/reserve', { cpnNo, onsitePwd: '0' })).toBe('ONSITE_PASSWORD_WRONG')
      }
      const { status, body } = await post('/reserve', { cpnNo, onsitePwd: '4242' })
      expect([status, body.error]).toEqual([429, 'TOO_MANY_ATTEMPTS'])
    })

    it.each([0, 86_401, 1.5, '60'])('refuses a ttlSeconds of %j', async (ttlSeconds) => {
      const { status, body } = await post('/reserve', { cpnNo: 'WELCOME10', ttlSeconds })
      expect([status, body.error]).toEqual([400, 'INVALID_INPUT'])
      expect(body.result).toMatchObject([
        { field: 'ttlSeconds', allowed: 'an integer from 1 to 86400' },
      ])
    })
  })

  describe('rollback', () => {
    it('gives the unit back once, and keeps the redemption in the log with the reason', async () => {
      const cpnNo = await create({ useLimit: 1 })
      const redemptionId = await redeem(cpnNo)
      const { body } = await post('/rollback', { redemptionId, reason: 'order cancelled' })
      expect(body.result).toMatchObject({
        redemptionId,
        status: 'ROLLED_BACK',
        rollbackReason: 'order cancelled',
      })
      expect(await outcomeOf('/rollback', { redemptionId, reason: 'again' })).toBe(
        'ALREADY_ROLLED_BACK',
      )
      expect(await outcomeOf('/redeem', { cpnNo })).toBe('done')
    })

    it.each([
      ['no reason', {}, 'reason'],
      ['an empty reason', { reason: '' }, 'reason'],
      ['a reason too long', { reason: 'x'.repeat(501) }, 'reason'],
      ['NUL in the reason', { reason: 'a\0b' }, 'reason'],
      ['an id that is none', { reason: 'x', redemptionId: '' }, 'redemptionId'],
    ])('refuses %s', async (_what, fields, field) => {
      const { status, body } = await post('/rollback', { redemptionId: NO_REDEMPTION, ...fields })
      expect([status, body.error, body.result[0].field]).toEqual([400, 'INVALID_INPUT', field])
    })
  })

  it.each([
    ['/confirm', { reservationId: NO_REDEMPTION }, 1012, 'RESERVATION_NOT_FOUND'],
    ['/release', { reservationId: 'made-up' }, 1012, 'RESERVATION_NOT_FOUND'],
    ['/rollback', { redemptionId: NO_REDEMPTION, reason: 'x' }, 1014, 'REDEMPTION_NOT_FOUND'],
  ])('%s of what is not there is an answer, not a failure', async (path, body, code, error) => {
    const answer = await post(path, body)
    expect([answer.status, answer.body.code, answer.body.error]).toEqual([200, code, error])
  })

  describe('the key of a write of ours', () => {
    const bodies = async () => {
      const cpnNo = await create({ useLimit: 9, userLimit: 9 })
      const userId = 'ada'
      return {
        '/reserve': { cpnNo, userId },
        '/confirm': { reservationId: await reserve(cpnNo, { userId }) },
        '/release': { reservationId: await reserve(cpnNo, { userId }) },
        '/rollback': { redemptionId: await redeem(cpnNo, { userId }), reason: 'x' },
      }
    }

    it('is required', async () => {
      for (const [path, body] of Object.entries(await bodies())) {
        const answer = await send(path, { method: 'POST', body })
        expect([answer.status, answer.body.code, answer.body.error]).toEqual([
          400,
          2002,
          'IDEMPOTENCY_KEY_REQUIRED',
        ])
      }
    })

    it('has one effect, marks the replay, and is refused for any other request', async () => {
      for (const [path, body] of Object.entries(await bodies())) {
        const headers = { 'Idempotency-Key': randomUUID() }
        const first = await post(path, body, { headers })
        const again = await post(path, body, { headers })
        expect(first.body.code).toBe(0)
        expect(first.headers.has('Idempotency-Replayed')).toBe(false)
        expect(again.headers.get('Idempotency-Replayed')).toBe('true')
        expect(again.body).toEqual(first.body)
        const other = await post('/reserve', { cpnNo: 'WELCOME10' }, { headers })
        expect([other.status, other.body.error]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
      }
    })

    it('gets the first answer again also when the redemption has moved on since', async () => {
      const cpnNo = await create({ useLimit: 1 })
      const reservationId = await reserve(cpnNo)
      const headers = { 'Idempotency-Key': randomUUID() }
      const confirmed = await post('/confirm', { reservationId }, { headers })
      await post('/rollback', { redemptionId: reservationId, reason: 'returned' })
      const again = await post('/confirm', { reservationId }, { headers })
      expect(again.body).toEqual(confirmed.body)
      expect(again.body.result.status).toBe('REDEEMED')
    })
  })

  describe('the log', () => {
    it('is paged newest first, and filtered by what is asked for', async () => {
      const cpnNo = await create({ useLimit: 9, userLimit: 9 })
      const ids: string[] = []
      for (const userId of ['ada', 'bob', 'ada']) ids.unshift(await redeem(cpnNo, { userId }))
      await post('/rollback', { redemptionId: ids[0] ?? '', reason: 'x' })
      const idsOf = async (query: string) => {
        const { body } = await send(`/redemptions?cpnNo=${cpnNo.toLowerCase()}&${query}`)
        const { redemptions, nextCursor } = body.result
        return [...redemptions.map((it: { redemptionId: string }) => it.redemptionId), nextCursor]
      }
      expect(await idsOf('')).toEqual([...ids, null])
      expect(await idsOf('limit=2')).toEqual([ids[0], ids[1], ids[1]])
      expect(await idsOf(`limit=2&cursor=${ids[1]}`)).toEqual([ids[2], null])
      expect(await idsOf('userId=ada')).toEqual([ids[0], ids[2], null])
      expect(await idsOf('status=ROLLED_BACK')).toEqual([ids[0], null])
      expect(await idsOf('status=REDEEMED&userId=bob&from=&to=&cursor=&limit=')).toEqual([
        ids[1],
        null,
      ])
      const { takenAt } = (await send(`/redemptions/${ids[1]}`)).body.result
      const later = new Date(Date.parse(takenAt) + 1).toISOString()
      expect(await idsOf(`from=${takenAt}&to=${later}`)).toContain(ids[1])
      expect(await idsOf(`to=${takenAt}`)).not.toContain(ids[1])
      expect(await idsOf('from=2999-01-01T00:00:00%2B09:00')).toEqual([null])
    })

    it.each([
      ['cpnNo=x', 'cpnNo'],
      ['status=DONE', 'status'],
      ['from=2026-11-24', 'from'],
      ['from=2026-11-24T00:00:00+09:00', 'from'],
      ['to=2026-02-30T00:00:00Z', 'to'],
      ['cursor=2', 'cursor'],
      ['limit=0', 'limit'],
      ['limit=1001', 'limit'],
      ['limit=ten', 'limit'],
      ['idempotencyKey=', 'idempotencyKey'],
      ['idempotencyKey=k&userId=ada', 'userId'],
      ['page=2', 'page'],
    ])('refuses ?%s', async (query, field) => {
      const { status, body } = await send(`/redemptions?${query}`)
      expect([status, body.error]).toEqual([400, 'INVALID_INPUT'])
      expect(body.result).toMatchObject([{ field }])
    })

    it('tells one redemption by its id, and by the key that it was taken under', async () => {
      const idempotencyKey = `order/${randomUUID()}?a=1&b`
      const redemptionId = await redeem(
        'WELCOME10',
        { userId: randomUUID() },
        { headers: { 'Idempotency-Key': idempotencyKey } },
      )
      const byId = await send(`/redemptions/${redemptionId}`)
      expect(byId.body.result).toMatchObject({ redemptionId, idempotencyKey })
      const byKey = await send(`/redemptions?idempotencyKey=${encodeURIComponent(idempotencyKey)}`)
      expect(byKey.body).toEqual(byId.body)
      for (const path of [
        `/redemptions/${NO_REDEMPTION}`,
        '/redemptions/made-up',
        '/redemptions?idempotencyKey=unknown',
      ]) {
        expect((await send(path)).body).toMatchObject({ code: 1014, error: 'REDEMPTION_NOT_FOUND' })
      }
    })

    it('comes as CSV, every text in quotes and no formula in it', async () => {
      const cpnNo = await create({ useLimit: 9, userLimit: 9 })
      const memo = '=cmd|"/C calc"!A0, or\r\nmore'
      const reservationId = await reserve(cpnNo, { userId: '+49', memo })
      const redemptionId = await redeem(cpnNo, { userId: 'ada' })
      const response = await fetchLog(`cpnNo=${cpnNo}`, 'text/csv')
      expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present')
      expect(response.headers.get('Content-Disposition')).toContain('redemptions.csv')
      const text = await response.text()
      const [head, first] = text.split('\r\n')
      expect(head).toBe(
        '"redemptionId","cpnNo","cpnId","status","ordinal","userId","memo","idempotencyKey","takenAt","redeemedAt","expiresAt","endedAt","rollbackReason"',
      )
      expect(first).toMatch(
        new RegExp(`^"${redemptionId}","${cpnNo}","[^"]+","REDEEMED",2,"ada","","[^"]+","[^"]+Z"`),
      )
      expect(text).toContain(`"${reservationId}","${cpnNo}",`)
      expect(text).toContain(`"RESERVED",1,"'+49","'=cmd|""/C calc""!A0, or\r\nmore",`)
      expect(text.endsWith(',,\r\n')).toBe(true)
    })

    it('comes as NDJSON: all rows as the pages have them, or those after a cursor', async () => {
      const cpnNo = await create({ useLimit: 9, userLimit: 9 })
      for (let count = 0; count < 3; count += 1) await redeem(cpnNo, { userId: 'ada' })
      const { redemptions } = (await send(`/redemptions?cpnNo=${cpnNo}`)).body.result
      const rowsOf = async (query: string) =>
        (await (await fetchLog(query, 'application/x-ndjson')).text())
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line))
      expect(await rowsOf(`cpnNo=${cpnNo}`)).toEqual(redemptions)
      expect(await rowsOf(`cpnNo=${cpnNo}&cursor=${redemptions[0].redemptionId}`)).toEqual(
        redemptions.slice(1),
      )
      expect(await rowsOf('from=2999-01-01T00:00:00Z')).toEqual([])
    })

    it('is exported without a limit, and not for HEAD', async () => {
      const response = await fetchLog('limit=5', 'text/csv')
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ result: [{ field: 'limit' }] })
      const head = await fetch(`${api.url}/api/coupon/v1/redemptions`, {
        method: 'HEAD',
        headers: { Authorization: 'APIKey demo_personal_key' },
      })
      expect(head.status).toBe(404)
    })

    const fetchLog = (query: string, accept: string) =>
      fetch(`${api.url}/api/coupon/v1/redemptions?${query}`, {
        headers: { Authorization: 'APIKey demo_personal_key', Accept: accept },
      })
  })

  describe('list', () => {
    it('has the coupons newest first, or those of a group', async () => {
      const grpIdx = 7
      const [one, two, three] = [
        await create({ grpIdx }),
        await create({ grpIdx }),
        await create({ grpIdx }),
      ]
      const codesOf = async (query: string) => {
        const { coupons, nextCursor } = (await send(`/list?${query}`)).body.result
        return [coupons.map((it: { cpnNo: string }) => it.cpnNo), nextCursor]
      }
      expect(await codesOf(`grpIdx=${grpIdx}`)).toEqual([[three, two, one], null])
      const [firstPage, cursor] = await codesOf(`grpIdx=${grpIdx}&limit=2`)
      expect(firstPage).toEqual([three, two])
      expect(await codesOf(`grpIdx=${grpIdx}&limit=2&cursor=${cursor}`)).toEqual([[one], null])
      expect((await codesOf('grpIdx=&limit=1&cursor='))[0]).toEqual([three])
      expect(await codesOf('grpIdx=9999999999')).toEqual([[], null])
    })

    it.each([
      ['grpIdx=0', 'grpIdx'],
      ['grpIdx=all', 'grpIdx'],
      ['cursor=WELCOME10', 'cursor'],
      ['limit=-1', 'limit'],
    ])('refuses ?%s', async (query, field) => {
      const { status, body } = await send(`/list?${query}`)
      expect([status, body.error, body.result[0].field]).toEqual([400, 'INVALID_INPUT', field])
    })
  })

  it('shows and gives nothing to another account', async () => {
    const cpnNo = await create({ useLimit: 9 })
    const redemptionId = await redeem(cpnNo, { userId: 'ada' })
    const reservationId = await reserve(cpnNo, { userId: 'bob' })
    const { idempotencyKey } = (await send(`/redemptions/${redemptionId}`)).body.result
    const key = otherKey
    const errorOf = async (path: string, options: CallOptions = {}) =>
      (await send(path, { key, ...options })).body.error
    const errorOfPost = async (path: string, body: object) =>
      (await post(path, body, { key })).body.error
    expect(await errorOf(`/redemptions/${redemptionId}`)).toBe('REDEMPTION_NOT_FOUND')
    expect(await errorOf(`/redemptions?idempotencyKey=${idempotencyKey}`)).toBe(
      'REDEMPTION_NOT_FOUND',
    )
    expect(await errorOfPost('/confirm', { reservationId })).toBe('RESERVATION_NOT_FOUND')
    expect(await errorOfPost('/release', { reservationId })).toBe('RESERVATION_NOT_FOUND')
    expect(await errorOfPost('/rollback', { redemptionId, reason: 'x' })).toBe(
      'REDEMPTION_NOT_FOUND',
    )
    expect(await errorOfPost('/reserve', { cpnNo })).toBe('NOT_FOUND')
    const batch = { method: 'POST', body: { cpnNos: [cpnNo] }, key }
    expect((await send('/validate/batch', batch)).body.result).toEqual([
      { cpnNo, valid: false, error: 'NOT_FOUND' },
    ])
    expect((await send('/redemptions', { key })).body.result.redemptions).toEqual([])
    expect((await send('/list', { key })).body.result.coupons).toEqual([])
    const csv = await fetch(`${api.url}/api/coupon/v1/redemptions`, {
      headers: { Authorization: `APIKey ${key}`, Accept: 'application/x-ndjson' },
    })
    expect(await csv.text()).toBe('')
    // It has a coupon of the same number, and only that.
    expect(await create({ cpnNo }, { key })).toBe(cpnNo)
    const mine = await post('/redeem', { cpnNo }, { key })
    expect(mine.body.code).toBe(0)
    expect(
      (await send(`/redemptions?cpnNo=${cpnNo}`, { key })).body.result.redemptions,
    ).toHaveLength(1)
    expect((await send(`/redemptions?cpnNo=${cpnNo}`)).body.result.redemptions).toHaveLength(2)
    const free = await send('/redemptions', { key: 'demo_free_key' })
    expect(free.body.error).toBe('PLAN_UPGRADE_REQUIRED')
  })
})

import { randomUUID } from 'node:crypto'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CallOptions,
  call,
  callRaw,
  type DatabasePlace,
  onPglite,
  onPostgres,
  saveGroups,
  startApiProcess,
} from './api-under-test.ts'

describe.each([
  ['PGlite', onPglite],
  ['PostgreSQL', onPostgres],
])('the contract on %s', (_name, makePlace) => {
  let place: DatabasePlace
  let api: ServiceProcess
  beforeAll(async () => {
    place = await makePlace()
    await saveGroups(place, { group: [7, 271], template: [8] })
    api = await startApiProcess(place)
  })
  afterAll(async () => {
    await api.stop()
    await place.remove()
  })
  const send = (path: string, options?: CallOptions) => call(api.url, path, options)
  const create = async (fields: object = {}) => {
    const { body } = await send('/create', {
      method: 'POST',
      body: { discTypeIdx: 457, disc: 10, ...fields },
    })
    expect(body).toMatchObject({ code: 0 })
    return body.result as string
  }
  const redeem = (body: object, options: CallOptions = {}) =>
    send('/redeem', { method: 'PUT', body, ...options })

  it('validates: the coupon with every field of the contract', async () => {
    const cpnNo = await create({
      nm: 'Spring',
      discTypeIdx: 458,
      disc: 60,
      discCurrency: 'USD',
      strtYmd: '2026-01-01',
      endYmd: '2999-12-31',
      useLimit: 3,
      memo: 'note',
      url: 'https://shop.example/spring',
      grpIdx: 271,
      userNm: 'Ada',
    })
    const { status, body } = await send(`/validate?cpnNo=${cpnNo}`)
    expect(status).toBe(200)
    expect(body).toEqual({
      code: 0,
      message: '',
      result: {
        cpnNo,
        nm: 'Spring',
        discTypeIdx: 458,
        disc: 60,
        discCurrency: 'USD',
        formatDiscCurrency: '$60',
        strtYmd: '2026-01-01',
        endYmd: '2999-12-31',
        useLimit: 3,
        useCnt: 0,
        onsiteYn: 'N',
        onsitePwd: '',
        memo: 'note',
        url: 'https://shop.example/spring',
        imgUrl: '',
        domain: '',
        grpIdx: 271,
        tmplIdx: 0,
        userId: '',
        userNm: 'Ada',
        userPhnno: '',
        userEml: '',
        userEtc1: '',
        userEtc2: '',
        webhookEnableYn: 'N',
        regYmdt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      },
    })
  })

  it.each([
    ['UNKNOWN0', 1001, 'NOT_FOUND'],
    ['FUTURE001', 1002, 'NOT_STARTED'],
    ['EXPIRED01', 1003, 'EXPIRED'],
  ])('answers 200 with a code for %s, which cannot be used', async (cpnNo, code, error) => {
    for (const answer of [await send(`/validate?cpnNo=${cpnNo}`), await redeem({ cpnNo })]) {
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ code, error, result: null })
      expect(answer.body.message).not.toBe('')
    }
  })

  it('redeems with null as result, or with the redemption for who prefers it', async () => {
    expect((await redeem({ cpnNo: 'welcome-10' })).body).toEqual({
      code: 0,
      message: '',
      result: null,
    })
    const cpnNo = await create({ useLimit: 2 })
    const { headers, body } = await redeem(
      { cpnNo, userId: 'ada' },
      { headers: { Prefer: 'return=representation' } },
    )
    expect(headers.get('Preference-Applied')).toBe('return=representation')
    expect(body.result).toEqual({
      redemptionId: expect.any(String),
      ordinal: 1,
      useCnt: 1,
      remaining: 1,
      redeemedAt: expect.stringMatching(/Z$/),
    })
    expect((await redeem({ cpnNo, userId: 'ada' })).body.error).toBe('ALREADY_REDEEMED_BY_USER')
    expect((await redeem({ cpnNo })).body.error).toBe('USER_ID_REQUIRED')
    expect((await send(`/validate?cpnNo=${cpnNo}&userId=ada`)).body.error).toBe(
      'ALREADY_REDEEMED_BY_USER',
    )
  })

  it('tells who prefers the representation why a coupon cannot be used and what it is', async () => {
    const { body } = await send('/validate?cpnNo=EXPIRED01', {
      headers: { Prefer: 'return=representation' },
    })
    expect(body).toMatchObject({
      error: 'EXPIRED',
      result: { cpnNo: 'EXPIRED01', cpnId: expect.any(String), userLimit: 1, onsitePwdYn: 'N' },
    })
  })

  it('demands the on-site password, and never returns it', async () => {
    const cpnNo = await create({ useLimit: 1, onsiteYn: 'Y', onsitePwd: 'se-cret' })
    expect((await send(`/validate?cpnNo=${cpnNo}`)).text).not.toContain('se-cret')
    expect((await redeem({ cpnNo })).body.error).toBe('ONSITE_PASSWORD_REQUIRED')
    expect((await redeem({ cpnNo, onsitePwd: 'guess' })).body.error).toBe('ONSITE_PASSWORD_WRONG')
    expect((await redeem({ cpnNo, onsitePwd: 'se-cret' })).body.code).toBe(0)
  })

  it('validate sent back to update took the on-site password off, and leaves it', async () => {
    const cpnNo = await create({ useLimit: 1, onsiteYn: 'Y', onsitePwd: '4242' })
    const update = (fields: object) =>
      send('/update', { method: 'PUT', body: { cpnNo, ...fields } })
    const { onsiteYn, onsitePwd } = (await send(`/validate?cpnNo=${cpnNo}`)).body.result
    expect((await update({ onsiteYn, onsitePwd })).body.code).toBe(0)
    expect((await redeem({ cpnNo })).body.error).toBe('ONSITE_PASSWORD_REQUIRED')
    // It goes with the use in a shop, and does not come back with it.
    expect((await update({ onsiteYn: 'N' })).body.code).toBe(0)
    expect((await update({ onsiteYn: 'Y' })).body.code).toBe(0)
    expect((await redeem({ cpnNo })).body.code).toBe(0)
  })

  it('answers 429 with Retry-After after too many wrong passwords', async () => {
    const cpnNo = await create({ onsiteYn: 'Y', onsitePwd: '4242' })
    for (let tries = 0; tries < 5; tries += 1) await redeem({ cpnNo, onsitePwd: '0' })
    const { status, headers, body } = await redeem({ cpnNo, onsitePwd: '4242' })
    expect([status, body.code, body.error]).toEqual([429, 1009, 'TOO_MANY_ATTEMPTS'])
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(800)
  })

  it('creates under the number that was given, or generates one of the length asked for', async () => {
    expect(await create({ cpnNo: 'my-own-code-1' })).toBe('MYOWNCODE1')
    for (const cpnNoDigits of [8, 12, 16]) {
      expect(await create({ cpnNoDigits })).toHaveLength(cpnNoDigits)
    }
    const taken = await send('/create', {
      method: 'POST',
      body: { cpnNo: 'MYOWNCODE1', discTypeIdx: 457, disc: 1 },
    })
    expect(taken.body).toMatchObject({ code: 1010, error: 'CODE_TAKEN' })
  })

  it('updates what is given and leaves the rest; after a use, the memo only', async () => {
    const cpnNo = await create({ nm: 'before', useLimit: 1 })
    const update = (fields: object) =>
      send('/update', { method: 'PUT', body: { cpnNo, ...fields } })
    expect((await update({ disc: 25 })).body).toEqual({ code: 0, message: '', result: null })
    expect((await send(`/validate?cpnNo=${cpnNo}`)).body.result).toMatchObject({
      nm: 'before',
      disc: 25,
    })
    await redeem({ cpnNo })
    expect((await update({ disc: 30 })).body.error).toBe('COUPON_LOCKED')
    expect((await update({ memo: 'used' })).body.code).toBe(0)
  })

  it('deletes for good, after which the number is free', async () => {
    const cpnNo = await create()
    const remove = () => send(`/delete?cpnNo=${cpnNo}`, { method: 'DELETE' })
    expect((await remove()).body).toEqual({ code: 0, message: '', result: null })
    expect((await remove()).body.error).toBe('NOT_FOUND')
    expect(await create({ cpnNo })).toBe(cpnNo)
  })

  it('has one effect for a key, marks the replay, and refuses the key for another request', async () => {
    const cpnNo = await create({ useLimit: 5 })
    const headers = {
      'Idempotency-Key': `"${randomUUID()}"`,
      Prefer: 'return=representation',
    }
    const first = await redeem({ cpnNo, userId: 'ada' }, { headers })
    const again = await redeem({ userId: 'ada', cpnNo }, { headers })
    expect(first.headers.has('Idempotency-Replayed')).toBe(false)
    expect(again.headers.get('Idempotency-Replayed')).toBe('true')
    expect(again.body).toEqual(first.body)
    const other = await redeem({ cpnNo, userId: 'bob' }, { headers })
    expect([other.status, other.body.code]).toEqual([422, 2003])
  })

  describe('an answer of validate, sent back to create as it is,', () => {
    const ANSWER_ONLY = ['formatDiscCurrency', 'useCnt', 'regYmdt']
    it.each([
      ['a percentage, whose currency is empty', {}],
      ['an amount', { discTypeIdx: 458, disc: 5, discCurrency: 'USD' }],
      [
        'every field',
        { grpIdx: 7, tmplIdx: 8, onsiteYn: 'Y', userNm: 'Ada', endYmd: '2999-12-31' },
      ],
    ])('was refused, and gives the same coupon: %s', async (_what, fields) => {
      const cpnNo = await create(fields)
      const { result } = (await send(`/validate?cpnNo=${cpnNo}`)).body
      await send(`/delete?cpnNo=${cpnNo}`, { method: 'DELETE' })
      const sentBack = Object.fromEntries(
        Object.entries(result).filter(([name]) => !ANSWER_ONLY.includes(name)),
      )
      expect(await create(sentBack)).toBe(cpnNo)
      expect((await send(`/validate?cpnNo=${cpnNo}`)).body.result).toEqual({
        ...result,
        regYmdt: expect.any(String),
      })
    })
  })

  it('an empty cpnNo was refused by create, and generates a number like none', async () => {
    expect(await create({ cpnNo: '', cpnNoDigits: 16 })).toHaveLength(16)
  })

  it('an empty discCurrency was refused by update, and takes the currency off', async () => {
    const cpnNo = await create({ discCurrency: 'USD' })
    await send('/update', { method: 'PUT', body: { cpnNo, discCurrency: '' } })
    expect((await send(`/validate?cpnNo=${cpnNo}`)).body.result.discCurrency).toBe('')
  })

  it('a Content-Type without a body was refused as broken JSON, and is passed over', async () => {
    const cpnNo = await create()
    const headers = { 'Content-Type': 'application/json' }
    expect((await send(`/validate?cpnNo=${cpnNo}`, { headers })).body.code).toBe(0)
    expect((await send(`/delete?cpnNo=${cpnNo}`, { method: 'DELETE', headers })).body.code).toBe(0)
    const lines = [
      'Host: api',
      'Authorization: APIKey demo_personal_key',
      'Content-Type: application/json',
      'Content-Length: 0',
      'Connection: close',
    ]
    for (const call of ['GET /api/coupon/v1/validate', 'DELETE /api/coupon/v1/delete']) {
      const answer = await callRaw(
        api.url,
        `${call}?cpnNo=${cpnNo} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`,
      )
      expect(answer).toMatchObject({ status: 200, body: { error: 'NOT_FOUND' } })
    }
  })

  it('an emoji counted as two characters, and is one of the 500 of a memo', async () => {
    const accepted = '😀'.repeat(500)
    const cpnNo = await create({ memo: accepted })
    expect((await send(`/validate?cpnNo=${cpnNo}`)).body.result.memo).toBe(accepted)
    expect((await redeem({ cpnNo, memo: accepted })).body.code).toBe(0)
    const memo = '😀'.repeat(501)
    const refused = { error: 'INVALID_INPUT', result: [{ field: 'memo' }] }
    expect((await redeem({ cpnNo, memo })).body).toMatchObject(refused)
    expect(
      (await send('/create', { method: 'POST', body: { discTypeIdx: 457, disc: 10, memo } })).body,
    ).toMatchObject(refused)
  })

  it('an emoji counted as two characters, and is one of the 64 of an on-site password', async () => {
    const onsitePwd = '😀'.repeat(64)
    const cpnNo = await create({ onsiteYn: 'Y', onsitePwd })
    expect((await redeem({ cpnNo, onsitePwd })).body.code).toBe(0)
    const longer = `${onsitePwd}😀`
    const refused = { error: 'INVALID_INPUT', result: [{ field: 'onsitePwd' }] }
    expect((await redeem({ cpnNo, onsitePwd: longer })).body).toMatchObject(refused)
    const tooLong = { discTypeIdx: 457, disc: 10, onsiteYn: 'Y', onsitePwd: longer }
    expect((await send('/create', { method: 'POST', body: tooLong })).body).toMatchObject(refused)
  })

  it('answers who prefers the representation with the coupon as a create or an update left it', async () => {
    const Prefer = 'return=representation'
    const created = await send('/create', {
      method: 'POST',
      body: { discTypeIdx: 457, disc: 10, onsiteYn: 'Y', onsitePwd: '4242' },
      headers: { Prefer },
    })
    const { cpnNo } = created.body.result
    expect(created.headers.get('Preference-Applied')).toBe(Prefer)
    expect(created.body.result).toMatchObject({ disc: 10, onsitePwd: '', onsitePwdYn: 'Y' })
    const updated = await send('/update', {
      method: 'PUT',
      body: { cpnNo, disc: 25 },
      headers: { Prefer },
    })
    expect(updated.headers.get('Preference-Applied')).toBe(Prefer)
    expect(updated.body.result).toEqual({
      ...created.body.result,
      disc: 25,
      formatDiscCurrency: '25%',
    })
    const { body } = await send(`/validate?cpnNo=${cpnNo}`, { headers: { Prefer } })
    expect(body.result).toEqual(updated.body.result)
  })

  it('a replay looked the coupon up anew, and answers with the one of the first request', async () => {
    const cpnNo = await create()
    await send(`/delete?cpnNo=${cpnNo}`, { method: 'DELETE' })
    const withNewKey = () => ({
      'Idempotency-Key': randomUUID(),
      Prefer: 'return=representation',
    })
    const creation = {
      method: 'POST',
      body: { cpnNo, discTypeIdx: 457, disc: 10, useLimit: 1 },
      headers: withNewKey(),
    }
    const change = { method: 'PUT', body: { cpnNo, nm: 'first' }, headers: withNewKey() }
    const created = await send('/create', creation)
    const updated = await send('/update', change)
    await send(`/delete?cpnNo=${cpnNo}`, { method: 'DELETE' })
    await create({ cpnNo, nm: 'second' })
    for (const [path, request, first] of [
      ['/create', creation, created],
      ['/update', change, updated],
    ] as const) {
      const again = await send(path, request)
      expect(again.headers.get('Idempotency-Replayed')).toBe('true')
      expect(again.body).toEqual(first.body)
      expect(again.body.result.cpnId).toBe(created.body.result.cpnId)
    }
  })

  it('is live and ready', async () => {
    for (const path of ['/livez', '/readyz']) {
      expect((await fetch(`${api.url}${path}`)).status).toBe(200)
    }
  })

  it('sends the id of a request back, and makes one where it is missing or unfit', async () => {
    const idOf = async (id: string) =>
      (await send('/validate?cpnNo=WELCOME10', { headers: { 'X-Request-Id': id } })).headers.get(
        'X-Request-Id',
      )
    expect(await idOf('order-17')).toBe('order-17')
    expect(await idOf('a'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/)
  })
})

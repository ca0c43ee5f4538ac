import { randomUUID } from 'node:crypto'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAccount } from '../src/accounts.ts'
import { openApiKeys, storeApiKey } from '../src/api-keys.ts'
import { ERROR_SYMBOLS } from '../src/index.ts'
import {
  call,
  callUndescribed,
  type DatabasePlace,
  onPostgres,
  prepare,
  saveGroups,
  startApiProcess,
} from './api-under-test.ts'
import {
  ACCEPTED_FIELDS,
  CASES,
  COUPON_PLANS,
  type ContractCall,
  type Expected,
  FIELDS_OF_PLANS,
  REFUSED_FIELDS,
} from './contract-table.ts'

const METHODS = {
  validate: 'GET',
  redeem: 'PUT',
  create: 'POST',
  update: 'PUT',
  delete: 'DELETE',
} as const satisfies Record<ContractCall, string>

/** Zones whose days always differ: there are 26 hours between them. */
const EARLIEST = 'Pacific/Kiritimati'
const LATEST = 'Etc/GMT+12'

describe.each(['native', 'hosted'] as const)('the contract on the %s profile:', (profile) => {
  let place: DatabasePlace
  let api: ServiceProcess
  beforeAll(async () => {
    place = await onPostgres()
    await saveGroups(place, { group: [271], template: [8] })
    await prepare(place, async (database, core) => {
      await openApiKeys(database)
      for (const { name, timeZone, plan } of [
        ...[EARLIEST, LATEST].map((it) => ({ name: it, timeZone: it, plan: 'personal' as const })),
        ...COUPON_PLANS.map((it) => ({ name: it, timeZone: 'UTC', plan: it })),
      ]) {
        const account = { name, timeZone, plan, agreedLimits: null }
        const made = await createAccount(core, database, account)
        if (made.outcome !== 'created') throw new Error(made.outcome)
        const key = { accountId: made.account.id, label: 'test', rateLimitsLifted: true }
        await storeApiKey(database, `key-of-${name}`, key)
      }
    })
    place = { ...place, environment: { ...place.environment, API_PROFILE: profile } }
    api = await startApiProcess(place)
  })
  afterAll(async () => {
    await api.stop()
    await place.remove()
  })

  const make = (name: ContractCall, input: object, key?: string) => {
    const query = name === 'validate' || name === 'delete'
    const parameters = new URLSearchParams(input as Record<string, string>)
    // The document describes the native profile.
    const send = profile === 'native' ? call : callUndescribed
    return send(api.url, query ? `/${name}?${parameters}` : `/${name}`, {
      method: METHODS[name],
      ...(key === undefined ? {} : { key }),
      ...(query ? {} : { body: input }),
    })
  }
  const create = async (fields: object, key?: string): Promise<string> => {
    const { body } = await make('create', { discTypeIdx: 457, disc: 10, ...fields }, key)
    expect(body).toMatchObject({ code: 0, message: '' })
    return body.result
  }

  /** Where the profiles differ in how they say the same. */
  function expectAnswer(answer: Awaited<ReturnType<typeof make>>, expected: Expected): void {
    if ('result' in expected) {
      expect(answer.status).toBe(200)
      expect(answer.body).toMatchObject({ code: 0, message: '', result: expected.result })
      expect(answer.body).not.toHaveProperty('error')
      return
    }
    const { error } = expected
    const isInput = error === 'INVALID_INPUT'
    expect(answer.status).toBe(isInput && profile === 'native' ? 400 : 200)
    expect(answer.body).toEqual({
      code: ERROR_SYMBOLS[error].code,
      message: expect.stringMatching(/./),
      result: isInput && profile === 'native' ? expect.any(Array) : null,
      ...(profile === 'native' ? { error } : {}),
    })
  }

  describe('create takes, and validate answers,', () => {
    it.each(ACCEPTED_FIELDS)('$what', async ({ sent, answered = sent, isExtension }) => {
      if (isExtension && profile === 'hosted') {
        return expectAnswer(await make('create', sent), { error: 'INVALID_INPUT' })
      }
      const cpnNo = await create(sent)
      expectAnswer(await make('validate', { cpnNo }), { result: answered })
    })
  })

  it.each(REFUSED_FIELDS)(
    'create and update refuse %s, and name it',
    async (_what, fields, named) => {
      const cpnNo = await create({})
      for (const answer of [
        await make('create', { discTypeIdx: 457, disc: 10, ...fields }),
        await make('update', { cpnNo, ...fields }),
      ]) {
        expectAnswer(answer, { error: 'INVALID_INPUT' })
        expect(answer.body.message).toContain(`\`${named}\``)
      }
    },
  )

  describe.each(COUPON_PLANS)('to an account of the %s plan,', (plan) => {
    const key = `key-of-${plan}`
    const read = (cpnNo: string) => make('validate', { cpnNo }, key)

    it.each(FIELDS_OF_PLANS)(
      '$what is given by create and update, or nothing is done',
      async ({ fields, plans }) => {
        const wanted = randomUUID().slice(0, 8).toUpperCase()
        const changed = await create({ nm: 'before' }, key)
        const before = await read(changed)
        const creation = { discTypeIdx: 457, disc: 10, cpnNo: wanted, ...fields }
        const change = { cpnNo: changed, nm: 'after', ...fields }
        if (profile === 'native' || plans.includes(plan)) {
          expectAnswer(await make('create', creation, key), { result: wanted })
          expectAnswer(await make('update', change, key), { result: null })
          for (const it of [wanted, changed]) expectAnswer(await read(it), { result: fields })
          return
        }
        for (const [name, body] of [
          ['create', creation],
          ['update', change],
        ] as const) {
          const { status, headers } = await fetch(`${api.url}/api/coupon/v1/${name}`, {
            method: METHODS[name],
            headers: { Authorization: `APIKey ${key}`, 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          })
          expect([name, status]).toEqual([name, 403])
          expect(headers.get('Content-Type')).toMatch(/^text\/html/)
        }
        expectAnswer(await read(wanted), { error: 'NOT_FOUND' })
        expect((await read(changed)).body).toEqual(before.body)
      },
    )

    it('a coupon that was read can be written back', async () => {
      const cpnNo = await create({ nm: 'kept' }, key)
      const { result } = (await read(cpnNo)).body
      const { formatDiscCurrency: _, useCnt: __, regYmdt: ___, ...fields } = result
      expect(fields).toMatchObject({ domain: '', webhookEnableYn: 'N' })
      expectAnswer(await make('update', fields, key), { result: null })
      expectAnswer(await make('delete', { cpnNo }, key), { result: null })
      expectAnswer(await make('create', fields, key), { result: cpnNo })
    })
  })

  it.each(CASES)('$what', async ({ coupon, calls }) => {
    const cpnNo = await create(coupon)
    const fill = (value: unknown) => (value === '{cpnNo}' ? cpnNo : value)
    for (const [name, input, expected] of calls) {
      const filled = Object.fromEntries(
        Object.entries(input).map(([field, value]) => [field, fill(value)]),
      )
      const answer = await make(name, filled)
      expectAnswer(answer, 'result' in expected ? { result: fill(expected.result) } : expected)
    }
  })

  it('days begin and end in the time zone of the account', async () => {
    const todayIn = (timeZone: string) => new Intl.DateTimeFormat('sv', { timeZone }).format()
    // It is over where days begin first, and today where they begin last.
    const day = todayIn(LATEST)
    expect(day < todayIn(EARLIEST)).toBe(true)
    const redeemIn = async (zone: string, fields: object) => {
      const cpnNo = await create(fields, `key-of-${zone}`)
      return make('redeem', { cpnNo }, `key-of-${zone}`)
    }
    expectAnswer(await redeemIn(LATEST, { strtYmd: day, endYmd: day }), { result: null })
    expectAnswer(await redeemIn(EARLIEST, { endYmd: day }), { error: 'EXPIRED' })
    const next = todayIn(EARLIEST)
    expectAnswer(await redeemIn(EARLIEST, { strtYmd: next, endYmd: next }), { result: null })
    expectAnswer(await redeemIn(LATEST, { strtYmd: next }), { error: 'NOT_STARTED' })
  })

  it('regYmdt is the time in the zone of the account', async () => {
    const timeIn = (timeZone: string) =>
      new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format()
    for (const zone of [EARLIEST, LATEST]) {
      const before = timeIn(zone)
      const cpnNo = await create({}, `key-of-${zone}`)
      const after = timeIn(zone)
      const { regYmdt } = (await make('validate', { cpnNo }, `key-of-${zone}`)).body.result
      expect(regYmdt).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      expect(before <= regYmdt && regYmdt <= after, `${before} ${regYmdt} ${after}`).toBe(true)
    }
  })
})

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
  type ContractCall,
  type Expected,
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
      for (const timeZone of [EARLIEST, LATEST]) {
        const plan = { plan: 'personal', agreedLimits: null } as const
        const made = await createAccount(core, database, { name: timeZone, timeZone, ...plan })
        if (made.outcome !== 'created') throw new Error(made.outcome)
        const key = { accountId: made.account.id, label: 'test', rateLimitsLifted: true }
        await storeApiKey(database, `key-of-${timeZone}`, key)
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

import { randomUUID } from 'node:crypto'
import { findDifferences } from '@coupon-gateway/core'
import { type Database, openPostgres } from '@coupon-gateway/database'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Answer, call, onPostgres, startApiProcess } from './api-under-test.ts'

let apis: readonly [ServiceProcess, ServiceProcess]
let database: Database
beforeAll(async () => {
  const place = await onPostgres()
  const first = await startApiProcess(place)
  apis = [first, await startApiProcess(place)]
  database = openPostgres(place.environment.DATABASE_URL ?? '', { poolSize: 2 })
})
afterEach(async () => {
  expect(await findDifferences(database)).toEqual([])
})
afterAll(async () => {
  await Promise.all(apis.map((api) => api.stop()))
  await database.close()
})

const post = (
  api: 0 | 1,
  path: string,
  body: object,
  idempotencyKey: string = randomUUID(),
): Promise<Answer> =>
  call(apis[api].url, path, {
    method: 'POST',
    body,
    headers: { 'Idempotency-Key': idempotencyKey, Prefer: 'return=representation' },
  })
const create = async (fields: object = {}) =>
  (await post(0, '/create', { discTypeIdx: 457, disc: 10, ...fields })).body.result.cpnNo as string
const reserve = async (cpnNo: string) =>
  (await post(0, '/reserve', { cpnNo })).body.result.reservationId as string
const redeem = async (cpnNo: string) =>
  (await post(0, '/redeem', { cpnNo })).body.result.redemptionId as string
const isReplay = ({ headers }: Answer) => headers.get('Idempotency-Replayed') === 'true'
const errorOf = ({ body }: Answer) => body.error ?? 'done'

/** Each write of ours, ready to be sent. */
const WRITES = [
  ['/reserve', async () => ({ cpnNo: await create({ useLimit: 1 }) })],
  ['/confirm', async () => ({ reservationId: await reserve(await create({ useLimit: 1 })) })],
  ['/release', async () => ({ reservationId: await reserve(await create({ useLimit: 1 })) })],
  [
    '/rollback',
    async () => ({ redemptionId: await redeem(await create({ useLimit: 1 })), reason: 'x' }),
  ],
] as const

describe('one key at two processes', () => {
  it.each(WRITES)('has one effect of %s, and the same answer from both', async (path, prepare) => {
    const body = await prepare()
    const key = randomUUID()
    const answers = await Promise.all(
      ([0, 1, 0, 1, 0, 1] as const).map((api) => post(api, path, body, key)),
    )
    expect(answers.map(errorOf)).toEqual(Array(6).fill('done'))
    expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1)
    for (const answer of answers) expect(answer.body).toEqual(answers[0]?.body)
  })

  it.each(WRITES)('is refused by the other for a request that is not %s', async (path, prepare) => {
    const key = randomUUID()
    expect(errorOf(await post(0, path, await prepare(), key))).toBe('done')
    const other = await post(1, path, await prepare(), key)
    expect([other.status, other.body.error]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
  })

  describe('whose first request is still running', () => {
    /** Does work while another request has the key, and ends that one's claim when it is done. */
    async function whileRunning<Result>(
      keys: readonly string[],
      work: (end: () => void) => Promise<Result>,
    ): Promise<Result> {
      const ended = Promise.withResolvers<void>()
      const running = Promise.withResolvers<void>()
      const claim = database.transaction(async (transaction) => {
        for (const key of keys) {
          await transaction.query(
            `select pg_advisory_xact_lock(key_lock(id, $1)) from account where name = 'demo'`,
            [key],
          )
        }
        running.resolve()
        await ended.promise
      })
      await running.promise
      try {
        return await work(ended.resolve)
      } finally {
        ended.resolve()
        await claim
      }
    }

    it('makes every other one wait, and then tells them to come again', async () => {
      const requests = await Promise.all(
        WRITES.map(async ([path, prepare]) => ({ path, body: await prepare(), key: randomUUID() })),
      )
      const answers = await whileRunning(
        requests.map(({ key }) => key),
        () => Promise.all(requests.map(({ path, body, key }) => post(1, path, body, key))),
      )
      for (const { status, body, headers } of answers) {
        expect([status, body.error]).toEqual([409, 'IDEMPOTENCY_CONCURRENT_REQUEST'])
        expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
      }
      for (const { path, body, key } of requests) {
        expect(errorOf(await post(0, path, body, key))).toBe('done')
      }
    })

    it('lets another one through as soon as it has ended', async () => {
      const body = { reservationId: await reserve(await create({ useLimit: 1 })) }
      const key = randomUUID()
      const answer = await whileRunning([key], async (end) => {
        const waiting = post(1, '/confirm', body, key)
        const waiters = () =>
          database.query(`select from pg_locks where locktype = 'advisory' and not granted`)
        while ((await waiters()).length === 0) {}
        end()
        return waiting
      })
      expect(errorOf(answer)).toBe('done')
    })
  })
})

describe('two processes over one coupon', () => {
  it('reserve each unit once', async () => {
    const cpnNo = await create({ useLimit: 20 })
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, user) =>
        post((user % 2) as 0 | 1, '/reserve', { cpnNo, userId: `user-${user}` }),
      ),
    )
    const ordinals = answers.flatMap(({ body }) => body.result?.ordinal ?? [])
    expect(ordinals.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, it) => it + 1))
    expect(answers.filter((answer) => errorOf(answer) === 'ALL_HELD')).toHaveLength(40)
  })

  it('let either the confirmation or the release of a reservation through', async () => {
    for (let round = 0; round < 10; round += 1) {
      const cpnNo = await create({ useLimit: 1 })
      const reservationId = await reserve(cpnNo)
      const outcomes = await Promise.all([
        post(0, '/confirm', { reservationId }),
        post(1, '/release', { reservationId }),
      ])
      expect(outcomes.map(errorOf).sort()).toEqual(['RESERVATION_NOT_FOUND', 'done'])
      const confirmed = errorOf(outcomes[0]) === 'done'
      const { result } = (await call(apis[1].url, `/redemptions/${reservationId}`)).body
      expect(result.status).toBe(confirmed ? 'REDEEMED' : 'RELEASED')
      expect(errorOf(await post(1, '/redeem', { cpnNo }))).toBe(confirmed ? 'EXHAUSTED' : 'done')
    }
  })

  it('roll a redemption back once, whatever the keys', async () => {
    const redemptionId = await redeem(await create({ useLimit: 1 }))
    const outcomes = await Promise.all(
      ([0, 1, 0, 1] as const).map((api) => post(api, '/rollback', { redemptionId, reason: 'x' })),
    )
    expect(outcomes.map(errorOf).sort()).toEqual([
      'ALREADY_ROLLED_BACK',
      'ALREADY_ROLLED_BACK',
      'ALREADY_ROLLED_BACK',
      'done',
    ])
  })
})

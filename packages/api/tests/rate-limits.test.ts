import { rm } from 'node:fs/promises'
import { openCouponCore } from '@coupon-gateway/core'
import {
  type Database,
  DatabaseUnavailableError,
  openPglite,
  openPostgres,
} from '@coupon-gateway/database'
import { createTestDatabase, makeDataDirectory } from '@coupon-gateway/test-postgres'
import fc from 'fast-check'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from 'vitest'
import { openApiKeys } from '../src/api-keys.ts'
import { type CallLimits, WINDOW_SECONDS, WINDOWS } from '../src/plans.ts'
import { createRateLimits } from '../src/rate-limits.ts'
import { countAsked } from './count-asked.ts'

/** Every run of a property is another key, so that none sees another's windows. */
let nextKeyId = 1

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) })
})
afterEach(() => vi.useRealTimers())

const advance = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

async function openTables(database: Database): Promise<Database> {
  await openCouponCore(database)
  await openApiKeys(database)
  return database
}

/** What the windows are to do, as plainly as it can be said. */
function createModel(limits: CallLimits) {
  const windows = new Map<string, { startedAtMs: number; calls: number }>()
  return function call(): { isAllowed: boolean; remaining: number[] } {
    const nowMs = Date.now()
    const open = WINDOWS.map((name) => {
      const window = windows.get(name)
      const isOver =
        window === undefined || nowMs >= window.startedAtMs + WINDOW_SECONDS[name] * 1000
      return isOver ? { name, startedAtMs: nowMs, calls: 0 } : { name, ...window }
    })
    const isAllowed = open.every(({ name, calls }) => calls < limits[name])
    const after = open.map((it) => ({ ...it, calls: isAllowed ? it.calls + 1 : it.calls }))
    if (isAllowed) for (const { name, ...window } of after) windows.set(name, window)
    return { isAllowed, remaining: after.map(({ name, calls }) => limits[name] - calls) }
  }
}

describe.each(['PGlite', 'PostgreSQL'] as const)('rate limits on %s', (kind) => {
  let folder: string
  let url: string
  let database: Database
  const open = () => (kind === 'PGlite' ? openPglite(folder) : openPostgres(url, { poolSize: 4 }))

  beforeAll(async () => {
    folder = await makeDataDirectory()
    if (kind === 'PostgreSQL') url = await createTestDatabase(inject('postgresUrl'))
    database = await openTables(await open())
  })
  afterAll(async () => {
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('agree with the plainest model of three windows, over two processes and any times', async () => {
    const step = fc.record({
      process: fc.nat(1),
      waitSeconds: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        fc.integer({ min: 1, max: 61 }),
        fc.constantFrom(59, 60, 3_599, 3_600, 86_400),
      ),
    })
    const limit = fc.integer({ min: 1, max: 6 })
    await fc.assert(
      fc.asyncProperty(
        fc.record({ minute: limit, hour: limit, day: limit }),
        fc.array(step, { maxLength: 25 }),
        async (limits, steps) => {
          const keyId = nextKeyId++
          const processes = [createRateLimits(database), createRateLimits(database)]
          const model = createModel(limits)
          for (const { process, waitSeconds } of steps) {
            advance(waitSeconds)
            const { isAllowed, windows } = (await processes[process]?.take(keyId, limits)) ?? {}
            expect({ isAllowed, remaining: windows?.map((it) => it.remaining) }).toEqual(model())
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('let a key go on after a restart where it was, blocked or not', async () => {
    const limits = { minute: 3, hour: 10, day: 10 }
    const [used, blocked] = [nextKeyId++, nextKeyId++]
    const before = createRateLimits(database)
    await before.take(used, limits)
    for (let call = 0; call < 4; call++) await before.take(blocked, limits)
    await database.close()
    database = await open()
    const after = createRateLimits(database)
    expect((await after.take(used, limits)).windows[0]).toMatchObject({ remaining: 1 })
    expect(await after.take(blocked, limits)).toMatchObject({ isAllowed: false })
    advance(60)
    expect(await after.take(blocked, limits)).toMatchObject({ isAllowed: true })
  })

  it('cost a refused key no query until a window has room again, however often it calls', async () => {
    const limits = { minute: 2, hour: 3, day: 10 }
    const keyId = nextKeyId++
    const { asked, database: counted } = countAsked(database)
    const rateLimits = createRateLimits(counted)
    for (let call = 0; call < 3; call++) await rateLimits.take(keyId, limits)
    const before = asked.times
    const refusals = await Promise.all(
      Array.from({ length: 500 }, () => rateLimits.take(keyId, limits)),
    )
    expect(refusals.every(({ isAllowed }) => !isAllowed)).toBe(true)
    expect(asked.times).toBe(before)
    advance(59.999)
    await rateLimits.take(keyId, limits)
    expect(asked.times).toBe(before)
    advance(0.001)
    expect(await rateLimits.take(keyId, limits)).toMatchObject({ isAllowed: true })
    expect(asked.times).toBe(before + 1)
  })

  it('ask the database once for a burst past the limit, not once for each call of it', async () => {
    const limits = { minute: 5, hour: 100, day: 100 }
    const { asked, database: counted } = countAsked(database)
    const rateLimits = createRateLimits(counted)
    const keyId = nextKeyId++
    const burst = await Promise.all(
      Array.from({ length: 100 }, () => rateLimits.take(keyId, limits)),
    )
    expect(burst.filter(({ isAllowed }) => isAllowed)).toHaveLength(5)
    expect(asked.times).toBe(6)
  })

  it('that were raised let a refused key through at once', async () => {
    const keyId = nextKeyId++
    const rateLimits = createRateLimits(database)
    const limits = { minute: 1, hour: 10, day: 10 }
    await rateLimits.take(keyId, limits)
    expect(await rateLimits.take(keyId, limits)).toMatchObject({ isAllowed: false })
    expect(await rateLimits.take(keyId, { ...limits, minute: 5 })).toMatchObject({
      isAllowed: true,
    })
  })

  it('leave other keys alone', async () => {
    const limits = { minute: 1, hour: 1, day: 1 }
    const rateLimits = createRateLimits(database)
    const [one, other] = [nextKeyId++, nextKeyId++]
    await rateLimits.take(one, limits)
    await rateLimits.take(one, limits)
    expect(await rateLimits.take(other, limits)).toMatchObject({ isAllowed: true })
  })
})

it('two processes at once let exactly as many calls through as the smallest window has', async () => {
  const url = await createTestDatabase(inject('postgresUrl'))
  const databases = [openPostgres(url, { poolSize: 4 }), openPostgres(url, { poolSize: 4 })]
  for (const database of databases) await openTables(database)
  const processes = databases.map(createRateLimits)
  const limits = { minute: 500, hour: 60, day: 1_000 }
  const keyId = nextKeyId++
  const decisions = await Promise.all(
    Array.from({ length: 200 }, (_, call) => processes[call % 2]?.take(keyId, limits)),
  )
  expect(decisions.filter((it) => it?.isAllowed)).toHaveLength(60)
  const rows = await databases[0]?.query(
    "select split_part(key, ':', 1) as window, points from rate_limit_window where key like $1 order by points, key",
    [`%:${keyId}`],
  )
  // Refused calls are counted nowhere.
  expect(rows).toEqual(['day', 'hour', 'minute'].map((window) => ({ window, points: 60 })))
  await Promise.all(databases.map((it) => it.close()))
})

it('without the database nobody is let through, but a key that is refused stays refused', async () => {
  const url = await createTestDatabase(inject('postgresUrl'))
  const database = await openTables(openPostgres(url, { poolSize: 1 }))
  const down = openPostgres('postgres://nobody@127.0.0.1:1/none', { poolSize: 1 })
  let isUp = true
  const rateLimits = createRateLimits({
    ...database,
    transaction: (...args) => (isUp ? database : down).transaction(...args),
  })
  const limits = { minute: 1, hour: 5, day: 5 }
  const [refused, other] = [nextKeyId++, nextKeyId++]
  for (let call = 0; call < 2; call++) await rateLimits.take(refused, limits)
  isUp = false
  await expect(rateLimits.take(other, limits)).rejects.toThrow(DatabaseUnavailableError)
  expect(await rateLimits.take(refused, limits)).toMatchObject({ isAllowed: false })
  // The line of a key goes on past a call that failed.
  isUp = true
  expect(await rateLimits.take(other, limits)).toMatchObject({ isAllowed: true })
  await Promise.all([database.close(), down.close()])
})

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type CouponCode, generateCouponCode } from '@coupon-gateway/coupon-code'
import { type Database, openPglite, openPostgres } from '@coupon-gateway/database'
import {
  createTestDatabase,
  type PostgresServer,
  startPostgres,
} from '@coupon-gateway/test-postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createActor, startRecording } from '../race-museum/actor.ts'
import type { Answer, Call } from '../race-museum/call.ts'
import { findBrokenInvariants } from '../race-museum/layers/invariants.ts'
import { findImpossibleHistory } from '../race-museum/layers/linearizability.ts'
import { findFalseAnswers } from '../race-museum/layers/verdict.ts'
import { type CouponCore, openCouponCore } from '../src/index.ts'
import { type CrashWorkerReport, type CrashWorkerTask, keyOf } from './crash-worker-task.ts'

// Each round: a burst on one coupon, a crash in the middle of it, and then everybody asks again with his key.

const USERS = Array.from({ length: 60 }, (_, index) => `user-${index}`)
const LIMIT = 40
/** A burst takes many flushes, so that a crash finds answered, running and waiting requests. */
const MAX_BATCH = 4
const ROUNDS = Array.from({ length: 10 }, (_, index) => index + 1)

interface Subject {
  readonly core: CouponCore
  readonly database: Database
}

interface Coupon {
  readonly id: string
  readonly accountId: number
  readonly code: CouponCode
}

/** Who was told what before the crash; of everybody else the outcome is not known. */
type Told = ReadonlyMap<string, Answer>

/** Tells of all rounds of a kind of crash, since a single one may by chance hit nothing. */
function countHits() {
  const hits = { granted: 0, unknown: 0 }
  return {
    add(told: Told) {
      const granted = [...told.values()].filter(({ outcome }) => outcome === 'granted').length
      hits.granted += granted
      hits.unknown += USERS.length - told.size
    },
    hasBoth: () => hits.granted > 0 && hits.unknown > 0,
    expectBoth() {
      expect(hits.granted).toBeGreaterThan(0)
      expect(hits.unknown).toBeGreaterThan(0)
    },
  }
}

/** The database was lost while it worked on the call. Any other failure is an answer, and a wrong one. */
function isUnknown(answer: Answer): boolean {
  return answer.outcome === 'failed' && answer.why.startsWith('DatabaseUnavailableError: ')
}

async function openSubject(database: Database): Promise<Subject> {
  return { database, core: await openCouponCore(database, { maxBatch: MAX_BATCH }) }
}

async function createCoupon({ core }: Subject): Promise<Coupon> {
  const { id: accountId } = await core.ensureAccount('crashes', 'UTC')
  const code = generateCouponCode(12)
  await core.create({
    accountId,
    code,
    coupon: { discountKind: 'percent', discount: 10, useLimit: LIMIT },
    idempotencyKey: null,
  })
  const found = await core.validate({ accountId, code, userId: null })
  if (found.outcome !== 'usable') throw new Error(`there is no coupon: ${JSON.stringify(found)}`)
  return { id: found.coupon.id, accountId, code }
}

/** A burst from several cores at once. `afterAnswers(n)` resolves when so many were answered. */
function startBurst(subjects: readonly Subject[], coupon: Coupon) {
  const recording = startRecording(() => 0)
  const actors = subjects.map(({ core }) => createActor(core, recording, coupon))
  const told = new Map<string, Answer>()
  const waiting: { count: number; resolve: () => void }[] = []
  const ended = Promise.all(
    USERS.map(async (user, index) => {
      const answer = await actors[index % actors.length]?.redeem(user, keyOf(coupon.code, user))
      if (answer === undefined) throw new Error('there is no core to ask')
      if (!isUnknown(answer)) told.set(user, answer)
      for (const { count, resolve } of waiting) if (told.size >= count) resolve()
    }),
  )
  return {
    afterAnswers: (count: number) =>
      new Promise<void>((resolve) => waiting.push({ count, resolve })),
    async untilEnd(): Promise<Told> {
      await ended
      return told
    },
  }
}

/** Everybody asks again with his key, at several cores at once: who was answered too, which must change nothing. */
async function expectOneEffect(subjects: readonly Subject[], coupon: Coupon, told: Told) {
  const recording = startRecording(() => 1)
  const actors = subjects.map(({ core }) => createActor(core, recording, coupon))
  await Promise.all(
    USERS.flatMap((user) =>
      actors.map(async (actor) => {
        let answer: Answer
        // A connection may only now turn out to be dead: then the outcome is unknown once more.
        do answer = await actor.redeem(user, keyOf(coupon.code, user))
        while (isUnknown(answer))
      }),
    ),
  )
  const calls = recording.calls.filter((call) => !isUnknown(call.answer))
  const again = Map.groupBy(calls, ({ userId }) => userId)
  for (const [user, answer] of told) {
    const same = answer.outcome === 'granted' ? { ...answer, replayed: true } : answer
    expect(again.get(user)?.map((call) => call.answer)).toEqual(actors.map(() => same))
  }

  const [{ database }] = subjects as readonly [Subject]
  const before = [...told].map(([userId, answer]): Call => {
    const key = keyOf(coupon.code, userId)
    const [calledAt, returnedAt] = [0, 0]
    return { step: 'redeem', userId, key, redemptionId: null, calledAt, returnedAt, answer }
  })
  const history = {
    coupon: { id: coupon.id, useLimit: LIMIT, userLimit: 1 },
    // Everybody called at the beginning of the burst. That the answers before the crash came before those after it
    // is known; more is not known of a process that is dead.
    calls: [...before, ...calls.map((call) => ({ ...call, calledAt: 0 }))],
  }
  expect(await findBrokenInvariants(database, coupon.id)).toEqual([])
  expect(await findFalseAnswers(database, history)).toEqual([])
  expect(findImpossibleHistory(history)).toEqual([])
  const [counter] = await database.query(
    'select used, held, granted from coupon_usage where coupon_id = $1',
    [coupon.id],
  )
  expect(counter).toEqual({ used: LIMIT, held: 0, granted: LIMIT })
}

/** A burst in a process of its own, until it ends or is killed. */
function startWorker(task: Omit<CrashWorkerTask, 'users'>) {
  const worker = spawn(
    process.execPath,
    [
      fileURLToPath(new URL('crash-worker.ts', import.meta.url)),
      JSON.stringify({ ...task, users: USERS } satisfies CrashWorkerTask),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exited = once(worker, 'exit')
  return {
    kill: () => worker.kill('SIGKILL'),
    /** @param onAnswer is told how many there are by now */
    async untilEnd(onAnswer: (count: number) => void = () => {}): Promise<Told> {
      const told = new Map<string, Answer>()
      for await (const line of createInterface(worker.stdout)) {
        const { user, answer }: CrashWorkerReport = JSON.parse(line)
        told.set(user, answer)
        onAnswer(told.size)
      }
      const [exitCode, signal] = await exited
      if (signal !== 'SIGKILL') expect(exitCode).toBe(0)
      return told
    },
  }
}

describe('after kill -9 of the process', () => {
  describe('on PostgreSQL', () => {
    const hits = countHits()
    let url: string
    let subjects: readonly [Subject, Subject]
    beforeAll(async () => {
      url = await createTestDatabase(inject('postgresUrl'))
      subjects = [await openSubject(openPostgres(url)), await openSubject(openPostgres(url))]
    })
    afterAll(async () => {
      for (const { database } of subjects) await database.close()
    })

    it.each(ROUNDS)('as it answers, unknowns replay to one effect: round %i', async (round) => {
      const coupon = await createCoupon(subjects[0])
      const database = { kind: 'postgres', url } as const
      const worker = startWorker({ ...coupon, database, maxBatch: MAX_BATCH })
      const told = await worker.untilEnd((answers) => {
        if (answers === 3 * round) worker.kill()
      })
      hits.add(told)
      // At once: the backends of the dead process may still be at work.
      await expectOneEffect(subjects, coupon, told)
    })

    it('and it was killed in the middle of a burst', () => hits.expectBoth())

    it('in mid-flush, what its backend commits with nobody to hear it is replayed', async () => {
      const [{ database: witness }] = subjects
      const coupon = await createCoupon(subjects[0])
      const database = { kind: 'postgres', url } as const
      const told = await holding(witness, coupon, async () => {
        const worker = startWorker({ ...coupon, database, maxBatch: MAX_BATCH })
        await untilWaiting(witness, 1)
        worker.kill()
        return worker.untilEnd()
      })
      expect(told.size).toBe(0)
      await expectOneEffect(subjects, coupon, told)
    })
  })

  it('on PGlite, unknowns replay to one effect, in rounds on one folder', {
    timeout: 120_000,
  }, async () => {
    const hits = countHits()
    const folder = await mkdtemp(join(tmpdir(), 'coupon-gateway-crashes-'))
    let subject = await openSubject(await openPglite(folder))
    // On a busy machine a burst can be over before the kill gets its turn: then there is another round.
    for (let round = 1; round <= 2 || (round <= 10 && !hits.hasBoth()); round += 1) {
      const coupon = await createCoupon(subject)
      await subject.database.close()
      const database = { kind: 'pglite', folder } as const
      // Nothing is quicker than a database in the process: one flush each, or all are answered before the kill.
      const worker = startWorker({ ...coupon, database, maxBatch: 1 })
      const told = await worker.untilEnd((answers) => {
        if (answers === 3) worker.kill()
      })
      hits.add(told)
      subject = await openSubject(await openPglite(folder))
      await expectOneEffect([subject], coupon, told)
    }
    await subject.database.close()
    await rm(folder, { recursive: true })
    hits.expectBoth()
  })
})

describe('after pg_terminate_backend of all its backends', () => {
  let victims: readonly [Subject, Subject]
  let witness: Database
  const hits = countHits()
  beforeAll(async () => {
    const url = await createTestDatabase(inject('postgresUrl'))
    const open = () => openSubject(openPostgres(`${url}?application_name=victim`))
    victims = [await open(), await open()]
    witness = openPostgres(url)
  })
  afterAll(async () => {
    for (const { database } of victims) await database.close()
    await witness.close()
  })

  const terminate = () =>
    witness.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'victim'`,
    )

  it.each(ROUNDS)('as they answer, unknowns replay to one effect: round %i', async (round) => {
    const coupon = await createCoupon(victims[0])
    const burst = startBurst(victims, coupon)
    await burst.afterAnswers(3 * round)
    await terminate()
    const told = await burst.untilEnd()
    hits.add(told)
    await expectOneEffect(victims, coupon, told)
  })

  it('and they were terminated in the middle of a burst', () => hits.expectBoth())

  it.each(ROUNDS)('in mid-flush, unknowns replay to one effect: round %i', async () => {
    const coupon = await createCoupon(victims[0])
    // The flushes of both cores wait for the counter, which is the last that they need.
    const burst = await holding(witness, coupon, async () => {
      const started = startBurst(victims, coupon)
      await untilWaiting(witness, victims.length)
      await terminate()
      return started
    })
    const told = await burst.untilEnd()
    expect(USERS.length - told.size).toBeGreaterThanOrEqual(victims.length * MAX_BATCH)
    await expectOneEffect(victims, coupon, told)
  })
})

/** Does something while the counter of the coupon is locked. */
function holding<Result>(
  database: Database,
  coupon: Coupon,
  act: () => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (transaction) => {
    await transaction.query('select from coupon_usage where coupon_id = $1 for update', [coupon.id])
    return act()
  })
}

async function untilWaiting(database: Database, backends: number): Promise<void> {
  for (;;) {
    const [row] = await database.query<{ waiting: number }>(
      `select count(distinct pid)::int as waiting from pg_locks join pg_stat_activity using (pid)
       where datname = current_database() and backend_type = 'client backend' and not granted`,
    )
    if (row?.waiting === backends) return
  }
}

// The server of TEST_DATABASE_URL is not ours to crash.
describe.skipIf(Boolean(process.env.TEST_DATABASE_URL))(
  'after an immediate restart of PostgreSQL',
  () => {
    const hits = countHits()
    let server: PostgresServer
    let subjects: readonly [Subject, Subject]
    beforeAll(async () => {
      server = await startPostgres()
      const url = await createTestDatabase(server.url)
      subjects = [await openSubject(openPostgres(url)), await openSubject(openPostgres(url))]
    })
    afterAll(async () => {
      for (const { database } of subjects) await database.close()
      await server.stop()
    })

    it.each(ROUNDS)('unknowns replay to one effect: round %i', async (round) => {
      const coupon = await createCoupon(subjects[0])
      const burst = startBurst(subjects, coupon)
      await burst.afterAnswers(3 * round)
      await server.crash()
      const told = await burst.untilEnd()
      hits.add(told)
      await expectOneEffect(subjects, coupon, told)
    })

    it('and the server went down in the middle of a burst', () => hits.expectBoth())
  },
)

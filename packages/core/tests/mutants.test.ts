import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { stripTypeScriptTypes } from 'node:module'
import type { Database } from '@coupon-gateway/database'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { collide } from '../race-museum/collide.ts'
import { inspect, LAYERS } from '../race-museum/layers/index.ts'
import { type Fault, type Replacement, replaceOnce } from '../race-museum/plant-fault.ts'
import { openStage, type Stage } from '../race-museum/stage.ts'
import { takenUnit } from '../race-museum/taken-unit.ts'
import { createBatcher } from '../src/batcher.ts'

// The real SQL and TypeScript with one small change each. A change that no check notices could be made by mistake.
// The text to be changed must be there exactly once, so that no mutant turns into the original unnoticed.

interface Mutant {
  readonly name: string
  readonly fault: Fault
  readonly useLimit: number
  /** Rules that notice it, by the names that the layers of the race museum give them. */
  readonly caughtBy: readonly string[]
  drive(stage: Stage): Promise<unknown>
}

const decision = (from: string, to: string): Replacement => ({
  file: 'migrations/0002-decide.sql',
  from,
  to,
})

const MUTANTS: readonly Mutant[] = [
  {
    name: 'a limit that is one too high',
    fault: { replacements: [decision('seat <= free', 'seat <= free + 1')] },
    useLimit: 3,
    caughtBy: ['never_oversold'],
    drive: (stage) => stage.rush(10),
  },
  {
    name: 'a limit that is one too low',
    fault: { replacements: [decision('seat <= free', 'seat < free')] },
    useLimit: 3,
    caughtBy: ['nobody is refused while a unit is free', 'REJECTED_WITH_UNIT_LEFT'],
    drive: (stage) => stage.rush(10),
  },
  {
    name: 'a user limit that is ignored',
    fault: {
      replacements: [
        decision(
          "when user_id is not null and user_live >= user_limit then 'ALREADY_REDEEMED_BY_USER'",
          '',
        ),
        decision('nth is null or user_live + nth <= user_limit', 'true'),
      ],
    },
    useLimit: 5,
    caughtBy: ['no user has more units than his limit', 'USER_OVER_LIMIT'],
    async drive(stage) {
      await collide(stage, (actor) => actor.redeem('ada'))
    },
  },
  {
    name: 'counters locked in the order of arrival, which another process has the other way round',
    fault: {
      replacements: [
        decision(
          'order by coupon_id for update',
          `order by (
            select min(n) from unnest(v_takes) as item join coupon using (account_id, code)
            where coupon.id = coupon_id
          ) for update`,
        ),
      ],
    },
    useLimit: 5,
    caughtBy: ['no two calls wait for each other'],
    async drive(stage) {
      const other = await stage.addScene(5)
      const hold = await stage.holdCounter(other)
      // First in line for what is held, and only then for the coupon that the first core will have.
      const ofTwo = [other.two.redeem('user-2'), stage.two.redeem('user-2')]
      await stage.untilStuck(1)
      const ofOne = [stage.one.redeem('user-1'), other.one.redeem('user-1')]
      await stage.untilStuck(2)
      await hold.release()
      await Promise.all([...ofOne, ...ofTwo])
    },
  },
  {
    name: 'a coupon judged by a later picture than the one by which it was not locked',
    fault: {
      replacements: [
        decision(
          'use_limit > 0 and coupon_id <> all(v_limited)',
          'used >= use_limit and use_limit > 0',
        ),
      ],
    },
    useLimit: 1,
    caughtBy: ['the counter is what the log says'],
    async drive(stage) {
      const unit = takenUnit(await stage.one.redeem('user-1'))
      const other = await stage.addScene(1)
      const hold = await stage.holdCounter(other)
      // Finds the coupon used up, and waits for the other; meanwhile its unit comes back.
      const batch = [stage.one.redeem('user-2'), other.one.redeem('user-2')]
      await stage.untilStuck(1)
      await stage.two.rollback(unit)
      await hold.release()
      await Promise.all(batch)
    },
  },
  {
    name: 'a key that is claimed outside the transaction',
    fault: {
      replacements: [
        decision(
          'perform pg_advisory_xact_lock(lock) from (',
          'perform pg_advisory_lock(lock), pg_advisory_unlock(lock) from (',
        ),
      ],
    },
    useLimit: 0,
    caughtBy: ['idempotency_key_pkey'],
    async drive(stage) {
      const key = randomUUID()
      const hold = await holdKey(stage, key)
      const answers = [stage.one.redeem(null, key), stage.two.redeem(null, key)]
      await stage.untilStuck()
      await hold.release()
      await Promise.all(answers)
    },
  },
  {
    name: 'an answer that is not stored with its effect',
    fault: {
      replacements: [
        decision('from answered where key is not null order', 'from answered where false order'),
      ],
    },
    useLimit: 0,
    caughtBy: ['one key has one effect', 'one key has one row in the log'],
    async drive(stage) {
      const key = randomUUID()
      await stage.one.redeem(null, key)
      await stage.two.redeem(null, key)
    },
  },
  {
    name: 'an expiry by the clocks of the processes, of which one is an hour fast',
    fault: {
      replacements: [
        decision(
          `as locked;
  v_now := clock_timestamp();`,
          `as locked;
  v_now := (p_takes -> 0 ->> 'now')::timestamptz;`,
        ),
      ],
      wrap: (database, core) => sendingNow(database, core === 'one' ? 0 : 3_600_000),
    },
    useLimit: 1,
    caughtBy: ['OVERSELL', 'everything in the log has happened by the clock of the database'],
    async drive(stage) {
      const hold = await stage.one.reserve('user-1')
      await stage.two.redeem('user-2')
      await stage.one.confirm(takenUnit(hold))
    },
  },
  {
    name: 'a late confirmation that is not kept apart from another use of an unlimited coupon',
    fault: {
      replacements: [
        decision(
          "p_step = 'CONFIRM' and v_redemption.user_id is not null",
          "p_step = 'CONFIRM' and v_redemption.user_id is null",
        ),
      ],
    },
    useLimit: 0,
    caughtBy: ['no user has more units than his limit', 'USER_OVER_LIMIT'],
    async drive(stage) {
      const unit = takenUnit(await stage.one.reserve('ada'))
      await endHolds(stage)
      const key = randomUUID()
      const hold = await holdKey(stage, key)
      const confirmation = stage.one.confirm(unit, key)
      await stage.untilStuck()
      const redemption = stage.two.redeem('ada')
      // Either it waits for the confirmation, or it is answered.
      await stage.untilStuck()
      await hold.release()
      await Promise.all([confirmation, redemption])
    },
  },
  {
    name: 'a rollback without its guard',
    fault: {
      replacements: [
        decision(
          `if v_was <> 'REDEEMED' then
        return rejection`,
          `if false then
        return rejection`,
        ),
      ],
    },
    useLimit: 2,
    caughtBy: ['the log is append-only'],
    async drive(stage) {
      const unit = takenUnit(await stage.one.redeem('user-1'))
      await stage.one.rollback(unit)
      await stage.two.rollback(unit)
    },
  },
]

/** Stops every effect of a key just before it is stored. */
async function holdKey({ database, coupon }: Stage, key: string) {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { promise: isHeld, resolve: tellHeld } = Promise.withResolvers<void>()
  const transaction = database.transaction(async (it) => {
    await it.query(
      `insert into idempotency_key (account_id, key, fingerprint, answer)
       select account_id, $2, '', '{}' from coupon where id = $1`,
      [coupon.id, key],
    )
    tellHeld()
    await released
    await it.query('delete from idempotency_key where key = $1', [key])
  })
  await Promise.race([isHeld, transaction])
  return {
    async release() {
      release()
      await transaction
    },
  }
}

/** Lets the time of all holds be over, against the guard of the log, which nothing else may go against. */
async function endHolds({ database, coupon }: Stage): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.execute('alter table redemption disable trigger user')
    await transaction.query(
      `update redemption set expires_at = clock_timestamp() - interval '1 second'
       where coupon_id = $1 and status = 'RESERVED'`,
      [coupon.id],
    )
    await transaction.execute('alter table redemption enable trigger user')
  })
}

/** The database of a process that sends its own time along with every take. */
function sendingNow(database: Database, fastByMs: number): Database {
  return {
    ...database,
    query(sql, parameters = []) {
      const [takes] = parameters
      if (!sql.includes('take_units(')) return database.query(sql, parameters)
      const rows: object[] = JSON.parse(String(takes))
      const moment = new Date(Date.now() + fastByMs).toISOString()
      return database.query(sql, [JSON.stringify(rows.map((row) => ({ ...row, now: moment })))])
    },
  }
}

describe('of the SQL:', () => {
  let urlOfCore: string
  beforeAll(async () => {
    urlOfCore = await createTestDatabase(inject('postgresUrl'))
  })

  async function findBrokenRules(mutant: Mutant, url: string, fault: Fault): Promise<string[]> {
    const { useLimit } = mutant
    const stage = await openStage(url, { strategy: 'batched', useLimit, fault })
    try {
      await mutant.drive(stage)
      const findings = await inspect(stage)
      return LAYERS.flatMap((layer) => findings[layer].map(({ rule }) => rule))
    } finally {
      await stage.close()
    }
  }

  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s is caught, and the original is not accused',
    async (_name, mutant) => {
      expect(await findBrokenRules(mutant, urlOfCore, {})).toEqual([])
      const url = await createTestDatabase(inject('postgresUrl'))
      expect(await findBrokenRules(mutant, url, mutant.fault)).toEqual(
        expect.arrayContaining([...mutant.caughtBy]),
      )
    },
  )
})

type CreateBatcher = typeof createBatcher

/** The real batcher with one change of its text. */
async function createMutantBatcher(from: string, to: string): Promise<CreateBatcher> {
  const file = new URL('../src/batcher.ts', import.meta.url)
  const source = replaceOnce(await readFile(file, 'utf8'), { from, to }, 'src/batcher.ts')
  const url = `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(source))}`
  return (await import(/* @vite-ignore */ url)).createBatcher
}

/** What a batcher promises, each with a scenario in which a mutant breaks it. */
const BATCHER_RULES: Readonly<Record<string, (create: CreateBatcher) => Promise<unknown>>> = {
  async 'every item of a batch that fails is answered, and only the bad one with the error'(
    create,
  ) {
    const subject = watch(create, (names) => {
      if (names.includes('bad')) throw new Error('a bad item')
    })
    subject.submit('a', 'b', 'bad', 'c', 'd')
    await quiet()
    expect(subject.answers).toEqual({ a: 'A', b: 'B', bad: 'Error: a bad item', c: 'C', d: 'D' })
  },
  async 'a flush whose outcome is not known is not repeated'(create) {
    const subject = watch(create, () => {
      throw new RangeError('the reply was lost')
    })
    subject.submit('a', 'b')
    await quiet()
    expect(subject.flushes).toEqual([['a', 'b']])
  },
  async 'an item whose deadline has passed is not flushed'(create) {
    const subject = watch(create, () => subject.passTime(10))
    subject.submit('a')
    await quiet()
    subject.submit('late')
    await quiet()
    expect(subject.flushes).toEqual([['a']])
    expect(subject.answers.late).toMatch('overloaded')
  },
  async 'items go in the order of their arrival'(create) {
    const subject = watch(create, () => {}, 2)
    subject.submit('a', 'b', 'c', 'd')
    await quiet()
    expect(subject.flushes).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  },
  async 'no two items of one key are in one flush'(create) {
    const subject = watch(create, () => {})
    subject.submit('key', 'key')
    await quiet()
    expect(subject.flushes).toEqual([['key'], ['key']])
  },
}

const BATCHER_MUTANTS = [
  {
    name: 'a halving that drops an item',
    from: 'await flushHalving(lane, due.slice(middle))',
    to: 'await flushHalving(lane, due.slice(middle + 1))',
    caughtBy: 'every item of a batch that fails is answered, and only the bad one with the error',
  },
  {
    name: 'a halving of what may have had its effect',
    from: 'if (due.length === 1 || isOutcomeUnknown(error)) {',
    to: 'if (due.length === 1) {',
    caughtBy: 'a flush whose outcome is not known is not repeated',
  },
  {
    name: 'a deadline that is not looked at',
    from: 'const isLate = now() > waiting.deadline',
    to: 'const isLate = false',
    caughtBy: 'an item whose deadline has passed is not flushed',
  },
  {
    name: 'a queue that is taken from its end',
    from: 'lane.queue.splice(0, maxBatch)',
    to: 'lane.queue.splice(-maxBatch)',
    caughtBy: 'items go in the order of their arrival',
  },
  {
    name: 'a repeat that does not wait for the first of its key',
    from: 'if (key === null) return enqueue(item, deadline)',
    to: 'if (key !== undefined) return enqueue(item, deadline)',
    caughtBy: 'no two items of one key are in one flush',
  },
]

/** A batcher of names, which are their own keys, with a flush that may throw; deadlines are at 5. */
function watch(create: CreateBatcher, onFlush: (names: readonly string[]) => void, maxBatch = 100) {
  const flushes: (readonly string[])[] = []
  const answers: Record<string, string> = {}
  let time = 0
  const batcher = create<string, string>({
    async flush(names) {
      flushes.push(names)
      onFlush(names)
      return names.map((name) => name.toUpperCase())
    },
    laneOf: () => '',
    keyOf: (name) => name,
    isOutcomeUnknown: (error) => error instanceof RangeError,
    lanes: 1,
    maxBatch,
    maxQueued: 100,
    now: () => time,
  })
  return {
    flushes,
    answers,
    passTime: (ms: number) => {
      time += ms
    },
    submit(...names: string[]) {
      for (const name of names) {
        batcher.submit(name, 5).then(
          (answer) => {
            answers[name] = typeof answer === 'string' ? answer : answer.outcome
          },
          (error) => {
            answers[name] = String(error)
          },
        )
      }
    },
  }
}

/** Until nothing more happens by itself; what has no answer then has none for ever. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

describe('of the batcher:', () => {
  const isBroken = async (rule: string, create: CreateBatcher) =>
    (await BATCHER_RULES[rule]?.(create).then(
      () => undefined,
      () => rule,
    )) ?? 'nothing'

  it.each(BATCHER_MUTANTS)(
    '$name is caught, and the original is not accused',
    async ({ from, to, caughtBy }) => {
      expect(await isBroken(caughtBy, createBatcher)).toBe('nothing')
      expect(await isBroken(caughtBy, await createMutantBatcher(from, to))).toBe(caughtBy)
    },
  )

  it.each(Object.keys(BATCHER_RULES))('a mutant breaks the rule: %s', (rule) => {
    expect(BATCHER_MUTANTS.some(({ caughtBy }) => caughtBy === rule)).toBe(true)
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { generateCouponCode } from '@coupon-gateway/coupon-code'
import { openPostgres } from '@coupon-gateway/database'
import { type CouponCore, openCouponCore, type StrategyName } from '../src/index.ts'
import { type Actor, createActor, type Recording, startRecording } from './actor.ts'
import type { Call } from './call.ts'
import { createGate, type Gate, type ObservedDatabase, observe } from './observed-database.ts'
import { dropConstraints, type Fault, plantFault, WITHOUT_INDEX } from './plant-fault.ts'

/** A coupon, and a client of each core that calls for it. */
export interface Scene {
  readonly coupon: StagedCoupon
  readonly one: Actor
  readonly two: Actor
  readonly calls: readonly Call[]
}

/** Two cores on one PostgreSQL, as two processes are, and a scene on them. */
export interface Stage extends Scene {
  /** For what the driver itself does in the database, and for the checks. */
  readonly database: ObservedDatabase
  /** What PostgreSQL refused. */
  readonly errors: readonly Error[]
  /** A further coupon on the same two cores. */
  addScene(useLimit: number): Promise<Scene>
  /** Locks the counter of a coupon, as a slow transaction would. */
  holdCounter(scene?: Scene): Promise<Hold>
  /** Stops every statement of the two cores that has this text, before it is sent. */
  stopBefore(fragment: string): Gate
  /**
   * Resolves when so many statements wait for a lock or at a gate, unless said otherwise those of all calls that are
   * not answered: the race is set up.
   */
  untilStuck(statements?: number): Promise<void>
  /** Calls from so many further users, at once and from both cores. */
  rush(users: number): Promise<void>
  passTime(): void
  catchUp(): Promise<void>
  close(): Promise<void>
}

export interface StagedCoupon {
  readonly id: string
  readonly useLimit: number
  readonly userLimit: number
}

export interface Hold {
  release(): Promise<void>
}

export interface StageOptions {
  readonly strategy: StrategyName
  readonly useLimit: number
  readonly fault?: Fault
  /** Whether the constraints are there to help. Default true; they do not come back on the same database. */
  readonly withConstraints?: boolean
}

const USER_LIMIT = 1
/** Far more than any wait here: what waits for a lock must not fail because the machine is slow. */
const PATIENCE_MS = 60_000
const POLL_MS = 2
const MAX_POLLS = 10_000

/** @param url of an empty database, or one of an earlier stage that had the same fault, or none */
export async function openStage(
  url: string,
  { strategy, useLimit, fault = {}, withConstraints = true }: StageOptions,
): Promise<Stage> {
  const gates: Gate[] = []
  const recordings: Recording[] = []
  const open = () => observe(openPostgres(url, { poolSize: 20, lockTimeoutMs: PATIENCE_MS }), gates)
  const [director, first, second] = [open(), open(), open()]
  const openCore = (database: ObservedDatabase, name: 'one' | 'two') =>
    openCouponCore(fault.wrap?.(database, name) ?? database, {
      strategy,
      // All coupons share a batch.
      lanes: 1,
      deadlineMs: PATIENCE_MS,
    })
  const cores = [await openCore(first, 'one'), await openCore(second, 'two')] as const

  const bare = withConstraints ? [] : [WITHOUT_INDEX]
  await plantFault(director, [...(fault.replacements ?? []), ...bare])
  if (!withConstraints) await dropConstraints(director)

  let moment = 0
  async function addScene(limit: number): Promise<Scene> {
    const { accountId, code, id } = await createCoupon(cores[0], limit)
    const recording = startRecording(() => ++moment)
    recordings.push(recording)
    return {
      coupon: { id, useLimit: limit, userLimit: USER_LIMIT },
      one: createActor(cores[0], recording, { accountId, code }),
      two: createActor(cores[1], recording, { accountId, code }),
      calls: recording.calls,
    }
  }
  const scene = await addScene(useLimit)
  const { one, two } = scene

  const countOpen = () => recordings.reduce((sum, { open }) => sum + open, 0)

  async function isStuck(statements: number | undefined): Promise<boolean> {
    // Taken before the look into the database: what is answered meanwhile has let go of whoever waited for it.
    const expected = statements ?? countOpen()
    const stopped = gates.reduce((sum, { waiting }) => sum + waiting, 0)
    const [row] = await director.query<{ blocked: number }>(
      `select count(distinct pid)::int as blocked
       from pg_locks join pg_stat_activity using (pid)
       where datname = current_database() and backend_type = 'client backend' and not granted`,
    )
    return stopped + (row?.blocked ?? 0) === expected
  }

  return {
    ...scene,
    addScene,
    database: director,
    get errors() {
      return [...director.errors, ...first.errors, ...second.errors]
    },
    async holdCounter({ coupon } = scene) {
      const { promise: released, resolve: release } = Promise.withResolvers<void>()
      const { promise: isHeld, resolve: tellHeld } = Promise.withResolvers<void>()
      const transaction = director.transaction(async (it) => {
        await it.query('select from coupon_usage where coupon_id = $1 for update', [coupon.id])
        tellHeld()
        await released
      })
      await Promise.race([isHeld, transaction])
      return {
        async release() {
          release()
          await transaction
        },
      }
    },
    stopBefore(fragment) {
      const gate = createGate(fragment)
      gates.push(gate)
      return gate
    },
    async untilStuck(statements) {
      for (let poll = 0; poll < MAX_POLLS; poll += 1) {
        if (await isStuck(statements)) return
        await sleep(POLL_MS)
      }
      throw new Error(`the stage does not come to rest: ${countOpen()} calls are open`)
    },
    async rush(users) {
      const names = Array.from({ length: users }, (_, index) => `rushing-${index}`)
      await Promise.all(names.map((name, index) => (index % 2 === 0 ? one : two).redeem(name)))
    },
    passTime: () => fault.passTime?.(),
    // What is refused then is among the errors, and the faulty core goes on.
    catchUp: async () => fault.catchUp?.(director).catch(() => {}),
    async close() {
      for (const database of [director, first, second]) await database.close()
    },
  }
}

async function createCoupon(core: CouponCore, useLimit: number) {
  const { id: accountId } = await core.ensureAccount('race-museum', 'UTC')
  const code = generateCouponCode(12)
  const created = await core.create({
    accountId,
    code,
    coupon: { discountKind: 'percent', discount: 10, useLimit, userLimit: USER_LIMIT },
    idempotencyKey: null,
  })
  const found = await core.validate({ accountId, code, userId: null })
  if (found.outcome !== 'usable') throw new Error(`not created: ${JSON.stringify(created)}`)
  return { accountId, code, id: found.coupon.id }
}

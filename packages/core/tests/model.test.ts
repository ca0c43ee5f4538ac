import type { Database } from '@coupon-gateway/database'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CouponCore } from '../src/index.ts'
import { newKey, openPgliteDatabase, openPostgresDatabase } from './core-under-test.ts'
import { CoreModel, type Request, type Terms } from './model/core-model.ts'
import { CODES, type Draft, FIRST_TERMS, WEIGHTED_DRAFTS } from './model/random-requests.ts'
import { openEveryStrategy, RealCore } from './model/real-core.ts'
import { findWrongCounters } from './wrong-counters.ts'

const MAX_COMMANDS = 60
/**
 * Enough to shrink a failure, which prints its seed, its path and the commands with a `replayPath`. To replay it, give
 * `seed` and `path` to `fc.assert`, and `replayPath` to `fc.commands`.
 */
const TIMEOUT_MS = 150_000

describe.each([
  ['PostgreSQL', openPostgresDatabase, 40],
  ['PGlite', openPgliteDatabase, 15],
] as const)('on %s', (_name, open, numRuns) => {
  let database: Database
  let cores: readonly CouponCore[]
  beforeAll(async () => {
    database = await open()
    cores = await openEveryStrategy(database)
  })
  afterAll(() => database.close())

  it(
    'every sequence of operations has the answers, the log and the counts of the model',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(...CODES.map(() => FIRST_TERMS)),
          fc.commands(
            WEIGHTED_DRAFTS.map((drafts) => drafts.map((draft) => new Step(draft))),
            { maxCommands: MAX_COMMANDS, size: 'max' },
          ),
          async (firstTerms, commands) => {
            // An account of its own, so that every run starts from nothing.
            const { id } = await (cores[0] as CouponCore).ensureAccount(newKey(), 'UTC')
            const model = new CoreModel()
            const real = { core: new RealCore(cores, database, id), database }
            for (const [index, code] of CODES.entries()) {
              const terms = firstTerms[index] as Terms
              const create = { kind: 'create', code, terms, key: null } as const
              expect(await real.core.perform(create)).toEqual(model.perform(create))
            }
            await fc.asyncModelRun(() => ({ model, real }), commands)
          },
        ),
        { numRuns },
      )
    },
    TIMEOUT_MS,
  )
})

interface Real {
  readonly core: RealCore
  readonly database: Database
}

class Step implements fc.AsyncCommand<CoreModel, Real> {
  readonly #draft: Draft
  #shown = ''

  constructor(draft: Draft) {
    this.#draft = draft
  }

  check(model: CoreModel): boolean {
    const request = this.#draft(model)
    // What becomes of such a coupon's ordinals and counter is not settled: see known-faults.test.ts.
    return request !== undefined
  }

  async run(model: CoreModel, { core, database }: Real): Promise<void> {
    const request = this.#draft(model) as Request
    this.#shown = JSON.stringify(request)
    const expected = model.perform(request)
    expect(await core.perform(request), this.#shown).toEqual(expected)
    expect(await core.log(), `the log after ${this.#shown}`).toEqual(model.log())
    if ('code' in request && request.kind !== 'validate') {
      const look = { kind: 'validate', code: request.code, userId: null } as const
      expect(await core.perform(look), `${request.code} after ${this.#shown}`).toEqual(
        model.perform(look),
      )
    }
    expect(await findWrongCounters(database)).toEqual([])
  }

  toString(): string {
    return this.#shown
  }
}

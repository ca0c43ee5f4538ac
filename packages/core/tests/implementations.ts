import type { Database } from '@coupon-gateway/database'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import type { StrategyName } from '../src/index.ts'
import {
  type CoreUnderTest,
  openOver,
  openPgliteDatabase,
  openPostgresDatabase,
} from './core-under-test.ts'
import { findWrongCounters } from './wrong-counters.ts'

export const STRATEGIES = ['batched', 'conditional-update', 'textbook'] as const

/**
 * Runs a suite over the implementations of the core: each strategy on PostgreSQL, and on PGlite the one that is used
 * there (`strategies.test.ts` and `model.test.ts` hold the others equal on it). After every test the counters must
 * agree with the log.
 *
 * @param define the suite; its `subject` can be used once a test runs
 */
export function overEveryImplementation(
  define: (subject: CoreUnderTest, strategy: StrategyName) => void,
): void {
  describe.each([
    ['PostgreSQL', openPostgresDatabase, STRATEGIES],
    ['PGlite', openPgliteDatabase, ['batched']],
  ] as const)('on %s', (_name, open, strategies) => {
    let database: Database
    beforeAll(async () => {
      database = await open()
    })
    afterAll(() => database.close())
    afterEach(async () => {
      expect(await findWrongCounters(database)).toEqual([])
    })

    describe.each(strategies)('by the %s strategy', (strategy) => {
      let opened: CoreUnderTest
      beforeAll(async () => {
        opened = await openOver(database, { strategy })
      })
      const subject = new Proxy({} as CoreUnderTest, {
        get: (_, name) => Reflect.get(opened, name),
      })
      define(subject, strategy)
    })
  })
}

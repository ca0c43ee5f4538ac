import { readFile } from 'node:fs/promises'
import type { Database } from '@coupon-gateway/database'
import type { TakeStrategy, TakeVerdict } from '../take.ts'

/**
 * One transaction a request, its guard in the statement that counts: `update … where used + held < use_limit`.
 * A peer in benchmarks, and an oracle in tests. It brings its SQL along: production has no use for it.
 */
export async function openConditionalUpdateStrategy(database: Database): Promise<TakeStrategy> {
  await database.execute(
    await readFile(new URL('../../peers/conditional-update.sql', import.meta.url), 'utf8'),
  )
  return {
    async take(take) {
      const [row] = await database.query<{ verdict: TakeVerdict }>(
        'select take_unit_conditionally($1, $2, $3, $4, $5, $6, $7, $8, $9) as verdict',
        [
          take.id,
          take.accountId,
          take.code,
          take.userId,
          take.memo,
          take.verifiedHash,
          take.key,
          take.fingerprint,
          take.ttlSeconds,
        ],
      )
      if (row === undefined) throw new Error('take_unit_conditionally gave no verdict')
      return row.verdict
    },
  }
}

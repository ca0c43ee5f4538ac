import { openPostgres } from '@coupon-gateway/database'
import { startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase } from '@coupon-gateway/test-postgres'
import { inject } from 'vitest'
import type { UpstreamProfile } from '../src/index.ts'

export interface ApiUnderTest {
  readonly url: string
  stop(): Promise<void>
}

/** The key of the demo whose rate limits are lifted. */
export const API_KEY = 'demo_personal_key'

/** The real api as a process of its own, over a database of its own, in one of its profiles. */
export async function startApi(profile: UpstreamProfile): Promise<ApiUnderTest> {
  const DATABASE_URL = await createTestDatabase(inject('postgresUrl'))
  const api = await startServiceProcess('api', {
    LOG_LEVEL: 'warn',
    DATABASE_URL,
    DEMO: 'true',
    API_PROFILE: profile,
  })
  await giveHighestPlan(DATABASE_URL)
  return api
}

/** So that a coupon can have all its fields in the hosted profile too. No key was used yet that would be remembered. */
async function giveHighestPlan(databaseUrl: string): Promise<void> {
  const database = openPostgres(databaseUrl)
  await database.query(
    `update account_plan set plan = 'enterprise'
     where account_id in (select id from account where name = 'demo')`,
  )
  await database.close()
}

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
  return startServiceProcess('api', {
    LOG_LEVEL: 'warn',
    DATABASE_URL: await createTestDatabase(inject('postgresUrl')),
    DEMO: 'true',
    API_PROFILE: profile,
  })
}

import type { Caller } from '../../src/caller.ts'

/** Whom a page of a shop calls as: counted by key, by address and by prefix, of which nothing is used up here. */
export const BENCH_CALLER: Caller = {
  id: 'bench',
  kind: 'publishable',
  by: 'key',
  scopes: new Set(['coupon:validate']),
  callsPerMinute: 1_000_000_000,
  origins: null,
}

/** Settings beside those of the demo; past them nothing of a benchmark is refused. */
export const BENCH_ENVIRONMENT = {
  // The peers log nothing either.
  LOG_LEVEL: 'silent',
  NODE_ENV: 'production',
  DEMO: 'true',
  ADDRESS_CALLS_PER_MINUTE: '1000000000',
  ADDRESS_REQUESTS_PER_MINUTE: '1000000000',
} as const

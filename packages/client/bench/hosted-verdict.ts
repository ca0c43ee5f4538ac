import { openPostgres } from '@coupon-gateway/database'
import type { HostedTask, TaskEnd } from './hosted-run.ts'

/** What is in the journal, at the upstream, and in the callers' hands, compared key by key. */
export interface HostedVerdict {
  /** Keys, by what became of them. */
  readonly redeemed: number
  readonly withoutEffect: number
  /** Keys whose caller stopped asking before there was an answer. */
  readonly gaveUp: number
  /** Keys with more than one effect at the upstream. */
  readonly twice: readonly string[]
  /** Keys of which journal and upstream say different things. */
  readonly disagreements: readonly string[]
  /** Keys whose caller was told something else than what happened. */
  readonly toldWrong: readonly string[]
  /** Keys that were refused though a unit of their coupon is free. */
  readonly refusedWrongly: readonly string[]
  readonly pending: number
  readonly needsReview: number
  /** Uses at the upstream that no key accounts for. */
  readonly unaccounted: number
}

export async function compareWithUpstream(run: {
  readonly tasks: readonly HostedTask[]
  readonly told: ReadonlyMap<string, TaskEnd['end']>
  readonly journalUrl: string
  readonly apiUrl: string
}): Promise<HostedVerdict> {
  const { tasks, told } = run
  const effects = await countEffects(run.apiUrl)
  const states = await readStates(run.journalUrl)
  const free = await findFreeCodes(run.apiUrl)
  const keys = tasks.map(({ idempotencyKey }) => idempotencyKey)
  const known = new Set(keys)
  const effectsOf = (key: string) => effects.get(key) ?? 0
  const agrees = (key: string) => {
    switch (states.get(key)) {
      case 'REDEEMED':
        return effectsOf(key) === 1
      case 'NO_EFFECT':
      case undefined:
        return effectsOf(key) === 0
      default:
        // Open or in review: the journal claims nothing.
        return effectsOf(key) <= 1
    }
  }
  const count = (state: string) => keys.filter((key) => states.get(key) === state).length
  return {
    redeemed: count('REDEEMED'),
    withoutEffect: count('NO_EFFECT'),
    gaveUp: keys.filter((key) => told.get(key) === 'open').length,
    twice: keys.filter((key) => effectsOf(key) > 1),
    disagreements: keys.filter((key) => !agrees(key)),
    toldWrong: keys.filter((key) => {
      const end = told.get(key)
      return end !== 'open' && (end === 'redeemed') !== (effectsOf(key) === 1)
    }),
    refusedWrongly: tasks
      .filter(
        ({ code, idempotencyKey }) => told.get(idempotencyKey) === 'rejected' && free.has(code),
      )
      .map(({ idempotencyKey }) => idempotencyKey),
    pending: count('PENDING') + count('SENDING'),
    needsReview: count('NEEDS_REVIEW'),
    unaccounted: [...effects].filter(([key]) => !known.has(key)).length,
  }
}

/** By the key in the memo of each use. */
async function countEffects(apiUrl: string): Promise<ReadonlyMap<string, number>> {
  const database = openPostgres(apiUrl)
  const rows = await database.query<{ key: string; uses: number }>(
    `select coalesce(substring(memo from '\\[key (\\S+) \\d+\\]$'), memo) as key, count(*)::int as uses
     from redemption where status = 'REDEEMED' group by 1`,
  )
  await database.close()
  return new Map(rows.map(({ key, uses }) => [key, uses]))
}

/** Coupons with a unit left. */
async function findFreeCodes(apiUrl: string): Promise<ReadonlySet<string>> {
  const database = openPostgres(apiUrl)
  const rows = await database.query<{ code: string }>(
    `select code from coupon c join coupon_usage u on u.coupon_id = c.id
     where u.use_limit = 0 or u.used < u.use_limit`,
  )
  await database.close()
  return new Set(rows.map(({ code }) => code))
}

async function readStates(journalUrl: string): Promise<ReadonlyMap<string, string>> {
  const database = openPostgres(journalUrl)
  const rows = await database.query<{ key: string; state: string }>(
    'select idempotency_key as key, state from journal_entry',
  )
  await database.close()
  return new Map(rows.map(({ key, state }) => [key, state]))
}

import type { HistoryEntry, Plan } from '../plan.ts'
import type { DatabaseRecord } from '../verifier/database-record.ts'
import type { Difference } from '../verifier/difference.ts'
import { findDifferences } from '../verifier/find-differences.ts'
import { EXPECTED_RULES } from './expected-rules.ts'

/** A line that `packages/core/race-museum/record.ts` writes. */
export interface RecordedShow {
  readonly race: string
  /** What the variant does wrong; null: it is the core itself. */
  readonly fault: string | null
  readonly strategy: string
  readonly round: number
  readonly coupon: { readonly code: string; readonly limit: number; readonly userLimit: number }
  readonly history: readonly HistoryEntry[]
  readonly log: DatabaseRecord['log']
  readonly counters: DatabaseRecord['counters']
  /** What the core's own comparison finds. */
  readonly verified: readonly { readonly rule: string; readonly found: string }[]
}

/** A show with what the verifier says of it. */
export interface JudgedShow extends Pick<RecordedShow, 'race' | 'fault' | 'strategy' | 'round'> {
  readonly verdict: 'PASS' | 'FAIL'
  readonly differences: readonly Difference[]
  /** The verdict is the right one, and a FAIL has the right reason. */
  readonly isAsExpected: boolean
}

/** Judges a show as a load run is judged. */
export function judgeShow(show: RecordedShow): JudgedShow {
  const { race, fault, strategy, round, coupon, history, log, counters, verified } = show
  const differences = [
    ...findDifferences(planOf(coupon), history, { log, counters }),
    ...verified.map(({ rule, found }) => ({ coupon: coupon.code, rule, found })),
  ]
  const rules = new Set(differences.map(({ rule }) => rule))
  return {
    race,
    fault,
    strategy,
    round,
    verdict: differences.length === 0 ? 'PASS' : 'FAIL',
    differences,
    isAsExpected: fault === null ? rules.size === 0 : rules.has(EXPECTED_RULES[race] ?? ''),
  }
}

/** A plan that leaves open how many calls there are. */
function planOf({ code, limit, userLimit }: RecordedShow['coupon']): Plan {
  return {
    scenario: 'museum',
    workload: 'museum',
    seed: 0,
    runId: 'museum',
    target: { protocol: 'rest', url: '', key: '' },
    shape: { kind: 'attempts', users: 2, attempts: 0 },
    repeats: 1,
    chaos: null,
    toleratesUnknownAnswers: false,
    coupons: [
      {
        code,
        role: 'museum',
        limit,
        userLimit,
        attempts: null,
        share: 1,
        customers: null,
        expectedGrants: null,
        onsitePassword: null,
        isManaged: false,
        redeemedBefore: 0,
      },
    ],
  }
}

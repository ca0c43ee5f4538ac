import type { RunRecord } from './run-record.ts'

/** A record for tests: a run that passed, with everything that a report can show. */
export function makeRecord(changes: Partial<RunRecord> = {}): RunRecord {
  const latencyMs = { min: 1, p50: 5, p95: 9, p99: 20, p999: 31, max: 40 }
  return {
    version: 1,
    name: '2026-01-02T03-04-05-redeem-burst-7',
    scenario: 'redeem',
    workload: 'burst',
    protocol: 'graphql',
    seed: 7,
    startedAt: '2026-01-02T03:04:05.250Z',
    durationMs: 2_000,
    verdict: { passed: true, summary: '100 grants, every one right', findings: [] },
    conditions: { commit: 'abc1234', machine: '2 × CPU' },
    coupons: [{ code: 'A1', role: 'used up', limit: 100, granted: 100, rejected: 50, logged: 100 }],
    outcomes: [
      { operation: 'redeem', outcome: 'granted', count: 100, latencyMs },
      { operation: 'redeem', outcome: 'rejected EXHAUSTED', count: 50, latencyMs },
    ],
    seconds: [
      { fromMs: -250, counts: { granted: 70 }, p50Ms: 5, p99Ms: 20 },
      { fromMs: 750, counts: { granted: 30, rejected: 50 }, p50Ms: 4, p99Ms: 19 },
      { fromMs: 1_750, counts: {}, p50Ms: null, p99Ms: null },
    ],
    cpu: [{ name: 'gateway', meanPercent: 61, samples: [{ atMs: 500, percent: 61 }] }],
    batches: [
      { upTo: 1, flushes: 3 },
      { upTo: 64, flushes: 9 },
    ],
    faults: [{ fault: { kind: 'reset', link: 'callers' }, beganAtMs: 901, endedAtMs: 902 }],
    ...changes,
  }
}

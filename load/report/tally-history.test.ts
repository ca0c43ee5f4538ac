import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome } from '../plan.ts'
import { tallyHistory } from './tally-history.ts'

const START = 1_700_000_000_250

function entry(calledAfterMs: number, tookMs: number, outcome: Outcome, attempt = 0): HistoryEntry {
  const calledAt = START + calledAfterMs
  return {
    ...{ attempt, coupon: 'A', operation: 'redeem', user: 'u', key: 'k', outcome },
    ...{ calledAt, returnedAt: calledAt + tookMs },
  }
}

const GRANTED = { kind: 'granted', redemptionId: 'r', ordinal: 1, replayed: false } as const
const EXHAUSTED = { kind: 'rejected', reason: 'EXHAUSTED' } as const

describe('what a history comes to', () => {
  it('keeps outcomes apart: each reason of a refusal, and a grant that was told again', async () => {
    const { outcomes } = await tallyHistory([
      entry(0, 5, GRANTED),
      entry(0, 9, GRANTED),
      entry(1, 1, { ...GRANTED, replayed: true }),
      entry(2, 2, EXHAUSTED),
      entry(2, 3, { kind: 'rejected', reason: 'ALL_HELD' }),
    ])
    expect(outcomes.map(({ outcome, count, latencyMs: { max } }) => [outcome, count, max])).toEqual(
      [
        ['granted', 2, 9],
        ['replayed', 1, 1],
        ['rejected EXHAUSTED', 1, 2],
        ['rejected ALL_HELD', 1, 3],
      ],
    )
  })

  it('counts answers in the second in which they came, and shows seconds without any', async () => {
    const { seconds, startedAtMs, durationMs } = await tallyHistory([
      entry(2_600, 300, EXHAUSTED),
      entry(0, 5, GRANTED),
      entry(700, 100, GRANTED),
    ])
    expect(startedAtMs).toBe(START)
    expect(durationMs).toBe(2_900)
    expect(seconds.map(({ fromMs, counts }) => [fromMs, counts])).toEqual([
      [-250, { granted: 1 }],
      [750, { granted: 1 }],
      [1_750, {}],
      [2_750, { rejected: 1 }],
    ])
    expect(seconds[2]).toMatchObject({ p50Ms: null, p99Ms: null })
  })

  it('leaves out what prepared the load', async () => {
    const { outcomes, durationMs } = await tallyHistory([
      entry(-60_000, 50_000, GRANTED, -1),
      entry(0, 5, EXHAUSTED),
    ])
    expect(outcomes).toMatchObject([{ outcome: 'rejected EXHAUSTED', count: 1 }])
    expect(durationMs).toBe(5)
  })

  it('of nothing is nothing', async () => {
    expect(await tallyHistory([])).toEqual({
      ...{ startedAtMs: null, durationMs: 0, outcomes: [], seconds: [] },
    })
  })
})

import { describe, expect, it } from 'vitest'
import type { HistoryEntry } from '../plan.ts'
import { madeUpEntry } from '../tests/made-up-run.ts'
import { goodputOf } from './goodput.ts'

/** Answers that return in one second of the run, after so many milliseconds each. */
const answers = (second: number, latenciesMs: readonly number[]): HistoryEntry[] =>
  latenciesMs.map((latencyMs) =>
    madeUpEntry({
      calledAt: 1_000 * second + 999 - latencyMs,
      returnedAt: 1_000 * second + 999,
    }),
  )
const beginning = madeUpEntry({ calledAt: 0, returnedAt: 1 })

describe('goodputOf', () => {
  it('counts what did what was asked: no refusals, no repeats, nothing unknown, no preparation', () => {
    const { peakPerSecond, peakGrantsPerSecond } = goodputOf(
      [
        beginning,
        madeUpEntry({ operation: 'confirm', outcome: { kind: 'done', replayed: false } }),
        madeUpEntry({ outcome: { kind: 'rejected', reason: 'EXHAUSTED' } }),
        madeUpEntry({ outcome: { kind: 'unsettled', why: 'no answer' } }),
        madeUpEntry({ outcome: { kind: 'done', replayed: true } }),
        madeUpEntry({ attempt: -1 }),
      ],
      100,
    )
    expect([peakPerSecond, peakGrantsPerSecond]).toEqual([2, 1])
  })

  it('breaks at the first of two slow seconds in a row, and held what was most before', () => {
    const history = [
      beginning,
      ...answers(0, [10, 10]),
      ...answers(1, [10, 10, 10, 900]),
      ...answers(2, [10, 10, 10, 10, 10]),
      ...answers(3, [900, 900]),
      ...answers(4, [900]),
    ]
    expect(goodputOf(history, 100).breakingPoint).toEqual({
      afterSeconds: 3,
      p99Ms: 900,
      heldPerSecond: 5,
    })
  })

  it('does not break where nothing is slow, and has nothing to say of nothing', () => {
    expect(goodputOf([beginning, ...answers(0, [10])], 100).breakingPoint).toBeNull()
    expect(goodputOf([], 100)).toEqual({
      peakPerSecond: 0,
      peakGrantsPerSecond: 0,
      p99Ms: 0,
      breakingPoint: null,
    })
  })
})

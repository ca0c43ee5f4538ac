import { describe, expect, it } from 'vitest'
import { type FailureCode, failureOf } from '../gateway/failure.ts'
import type { WriteResult } from '../gateway/write-result.ts'
import { hurried, judge, newWrite, type PendingWrite, pauseAfter } from './pending-write.ts'

const failed = (code: FailureCode, retryAfterMs: number | null = null): WriteResult => ({
  kind: 'failed',
  failure: { ...failureOf(code), retryAfterMs },
})
const judged = (write: PendingWrite, result: WriteResult) =>
  judge(write, { key: write.key, result, nowMs: 10_000, random: 1 })
const afterLostAnswer = () => {
  const verdict = judged(newWrite('k'), failed('NO_ANSWER'))
  if (verdict.kind !== 'open') throw new Error('it is open')
  return verdict.write
}

describe('judge', () => {
  it('keeps the key of a write that has no answer, and waits longer each time', () => {
    const first = afterLostAnswer()
    expect(first).toMatchObject({ key: 'k', tries: 1, mayHaveHappened: true, dueAtMs: 11_000 })
    expect(judged(first, failed('OFFLINE'))).toMatchObject({
      write: { key: 'k', tries: 2, dueAtMs: 12_000 },
    })
    expect(hurried(first)).toEqual({ ...first, dueAtMs: 0 })
  })

  it('waits as long as RATE_LIMITED asks, where that is longer', () => {
    expect(judged(newWrite('k'), failed('RATE_LIMITED', 60_000))).toMatchObject({
      write: { mayHaveHappened: false, dueAtMs: 70_000 },
    })
    expect(judged(newWrite('k'), failed('RATE_LIMITED', 1))).toMatchObject({
      write: { dueAtMs: 11_000 },
    })
  })

  it('stops where repeating does not help, unless an earlier try may have had its effect', () => {
    expect(judged(newWrite('k'), failed('FORBIDDEN'))).toMatchObject({ kind: 'stopped' })
    expect(judged(afterLostAnswer(), failed('FORBIDDEN'))).toMatchObject({
      kind: 'open',
      write: { mayHaveHappened: true },
    })
  })

  it('asks again where the first request is still being worked on', () => {
    const refusal = { code: 'IDEMPOTENCY_CONCURRENT_REQUEST', message: '' } as const
    expect(judged(newWrite('k'), { kind: 'refused', refusal })).toMatchObject({
      kind: 'open',
      write: { trouble: { kind: 'unsettled' } },
    })
  })

  it('a refusal is final', () => {
    const refusal = { code: 'EXHAUSTED', message: '' } as const
    expect(judged(afterLostAnswer(), { kind: 'refused', refusal })).toEqual({
      kind: 'refused',
      refusal,
    })
  })
})

describe('pauseAfter', () => {
  it('doubles to half a minute, and spreads between half and the whole', () => {
    expect([1, 2, 3, 6, 60].map((tries) => pauseAfter(tries, 1))).toEqual([
      1_000, 2_000, 4_000, 30_000, 30_000,
    ])
    expect(pauseAfter(3, 0)).toBe(2_000)
  })
})

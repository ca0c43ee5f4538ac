import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttemptOutcome } from './attempt-outcome.ts'
import {
  BASE_DELAY_MS,
  decideRetry,
  MAX_DELAY_MS,
  type RetrySituation,
  THROTTLED_BASE_DELAY_MS,
} from './retry-decision.ts'
import { UnansweredError } from './upstream-error.ts'

const error = new UnansweredError('UNAVAILABLE', 'for a test')
const retryAfterMs = fc.option(fc.nat(10_000))
const answered: AttemptOutcome = { kind: 'answered', answer: { kind: 'key-reused' } }

const throttled = retryAfterMs.map(
  (afterMs): AttemptOutcome => ({ kind: 'throttled', error, retryAfterMs: afterMs }),
)
const withoutEffect = fc.oneof(
  throttled,
  fc.constant<AttemptOutcome>({ kind: 'never-sent', error }),
)
const perhapsWithEffect = retryAfterMs.chain((afterMs) =>
  fc.constantFrom<AttemptOutcome>(
    { kind: 'transient', error, retryAfterMs: afterMs },
    { kind: 'key-in-use', retryAfterMs: afterMs },
  ),
)
const final = fc.constantFrom<AttemptOutcome>(answered, { kind: 'failed', error })
const anyOutcome = fc.oneof(withoutEffect, perhapsWithEffect, final)

const situations = (attemptOutcome: fc.Arbitrary<AttemptOutcome>) =>
  fc.record({
    attemptOutcome,
    attempt: fc.integer({ min: 1, max: 20 }),
    maxAttempts: fc.integer({ min: 1, max: 20 }),
    isSafeToRepeat: fc.boolean(),
    mayHaveHadEffect: fc.boolean(),
    remainingMs: fc.double({ min: -1_000, max: 20_000, noNaN: true }),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }).map((it) => () => it),
  })

function delayOf(situation: Partial<RetrySituation>): number | null {
  const decision = decideRetry({
    attemptOutcome: { kind: 'never-sent', error },
    attempt: 1,
    maxAttempts: 20,
    isSafeToRepeat: false,
    mayHaveHadEffect: false,
    remainingMs: 60_000,
    random: () => 1,
    ...situation,
  })
  return decision.action === 'retry' ? decision.delayMs : null
}

describe('decideRetry', () => {
  it('never repeats what may have had an effect, unless a second one is impossible', () => {
    fc.assert(
      fc.property(situations(perhapsWithEffect), (situation) => {
        expect(decideRetry({ ...situation, isSafeToRepeat: false })).toEqual({ action: 'stop' })
      }),
    )
  })

  it('waits for an upstream that is down only to learn the outcome of what was sent there', () => {
    const notTried = { kind: 'not-tried', error, retryAfterMs: 500 } as const
    const delay = (isSafeToRepeat: boolean, mayHaveHadEffect: boolean) =>
      delayOf({ attemptOutcome: notTried, isSafeToRepeat, mayHaveHadEffect })
    expect(delay(true, true)).toBeGreaterThanOrEqual(500)
    expect([delay(true, false), delay(false, true), delay(false, false)]).toEqual([
      null,
      null,
      null,
    ])
  })

  it('never repeats a call that is decided', () => {
    fc.assert(
      fc.property(situations(final), (situation) => {
        expect(decideRetry(situation)).toEqual({ action: 'stop' })
      }),
    )
  })

  it('never makes more attempts than allowed', () => {
    fc.assert(
      fc.property(situations(anyOutcome), (situation) => {
        const { attempt, maxAttempts } = situation
        if (attempt >= maxAttempts) expect(decideRetry(situation)).toEqual({ action: 'stop' })
      }),
    )
  })

  it('never begins a pause that does not end before the deadline', () => {
    fc.assert(
      fc.property(situations(anyOutcome), (situation) => {
        const decision = decideRetry(situation)
        if (decision.action === 'retry')
          expect(decision.delayMs).toBeLessThan(situation.remainingMs)
      }),
    )
  })

  it('always waits at least Retry-After, and at most the longest pause more', () => {
    fc.assert(
      fc.property(situations(fc.oneof(throttled, perhapsWithEffect)), (situation) => {
        const decision = decideRetry(situation)
        if (decision.action === 'stop' || !('retryAfterMs' in situation.attemptOutcome)) return
        const floorMs = situation.attemptOutcome.retryAfterMs ?? 0
        expect(decision.delayMs).toBeGreaterThanOrEqual(floorMs)
        expect(decision.delayMs).toBeLessThanOrEqual(floorMs + MAX_DELAY_MS)
      }),
    )
  })

  it('repeats what had no effect, safe or not, while attempts and time are left', () => {
    fc.assert(
      fc.property(situations(withoutEffect), (situation) => {
        const roomy = { ...situation, attempt: 1, maxAttempts: 2, remainingMs: 20_000 }
        expect(decideRetry(roomy).action).toBe('retry')
      }),
    )
  })

  it('doubles the ceiling of the pause with every attempt, up to the longest', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => delayOf({ attempt }))
    expect(ceilings).toEqual([50, 100, 200, 400, 800, 1_600, 2_000, 2_000])
    expect(ceilings[0]).toBe(BASE_DELAY_MS)
  })

  it('has four times the ceiling for an upstream that asked for relief', () => {
    const attemptOutcome = { kind: 'throttled', error, retryAfterMs: null } as const
    expect(delayOf({ attemptOutcome })).toBe(THROTTLED_BASE_DELAY_MS)
  })

  it('spreads pauses over everything from zero to the ceiling', () => {
    expect(delayOf({ random: () => 0 })).toBe(0)
    expect(delayOf({ random: () => 0.5 })).toBe(BASE_DELAY_MS / 2)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../tests/fake-clock.ts'
import type { AttemptOutcome } from './attempt-outcome.ts'
import type { CallEffect, TimedCall } from './call.ts'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { createRetryBudget } from './retry-budget.ts'
import { withRetries } from './retry-loop.ts'
import type { Transport } from './transport.ts'
import { type AnyUpstreamError, isUpstreamError, UnansweredError } from './upstream-error.ts'
import { rotateUpstreams } from './upstream-rotation.ts'

const error = new UnansweredError('UNAVAILABLE', 'for a test')
const outcome = fc.constantFrom<AttemptOutcome>(
  { kind: 'answered', answer: { kind: 'done', result: null, replayed: false } },
  { kind: 'key-in-use', retryAfterMs: null },
  { kind: 'never-sent', error },
  { kind: 'throttled', error, retryAfterMs: 100 },
  { kind: 'transient', error, retryAfterMs: null },
  { kind: 'failed', error },
)
const story = fc.array(outcome, { minLength: 4, maxLength: 4 })

const noTransport: Transport = {
  send: () => Promise.reject(new Error('not used')),
  close: () => Promise.resolve(),
}

/** Runs a call whose attempts end as told, and says how it and they ended. */
async function run(told: readonly AttemptOutcome[], effect: CallEffect, isSafeToRepeat: boolean) {
  const clock = createFakeClock()
  const seen: AttemptOutcome[] = []
  const call: TimedCall = {
    request: { method: 'PUT', path: '/', headers: {}, body: null },
    effect,
    journalStep: null,
    isSafeToRepeat,
    deadlineMs: 12_000,
    info: { id: 1, operation: 'redeem', kind: effect.kind, requestId: undefined },
    signal: undefined,
    trace: null,
    deadline: { remainingMs: () => 12_000 - clock.monotonicMs() },
  }
  const upstreams = rotateUpstreams([
    {
      index: 0,
      transport: noTransport,
      breaker: createCircuitBreaker({ clock, random: () => 0 }),
      retryBudget: createRetryBudget(),
    },
  ])
  const repeat = withRetries(
    { upstreams, maxAttempts: 4, clock, random: () => 0.5, hooks: {} },
    async () => {
      const next = told[seen.length]
      if (next === undefined) throw new Error('one attempt too many')
      seen.push(next)
      return next
    },
  )
  const end = await repeat(call).then(
    (answer) => ({ kind: 'answer', answer }) as const,
    (thrown: AnyUpstreamError) => ({ kind: 'error', code: thrown.code, thrown }) as const,
  )
  return { seen, end }
}

const write: CallEffect = { kind: 'write', idempotencyKey: 'key-1' }

describe('withRetries', () => {
  it('sends a write that is not safe to repeat at most once to where it may be carried out', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { seen } = await run(told, write, false)
        const perhapsCarriedOut = seen.filter(
          ({ kind }) => kind === 'transient' || kind === 'answered' || kind === 'key-in-use',
        )
        expect(perhapsCarriedOut.length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('calls the outcome of a write unknown exactly when an attempt may have had an effect and no answer settled it', async () => {
    await fc.assert(
      fc.asyncProperty(story, fc.boolean(), async (told, isSafeToRepeat) => {
        const { seen, end } = await run(told, write, isSafeToRepeat)
        const isUnsettled =
          seen.some(({ kind }) => kind === 'transient') && seen.at(-1)?.kind !== 'answered'
        expect(end.kind === 'error' && end.code === 'OUTCOME_UNKNOWN').toBe(isUnsettled)
      }),
    )
  })

  it('never calls the outcome of a read unknown', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const { end } = await run(told, { kind: 'read' }, true)
        if (end.kind === 'error') expect(end.code).toBe('UNAVAILABLE')
      }),
    )
  })

  it('says which key to repeat an unknown outcome with, and what went wrong last', async () => {
    const transient = { kind: 'transient', error, retryAfterMs: 70 } as const
    const { end } = await run([transient], write, false)
    expect(end).toMatchObject({
      thrown: { code: 'OUTCOME_UNKNOWN', idempotencyKey: 'key-1', retryAfterMs: 70, cause: error },
    })
    expect(end.kind === 'error' && isUpstreamError(end.thrown)).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome, Plan } from '../plan.ts'
import { madeUpCoupon, madeUpEntry, madeUpPlan } from '../tests/made-up-run.ts'
import { inFlightCalls } from './in-flight-calls.ts'

const planOf = (scenario: string, attempts: number, users = 1): Plan =>
  madeUpPlan({
    scenario,
    runId: 'run',
    shape: { kind: 'attempts', users, attempts },
    coupons: [madeUpCoupon({ role: 'ample', limit: attempts, attempts, customers: null })],
  })

const told = (attempt: number, operation: HistoryEntry['operation'], outcome: Outcome) =>
  madeUpEntry({
    attempt,
    operation,
    user: `user-${attempt}`,
    key: `run-${attempt}-${operation}`,
    calledAt: 10 + attempt,
    returnedAt: 20 + attempt,
    outcome,
  })
const grant: Outcome = { kind: 'granted', redemptionId: 'id-0', ordinal: 1, replayed: false }

const keysOf = (entries: readonly HistoryEntry[]) => entries.map(({ key }) => key)

describe('inFlightCalls', () => {
  it('are the attempts that the history jumps over, and as many after it as there are users', () => {
    const history = [told(0, 'redeem', grant), told(2, 'redeem', grant)]
    expect(keysOf(inFlightCalls(planOf('redeem', 9, 2), history))).toEqual([
      'run-1-redeem',
      'run-3-redeem',
      'run-4-redeem',
    ])
  })

  it('end with the plan', () => {
    const history = [told(0, 'redeem', grant), told(1, 'redeem', grant)]
    expect(inFlightCalls(planOf('redeem', 2, 20), history)).toEqual([])
  })

  it('are the next step of an attempt that has several, as its answers lead to it', () => {
    const [call, ...others] = inFlightCalls(planOf('checkout', 1), [told(0, 'reserve', grant)])
    expect(others).toEqual([])
    expect(call).toMatchObject({ redemptionId: 'id-0', outcome: { kind: 'unsettled' } })
    expect(['confirm', 'release']).toContain(call?.operation)
  })

  it('were called after the last answer of their attempt, or after the run began', () => {
    const history = [told(0, 'reserve', grant)]
    const calls = inFlightCalls(planOf('checkout', 2), history)
    expect(calls.map(({ calledAt }) => calledAt)).toEqual([20, 10])
  })

  it('are no attempt that was refused, since nothing follows', () => {
    const history = [told(0, 'reserve', { kind: 'rejected', reason: 'EXHAUSTED' })]
    expect(inFlightCalls(planOf('checkout', 1), history)).toEqual([])
  })

  it('are no reads, which leave nothing to find out', () => {
    expect(inFlightCalls(planOf('validate', 3), [])).toEqual([])
  })
})

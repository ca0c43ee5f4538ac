import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome, Plan } from '../plan.ts'
import type { Redeem } from './replay-until-known.ts'
import { settleHistory } from './settle-history.ts'

const plan: Plan = {
  scenario: 'redeem',
  workload: 'test',
  runId: 'run',
  graphqlUrl: '',
  gatewayKey: '',
  users: 1,
  toleratesUnknownAnswers: true,
  coupons: [],
}
const entry = (key: string, outcome: Outcome): HistoryEntry => ({
  coupon: 'LOADTEST01',
  user: 'ada',
  key,
  calledAt: 1,
  returnedAt: 2,
  outcome,
})
const lost: Outcome = { kind: 'unsettled', why: 'no answer' }
const grant: Outcome = { kind: 'granted', redemptionId: 'id', ordinal: 1, replayed: true }

const settle = (history: readonly HistoryEntry[], redeem: Redeem) =>
  settleHistory(plan, history, {
    redeem,
    onProgress: () => {},
    signal: new AbortController().signal,
    pauseMs: 0,
  })

describe('settleHistory', () => {
  it('replays what is unknown with its own key, and nothing else', async () => {
    const replayed: unknown[] = []
    const history = await settle(
      [entry('known', grant), entry('lost', lost)],
      async (_plan, input) => {
        replayed.push(input)
        return grant
      },
    )
    expect(replayed).toEqual([{ code: 'LOADTEST01', userId: 'ada', idempotencyKey: 'lost' }])
    expect(history.map(({ key, outcome }) => [key, outcome])).toEqual([
      ['known', grant],
      ['lost', grant],
    ])
  })

  it('keeps the moment of the first call: the key was executed between it and the last answer', async () => {
    const [settled] = await settle([entry('lost', lost)], async () => grant)
    expect(settled?.calledAt).toBe(1)
    expect(settled?.returnedAt).toBeGreaterThan(2)
  })

  it('leaves what stays unknown as it is', async () => {
    const [settled] = await settle([entry('lost', lost)], async () => lost)
    expect(settled?.outcome).toEqual(lost)
  })
})

import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome, Plan } from '../plan.ts'
import { settleHistory } from './settle-history.ts'

const plan: Plan = {
  scenario: 'redeem',
  workload: 'test',
  runId: 'run',
  graphqlUrl: '',
  gatewayKey: '',
  users: 1,
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
const lost: Outcome = { kind: 'unsettled', why: 'HTTP 0' }
const grant: Outcome = { kind: 'granted', redemptionId: 'id', ordinal: 1 }

describe('settleHistory', () => {
  it('replays what is unknown with its own key, and nothing else', async () => {
    const replayed: unknown[] = []
    const history = await settleHistory(
      plan,
      [entry('known', grant), entry('lost', lost)],
      async (_plan, input) => {
        replayed.push(input)
        return grant
      },
    )
    expect(replayed).toEqual([{ code: 'LOADTEST01', userId: 'ada', idempotencyKey: 'lost' }])
    expect(history.map(({ outcome }) => outcome)).toEqual([grant, grant])
  })

  it('keeps the moment of the first call: the key was executed between it and the last answer', async () => {
    const [settled] = await settleHistory(plan, [entry('lost', lost)], async () => grant)
    expect(settled?.calledAt).toBe(1)
    expect(settled?.returnedAt).toBeGreaterThan(2)
  })

  it('asks again until the outcome is known', async () => {
    const answers = [lost, lost, grant]
    const [settled] = await settleHistory(
      plan,
      [entry('lost', lost)],
      async () => answers.shift() ?? lost,
      0,
    )
    expect(settled?.outcome).toEqual(grant)
  })

  it('leaves what stays unknown as it is', async () => {
    const [settled] = await settleHistory(plan, [entry('lost', lost)], async () => lost, 0)
    expect(settled?.outcome).toEqual(lost)
  })
})

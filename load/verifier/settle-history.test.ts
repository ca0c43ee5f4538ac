import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome } from '../plan.ts'
import type { SendCall } from '../runner/send-call.ts'
import { madeUpEntry, madeUpPlan } from '../tests/made-up-run.ts'
import { settleHistory } from './settle-history.ts'

const plan = madeUpPlan({ toleratesUnknownAnswers: true })
const entry = (key: string, outcome: Outcome): HistoryEntry => madeUpEntry({ key, outcome })
const lost: Outcome = { kind: 'unsettled', why: 'no answer' }
const grant: Outcome = { kind: 'granted', redemptionId: 'id', ordinal: 1, replayed: true }

const settle = (history: readonly HistoryEntry[], send: SendCall) =>
  settleHistory(plan, history, {
    send,
    onProgress: () => {},
    signal: new AbortController().signal,
    pauseMs: 0,
  })

describe('settleHistory', () => {
  it('replays what is unknown with its own key, and nothing else', async () => {
    const replayed: unknown[] = []
    const history = await settle(
      [entry('known', grant), entry('lost', lost)],
      async (_target, call) => {
        replayed.push(call)
        return grant
      },
    )
    expect(replayed).toEqual([entry('lost', lost)])
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

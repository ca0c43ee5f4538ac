import { describe, expect, it } from 'vitest'
import type { HistoryEntry, Outcome } from '../plan.ts'
import { madeUpEntry, madeUpPlan } from '../tests/made-up-run.ts'
import { type ReplayOptions, replayUntilKnown } from './replay-until-known.ts'

const plan = madeUpPlan({ toleratesUnknownAnswers: true })
const lost: Outcome = { kind: 'unsettled', why: 'no answer' }
const grant: Outcome = { kind: 'granted', redemptionId: 'id', ordinal: 1, replayed: true }
const attempts = (count: number): HistoryEntry[] =>
  Array.from({ length: count }, (_, index) => madeUpEntry({ key: `key-${index}`, outcome: lost }))

/** Replays over an upstream that answers as `answers` says, one after the other, and then not at all. */
async function replay(
  count: number,
  answers: readonly Outcome[],
  options: Partial<ReplayOptions> = {},
) {
  const asked: (string | null)[] = []
  const told: string[] = []
  const left = [...answers]
  const outcomes = await replayUntilKnown(plan, attempts(count), {
    send: async (_target, { key }) => {
      asked.push(key)
      return left.shift() ?? lost
    },
    onProgress: (message) => told.push(message),
    signal: new AbortController().signal,
    pauseMs: 0,
    ...options,
  })
  return { asked, told, outcomes: outcomes.map(({ outcome }) => outcome) }
}

describe('replayUntilKnown', () => {
  it('asks again for what is still unknown, and for nothing else', async () => {
    const { asked, told, outcomes } = await replay(3, [grant, lost, grant, grant])
    expect(asked).toEqual(['key-0', 'key-1', 'key-2', 'key-1'])
    expect(told).toEqual(['1 of 3 answers still unknown'])
    expect(outcomes).toEqual([grant, grant, grant])
  })

  it('goes on after a round that brought nothing', async () => {
    const { outcomes } = await replay(2, [lost, lost, lost, lost, grant, lost, grant])
    expect(outcomes).toEqual([grant, grant])
  })

  it('stops after six rounds in a row that brought nothing', async () => {
    const { asked, outcomes } = await replay(2, [grant])
    expect(asked).toEqual(['key-0', ...Array.from({ length: 7 }, () => 'key-1')])
    expect(outcomes).toEqual([grant, lost])
  })

  it('begins nothing after its deadline', async () => {
    let now = 0
    const { outcomes } = await replay(3, [], {
      concurrency: 1,
      deadlineMs: 60_000,
      now: () => now,
      send: async () => {
        now += 30_000
        return grant
      },
    })
    expect(outcomes).toEqual([grant, grant, lost])
  })

  it('has so many requests in flight at a time, and no more', async () => {
    let inFlight = 0
    let most = 0
    await replay(20, [], {
      concurrency: 5,
      send: async () => {
        inFlight += 1
        most = Math.max(most, inFlight)
        await new Promise(setImmediate)
        inFlight -= 1
        return grant
      },
    })
    expect(most).toBe(5)
  })

  it('ends with the reason of its signal', async () => {
    const interruption = new AbortController()
    const replaying = replay(2, [], {
      concurrency: 1,
      signal: interruption.signal,
      send: async () => {
        interruption.abort(new Error('Ctrl-C'))
        return grant
      },
    })
    await expect(replaying).rejects.toThrow('Ctrl-C')
  })

  it('gives up a request that gets no answer when its signal says so', async () => {
    const interruption = new AbortController()
    const replaying = replay(1, [], {
      signal: interruption.signal,
      send: (_target, _call, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(lost))
          interruption.abort(new Error('Ctrl-C'))
        }),
    })
    await expect(replaying).rejects.toThrow('Ctrl-C')
  })
})

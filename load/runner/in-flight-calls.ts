import type { Call } from '../call.ts'
import type { HistoryEntry, Outcome, Plan } from '../plan.ts'
import { callOfStep } from '../scenarios/call-of-step.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import { mostTelling } from '../scenarios/most-telling.ts'
import type { Attempt, Scenario, Step } from '../scenarios/scenario.ts'
import { createTurns, randomOf } from '../scenarios/turns.ts'

const WHY = 'the run was stopped while it was in flight, or before'

/** The attempt got no further: a call of it has no answer in the history. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

/**
 * The writes that may have been in flight when k6 was stopped, which takes the pen from whoever waits: no line of
 * the history says that they were sent. An attempt does the same whenever it gets the same answers, so each that is
 * not complete is carried out once more with the answers that it got, up to the first call that has none. Its entry
 * is `unsettled`: sent again with its key it gets known, and if it never was on its way it is now.
 */
export function inFlightCalls(
  plan: Plan,
  history: readonly HistoryEntry[],
): readonly HistoryEntry[] {
  const { act } = SCENARIOS[plan.scenario] as Scenario
  const turnOf = createTurns(plan)
  const byAttempt = Map.groupBy(history, ({ attempt }) => attempt)
  const begin = history.reduce((first, { calledAt }) => Math.min(first, calledAt), Date.now())
  const end = Date.now()
  const inFlight: HistoryEntry[] = []

  for (let number = 0; number < attemptsBegun(plan, history); number += 1) {
    const told = byAttempt.get(number) ?? []
    const calledAt = told.reduce((last, { returnedAt }) => Math.max(last, returnedAt), begin)
    const turn = turnOf(number)
    const askTogether = (steps: readonly Step[]): readonly Outcome[] => {
      const calls = steps.map((step) => callOfStep(plan, turn, step))
      const answers = calls.map((call) => answerTo(call, told))
      const missing = calls.filter((_, index) => answers[index] === undefined)
      if (missing.length === 0) return answers as readonly Outcome[]
      inFlight.push(
        ...missing
          .filter(({ key }) => key !== null)
          .map((call) => ({
            ...call,
            attempt: number,
            calledAt,
            returnedAt: end,
            outcome: { kind: 'unsettled', why: WHY } as const,
          })),
      )
      throw new NoAnswerError()
    }
    const attempt: Attempt = {
      ...turn,
      runId: plan.runId,
      random: randomOf(plan, number),
      ask: (step) => askTogether([step])[0] as Outcome,
      askTogether,
      // k6 has held the rules against what it was told.
      demand: () => {},
    }
    try {
      act(attempt)
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error
    }
  }
  return inFlight
}

/** Attempts are begun in the order of their numbers, and as many may be open as there are users. */
function attemptsBegun({ shape }: Plan, history: readonly HistoryEntry[]): number {
  const last = history.reduce((highest, { attempt }) => Math.max(highest, attempt), -1)
  const most = last + 1 + shape.users
  return shape.kind === 'attempts' ? Math.min(most, shape.attempts) : most
}

function answerTo(call: Call, told: readonly HistoryEntry[]): Outcome | undefined {
  const own = told.filter((entry) =>
    call.key === null
      ? entry.operation === call.operation &&
        entry.coupon === call.coupon &&
        entry.after === call.after
      : entry.key === call.key,
  )
  return mostTelling(own.map(({ outcome }) => outcome))
}

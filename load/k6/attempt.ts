import { sleep } from 'k6'
import type { Call } from '../call.ts'
import type { HistoryEntry, Outcome, Plan } from '../plan.ts'
import { callOfStep } from '../scenarios/call-of-step.ts'
import { isReplay, mostTelling } from '../scenarios/most-telling.ts'
import { type Attempt, isGranted, type Step } from '../scenarios/scenario.ts'
import { randomOf, type Turn } from '../scenarios/turns.ts'
import { count, countViolation } from './metrics.ts'
import { send, type Told } from './send.ts'

/** The first request with a key still runs: a real client asks again in a while. */
const STILL_RUNNING = 'IDEMPOTENCY_CONCURRENT_REQUEST'
const TRIES_WHILE_RUNNING = 20
const PAUSE_SECONDS = 0.25

/** An attempt that asks the target, counts the answers and writes them to the history. */
export function createAttempt(plan: Plan, turn: Turn): Attempt {
  const demand = (rule: string, holds: boolean) => {
    if (!holds) countViolation(rule, turn.coupon)
  }

  const askTogether = (steps: readonly Step[]): readonly Outcome[] => {
    const calls = steps.map((step) => callOfStep(plan, turn, step))
    // A storm sends every write several times. What only reads, it sends once.
    const copies = calls.flatMap((call) =>
      Array.from({ length: call.key === null ? 1 : plan.repeats }, () => call),
    )
    const answers = send(plan.target, copies).map((told, index) => {
      const call = copies[index] as Call
      const final = waitWhileRunning(call, told)
      count(call, turn.coupon, final.outcome, final.latencyMs)
      write({ ...call, attempt: turn.number, ...timed(final) })
      return final.outcome
    })
    return calls.map((call) => {
      const own = answers.filter((_, index) => copies[index] === call)
      demand('a repeated key has one effect and one answer', isOneIntention(own))
      return mostTelling(own) as Outcome
    })
  }

  const waitWhileRunning = (call: Call, first: Told): Told => {
    let last = first
    for (let tries = 0; isStillRunning(last.outcome) && tries < TRIES_WHILE_RUNNING; tries += 1) {
      sleep(PAUSE_SECONDS)
      last = { ...(send(plan.target, [call])[0] ?? last), calledAt: first.calledAt }
    }
    return last
  }

  return {
    ...turn,
    runId: plan.runId,
    random: randomOf(plan, turn.number),
    ask: (step) => askTogether([step])[0] as Outcome,
    askTogether,
    demand,
  }
}

/** One line of the history. */
export function write(entry: HistoryEntry): void {
  console.log(JSON.stringify(entry))
}

function timed({ calledAt, returnedAt, outcome }: Told) {
  if (outcome.kind !== 'listed') return { calledAt, returnedAt, outcome }
  const { kind, rows, next } = outcome
  return { calledAt, returnedAt, outcome: { kind, rows, next } }
}

function isStillRunning(outcome: Outcome): boolean {
  return outcome.kind === 'unsettled' && outcome.why === STILL_RUNNING
}

/** All grants are the same one, and only one of them is not a repeat. */
function isOneIntention(answers: readonly Outcome[]): boolean {
  const [first, ...others] = answers.filter(isGranted)
  const effects = answers.filter(
    (it) => (it.kind === 'granted' || it.kind === 'done') && !isReplay(it),
  )
  return (
    effects.length <= 1 &&
    others.every((it) => it.redemptionId === first?.redemptionId && it.ordinal === first.ordinal)
  )
}

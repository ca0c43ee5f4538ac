import type { AttemptOutcome } from './attempt-outcome.ts'
import { type CallCounts, type CallKind, sumOf } from './budget/call-counts.ts'
import type { RateBudget } from './budget/rate-budget.ts'
import type { Token } from './budget/token-hand.ts'
import type { AdmittedAttempt, Attempt } from './call.ts'
import type { Clock } from './clock.ts'
import { abortedByCaller } from './deadline.ts'
import type { ClientHooks } from './hooks.ts'
import { ThrottledError } from './upstream-error.ts'

export interface PriorityQueueParts {
  /** Attempts that may be admitted at a time. */
  readonly concurrency: number
  /** Most attempts that may wait. */
  readonly maxQueued: number
  readonly budget: RateBudget
  readonly clock: Clock
  readonly hooks: ClientHooks
}

/** So many writes may overtake a waiting read, and then it is its turn. */
const WRITES_PER_READ = 9

interface Waiting {
  readonly attempt: Attempt
  readonly kind: CallKind
  /** With a token it is sent; else its turn will not come. */
  readonly leave: (end: Token | AttemptOutcome) => void
}

/**
 * The one place where attempts wait: until there is both a slot and a token. So whoever waits can be overtaken by a
 * write, can leave, and holds nothing that others could use. An attempt fails at once when the queue is full, or
 * when it is known that its turn will come after its deadline.
 */
export function withPriorityQueue(
  { concurrency, maxQueued, budget, clock, hooks }: PriorityQueueParts,
  next: (attempt: AdmittedAttempt) => Promise<AttemptOutcome>,
): (attempt: Attempt) => Promise<AttemptOutcome> {
  const lanes: Readonly<Record<CallKind, Set<Waiting>>> = { write: new Set(), read: new Set() }
  const countWaiting = (): CallCounts => ({ read: lanes.read.size, write: lanes.write.size })
  let inFlight = 0
  let writesInARow = 0
  /** The budget was told that somebody waits. */
  let hasAsked = false
  budget.onChange = () => {
    admitAll()
    refuseHopeless()
  }

  return function waitForTurn(attempt) {
    const { kind } = attempt.call.effect
    const waiting = lanes.read.size + lanes.write.size
    if (waiting === 0 && inFlight < concurrency) {
      const token = budget.take(kind)
      if (token !== null) {
        inFlight += 1
        return send(attempt, token)
      }
    }
    if (waiting >= maxQueued) return Promise.resolve(overloaded('too many calls wait already'))
    return enterLane(attempt, kind).then((end) => ('from' in end ? send(attempt, end) : end))
  }

  async function send(attempt: Attempt, token: Token): Promise<AttemptOutcome> {
    try {
      return await next({ ...attempt, token })
    } finally {
      inFlight -= 1
      admitAll()
    }
  }

  function enterLane(attempt: Attempt, kind: CallKind): Promise<Token | AttemptOutcome> {
    const { call } = attempt
    const enteredAtMs = clock.monotonicMs()
    return new Promise((resolve) => {
      const waiting: Waiting = { attempt, kind, leave }
      const leaveOnAbort = () => leaveUnsent({ kind: 'failed', error: abortedByCaller(call) })
      const stopTimer = clock.startTimer(call.deadline.remainingMs(), () =>
        leaveUnsent(tooLate(kind)),
      )
      lanes[kind].add(waiting)
      call.signal?.addEventListener('abort', leaveOnAbort)
      admitAll()
      const ahead = kind === 'write' ? lanes.write.size : sumOf(countWaiting())
      if (lanes[kind].has(waiting) && refuseIfHopeless(waiting, ahead)) askForTokens()

      function leaveUnsent(end: AttemptOutcome): void {
        leave(end)
        askForTokens()
      }

      function leave(end: Token | AttemptOutcome): void {
        lanes[kind].delete(waiting)
        stopTimer()
        call.signal?.removeEventListener('abort', leaveOnAbort)
        const waitedMs = clock.monotonicMs() - enteredAtMs
        hooks.onQueueEnd?.({ call: call.info, waitedMs, admitted: 'from' in end })
        resolve(end)
      }
    })
  }

  /** Lets go who can go, and asks for tokens for those that could go if there were any. */
  function admitAll(): void {
    while (inFlight < concurrency) {
      const first = pickFirst()
      const token = first === undefined ? null : budget.take(first.kind)
      if (first === undefined || token === null) break
      writesInARow = first.kind === 'write' ? writesInARow + 1 : 0
      inFlight += 1
      first.leave(token)
    }
    askForTokens()
  }

  function askForTokens(): void {
    if (lanes.write.size + lanes.read.size === 0 && !hasAsked) return
    hasAsked = lanes.write.size + lanes.read.size > 0
    const slots = concurrency - inFlight
    const write = Math.min(lanes.write.size, slots)
    budget.ask({ write, read: Math.min(lanes.read.size, slots - write) })
  }

  function pickFirst(): Waiting | undefined {
    const isReadsTurn = lanes.write.size === 0 || writesInARow >= WRITES_PER_READ
    const [first] = isReadsTurn && lanes.read.size > 0 ? lanes.read : lanes.write
    return first
  }

  /** Those behind one who is refused move up, and may still come in time. */
  function refuseHopeless(): void {
    if (budget.msUntilToken('write', 1) === 0 && budget.msUntilToken('read', 1) === 0) return
    let position = 1
    for (const lane of [lanes.write, lanes.read]) {
      for (const waiting of lane) if (!refuseIfHopeless(waiting, position)) position += 1
    }
    askForTokens()
  }

  function refuseIfHopeless({ attempt, kind, leave }: Waiting, position: number): boolean {
    const waitMs = budget.msUntilToken(kind, position)
    if (waitMs <= attempt.call.deadline.remainingMs()) return false
    budget.refuse(kind)
    leave(rateLimited(waitMs))
    return true
  }

  function tooLate(kind: CallKind): AttemptOutcome {
    return inFlight < concurrency
      ? rateLimited(budget.msUntilToken(kind, 1))
      : overloaded('no slot became free before the deadline')
  }
}

function overloaded(why: string): AttemptOutcome {
  // Final, not throttled: more attempts of our own are what this queue has too many of.
  return { kind: 'failed', error: new ThrottledError('OVERLOADED', why) }
}

function rateLimited(waitMs: number): AttemptOutcome {
  const why = 'the rate limit of the API key leaves no call before the deadline'
  return { kind: 'failed', error: new ThrottledError('RATE_LIMITED', why, Math.ceil(waitMs)) }
}

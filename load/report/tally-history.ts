import type { HistoryEntry } from '../plan.ts'
import { LatencyCounts } from './latency-counts.ts'
import { type OutcomeKind, outcomeKind, outcomeName } from './outcome-kinds.ts'
import type { OutcomeFigures, SecondOfRun } from './run-record.ts'

/** What a history comes to, in figures. */
export interface HistoryTally {
  /** Milliseconds since 1970; null: nothing was called. */
  readonly startedAtMs: number | null
  readonly durationMs: number
  readonly outcomes: readonly OutcomeFigures[]
  readonly seconds: readonly SecondOfRun[]
}

const SECOND_MS = 1_000

/**
 * Goes through a history once, and keeps figures alone. What prepared the load is left out.
 * @param history lines in any order
 */
export async function tallyHistory(
  history: Iterable<HistoryEntry> | AsyncIterable<HistoryEntry>,
): Promise<HistoryTally> {
  let startedAtMs = Number.POSITIVE_INFINITY
  let endedAtMs = Number.NEGATIVE_INFINITY
  const byOutcome = new Map<string, { operation: string; outcome: string; counts: LatencyCounts }>()
  // By the absolute second, as the first call is not known before the end.
  const bySecond = new Map<number, { kinds: Map<OutcomeKind, number>; counts: LatencyCounts }>()

  for await (const { attempt, operation, outcome, calledAt, returnedAt } of history) {
    if (attempt < 0) continue
    startedAtMs = Math.min(startedAtMs, calledAt)
    endedAtMs = Math.max(endedAtMs, returnedAt)
    const name = outcomeName(outcome)
    const figures = getOrMake(byOutcome, `${operation} ${name}`, () => ({
      operation,
      outcome: name,
      counts: new LatencyCounts(),
    }))
    figures.counts.add(returnedAt - calledAt)
    const second = getOrMake(bySecond, Math.floor(returnedAt / SECOND_MS), () => ({
      kinds: new Map(),
      counts: new LatencyCounts(),
    }))
    const kind = outcomeKind(outcome)
    second.kinds.set(kind, (second.kinds.get(kind) ?? 0) + 1)
    second.counts.add(returnedAt - calledAt)
  }
  if (bySecond.size === 0) return { startedAtMs: null, durationMs: 0, outcomes: [], seconds: [] }

  const first = Math.floor(startedAtMs / SECOND_MS)
  const last = Math.floor(endedAtMs / SECOND_MS)
  return {
    startedAtMs,
    durationMs: endedAtMs - startedAtMs,
    outcomes: [...byOutcome.values()]
      .map(({ counts, ...rest }) => ({
        ...rest,
        count: counts.total,
        latencyMs: counts.figures(),
      }))
      .sort((one, other) => other.count - one.count),
    seconds: Array.from({ length: last - first + 1 }, (_, second) => {
      const answered = bySecond.get(first + second)
      const [p50Ms = null, p99Ms = null] = answered?.counts.percentiles([0.5, 0.99]) ?? []
      const fromMs = (first + second) * SECOND_MS - startedAtMs
      return { fromMs, counts: Object.fromEntries(answered?.kinds ?? []), p50Ms, p99Ms }
    }),
  }
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

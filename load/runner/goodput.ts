import type { HistoryEntry } from '../plan.ts'
import { isReplay } from '../scenarios/most-telling.ts'

/** How fast the target was, second by second. */
export interface Goodput {
  /** The most in one second of answers that did what was asked: granted, settled, validated, listed. */
  readonly peakPerSecond: number
  /** Of these, units that were granted. */
  readonly peakGrantsPerSecond: number
  /** 99th percentile of all answers that did what was asked, in milliseconds. */
  readonly p99Ms: number
  /** Where it broke; null: it did not. */
  readonly breakingPoint: BreakingPoint | null
}

/** The first of two seconds in a row whose 99th percentile is above what is wanted. */
export interface BreakingPoint {
  readonly afterSeconds: number
  readonly p99Ms: number
  /** The most in one second before it. */
  readonly heldPerSecond: number
}

const SECOND_MS = 1_000

interface Second {
  readonly answers: number
  readonly grants: number
  readonly p99Ms: number
}

/** @param sloMs what the 99th percentile of a second may be at most */
export function goodputOf(history: readonly HistoryEntry[], sloMs: number): Goodput {
  const good = history.filter(
    ({ attempt, outcome }) =>
      attempt >= 0 &&
      outcome.kind !== 'unsettled' &&
      outcome.kind !== 'unexpected' &&
      outcome.kind !== 'rejected' &&
      !isReplay(outcome),
  )
  const seconds = secondsOf(good)
  const peak = (of: readonly Second[]) => of.reduce((most, it) => Math.max(most, it.answers), 0)
  const brokenAt = seconds.findIndex(
    ({ p99Ms }, index) => p99Ms > sloMs && (seconds[index + 1]?.p99Ms ?? 0) > sloMs,
  )
  return {
    peakPerSecond: peak(seconds),
    peakGrantsPerSecond: seconds.reduce((most, { grants }) => Math.max(most, grants), 0),
    p99Ms: p99Of(good),
    breakingPoint:
      brokenAt === -1
        ? null
        : {
            afterSeconds: brokenAt,
            p99Ms: seconds[brokenAt]?.p99Ms ?? 0,
            heldPerSecond: peak(seconds.slice(0, brokenAt)),
          },
  }
}

function secondsOf(good: readonly HistoryEntry[]): readonly Second[] {
  const begin = good.reduce((first, { calledAt }) => Math.min(first, calledAt), Infinity)
  const bySecond = Map.groupBy(good, ({ returnedAt }) =>
    Math.floor((returnedAt - begin) / SECOND_MS),
  )
  const last = Math.max(-1, ...bySecond.keys())
  return Array.from({ length: last + 1 }, (_, second) => {
    const answers = bySecond.get(second) ?? []
    return {
      answers: answers.length,
      grants: answers.filter(({ outcome }) => outcome.kind === 'granted').length,
      p99Ms: p99Of(answers),
    }
  })
}

function p99Of(entries: readonly HistoryEntry[]): number {
  const latencies = entries.map(({ calledAt, returnedAt }) => returnedAt - calledAt)
  latencies.sort((a, b) => a - b)
  return latencies[Math.ceil(latencies.length * 0.99) - 1] ?? 0
}

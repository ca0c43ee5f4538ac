import { answersPerSecond, grantsPerSecond } from './goodput.ts'
import type { RunRecord } from './run-record.ts'

/** One figure of two runs. */
export interface ComparedFigure {
  readonly what: string
  readonly unit: string
  /** Null: that run does not have it. */
  readonly first: number | null
  readonly second: number | null
  /** The second over the first; null where there is none. */
  readonly ratio: number | null
  /** Whether more is better. */
  readonly isMoreBetter: boolean
}

export interface Comparison {
  readonly figures: readonly ComparedFigure[]
  /** What else is not the same in the two, besides their names: each may be the reason for a difference. */
  readonly differentConditions: readonly {
    readonly what: string
    readonly first: string
    readonly second: string
  }[]
}

/** Lays the figures of two runs side by side. */
export function compareRuns(first: RunRecord, second: RunRecord): Comparison {
  const figure = (
    what: string,
    unit: string,
    read: (record: RunRecord) => number | null | undefined,
    isMoreBetter = false,
  ): ComparedFigure => {
    const [one, other] = [read(first) ?? null, read(second) ?? null]
    const ratio = one === null || other === null || one === 0 ? null : other / one
    return { what, unit, first: one, second: other, ratio, isMoreBetter }
  }
  const calls = new Map(
    [...first.outcomes, ...second.outcomes].map(({ operation, outcome }) => [
      `${operation}, ${outcome}`,
      (record: RunRecord) =>
        record.outcomes.find((it) => it.operation === operation && it.outcome === outcome)
          ?.latencyMs,
    ]),
  )
  const processes = new Set([...first.cpu, ...second.cpu].map(({ name }) => name))
  return {
    figures: [
      figure('grants', '/s', grantsPerSecond, true),
      figure('answers', '/s', answersPerSecond, true),
      ...[...calls].flatMap(([name, latencyOf]) => [
        figure(`${name}: p50`, 'ms', (record) => latencyOf(record)?.p50),
        figure(`${name}: p99`, 'ms', (record) => latencyOf(record)?.p99),
      ]),
      ...[...processes].map((name) =>
        figure(`CPU of ${name}`, '%', ({ cpu }) => cpu.find((it) => it.name === name)?.meanPercent),
      ),
    ],
    differentConditions: findDifferentConditions(first, second),
  }
}

function findDifferentConditions(first: RunRecord, second: RunRecord) {
  const conditionsOf = ({ scenario, workload, protocol, seed, conditions }: RunRecord) => ({
    scenario,
    workload,
    protocol,
    seed: String(seed),
    ...conditions,
  })
  const one: Readonly<Record<string, string>> = conditionsOf(first)
  const other: Readonly<Record<string, string>> = conditionsOf(second)
  return [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((what) => one[what] !== other[what])
    .map((what) => ({ what, first: one[what] ?? 'not said', second: other[what] ?? 'not said' }))
}

import type { Fault } from '../chaos/fault.ts'

/** The file of a run that its report is drawn from, and that two runs are compared by. */
export const RECORD_FILE = 'run.json'

/** Everything that is worth knowing of a run once it is over, small however long it was. */
export interface RunRecord {
  /** Of this form; another number is another form. */
  readonly version: 1
  /** The name of its results folder. */
  readonly name: string
  readonly scenario: string
  readonly workload: string
  readonly protocol: 'graphql' | 'rest'
  readonly seed: number
  /** The first attempt, ISO 8601. */
  readonly startedAt: string
  /** From the first attempt's call to the last answer of the load; what the verifier asked comes after. */
  readonly durationMs: number
  readonly verdict: RecordedVerdict
  /** What the figures depend on: commit, machine, versions, processes. */
  readonly conditions: Readonly<Record<string, string>>
  readonly coupons: readonly RecordedCoupon[]
  readonly outcomes: readonly OutcomeFigures[]
  readonly seconds: readonly SecondOfRun[]
  /** Empty where the machine does not say (it is read from /proc), or the target is not ours. */
  readonly cpu: readonly ProcessCpu[]
  /** Flushes of the core by how many requests each decided; null: the target does not say. */
  readonly batches: readonly BatchSize[] | null
  readonly faults: readonly RecordedFault[]
}

export interface RecordedVerdict {
  readonly passed: boolean
  /** One line. */
  readonly summary: string
  /** What is wrong, one line a rule, its smallest example in it. */
  readonly findings: readonly string[]
}

export interface RecordedCoupon {
  readonly code: string
  readonly role: string
  /** 0: none. */
  readonly limit: number
  readonly granted: number
  readonly rejected: number
  /** Null: the database could not be read. */
  readonly logged: number | null
}

/** How one kind of call was answered in one way. */
export interface OutcomeFigures {
  readonly operation: string
  /** See `outcomeName`. */
  readonly outcome: string
  readonly count: number
  readonly latencyMs: LatencyFigures
}

/** Milliseconds, whole ones: k6 has no finer clock for a call. */
export interface LatencyFigures {
  readonly min: number
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** What was answered in one second of the run, by when the answer came. */
export interface SecondOfRun {
  /** Where it begins, counted from the first attempt; the first second begins a part of one before it. */
  readonly fromMs: number
  /** By outcome kind, see `OUTCOME_KINDS`. */
  readonly counts: Readonly<Record<string, number>>
  /** Of all answers of the second; null: there was none. */
  readonly p50Ms: number | null
  readonly p99Ms: number | null
}

export interface ProcessCpu {
  /** `gateway`, `api 1`, `PostgreSQL`, `k6`. */
  readonly name: string
  /** Of one core. */
  readonly meanPercent: number
  /** `atMs` is counted from the first attempt. */
  readonly samples: readonly { readonly atMs: number; readonly percent: number }[]
}

/** A fault that was carried out. */
export interface RecordedFault {
  readonly fault: Fault
  /** Counted from the first attempt. */
  readonly beganAtMs: number
  /** All was as before. */
  readonly endedAtMs: number
}

export interface BatchSize {
  /** Up to so many requests, and more than the size before. */
  readonly upTo: number
  readonly flushes: number
}

import type { LoadShape } from '../plan.ts'
import type { Volume } from '../scenarios/scenario.ts'
import type { Workload } from './workload.ts'

export interface ShapeOptions {
  /** How many redemptions one action is worth to the target. */
  readonly cost: number
  /** How long it is to take; the workload's own time unless given. */
  readonly seconds?: number | undefined
  /** The highest rate, in attempts a second; the workload's own unless given. */
  readonly rate?: number | undefined
}

/** With the rate it is how many may wait: a target that takes longer to answer is broken. */
const LONGEST_SECONDS = 3
const FEWEST_USERS = 20

/** Fits a workload to a scenario and to the time that there is. Without the clock, less time is fewer attempts. */
export function shapeOf(
  { load, users, seconds: ownSeconds }: Workload,
  { cost, seconds = ownSeconds, rate }: ShapeOptions,
): LoadShape {
  if (load.kind === 'attempts') {
    const part = Math.min(1, seconds / ownSeconds)
    const attempts = Math.max(1, Math.round((load.attempts * part) / cost))
    return { kind: 'attempts', users: Math.min(users, attempts), attempts }
  }
  const ownHighest = Math.max(load.startRate, ...load.stages.map((stage) => stage.rate))
  const scale = rate === undefined ? 1 / cost : rate / ownHighest
  return {
    kind: 'rate',
    // Each costs the generator memory and time to start.
    users: Math.min(users, Math.max(FEWEST_USERS, Math.ceil(ownHighest * scale * LONGEST_SECONDS))),
    startRate: load.startRate * scale,
    stages: load.stages.map((stage) => ({
      rate: stage.rate * scale,
      durationMs: Math.round(stage.part * seconds * 1_000),
    })),
    findsBreakingPoint: load.findsBreakingPoint,
  }
}

/** k6 may begin a little less than the rate says, by rounding. */
const SURE_PART = 0.9
/** Of a ramp only the foot surely comes: the rest depends on the target. */
const SURE_PART_OF_RAMP = 0.1

/** How many attempts a shape makes for sure. */
export function volumeOf(shape: LoadShape): Volume {
  if (shape.kind === 'attempts') return { attempts: shape.attempts, isExact: true }
  const part = shape.findsBreakingPoint ? SURE_PART_OF_RAMP : SURE_PART
  return { attempts: Math.floor(attemptsOf(shape) * part), isExact: false }
}

/** The area below the rate. */
function attemptsOf({ startRate, stages }: Extract<LoadShape, { kind: 'rate' }>): number {
  let before = startRate
  return stages.reduce((sum, { rate, durationMs }) => {
    const attempts = ((before + rate) / 2) * (durationMs / 1_000)
    before = rate
    return sum + attempts
  }, 0)
}

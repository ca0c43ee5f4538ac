import type { Scenario as Executor } from 'k6/options'
import type { LoadShape } from '../plan.ts'

/** Rates are whole numbers a minute: some actions are so dear that less than one a second is made. */
const PER_MINUTE = 60

/** How k6 makes the attempts of a shape. */
export function executorOf(shape: LoadShape): Executor {
  if (shape.kind === 'attempts') {
    return {
      executor: 'shared-iterations',
      vus: shape.users,
      iterations: shape.attempts,
      maxDuration: '60m',
      gracefulStop: '60s',
    }
  }
  return {
    executor: 'ramping-arrival-rate',
    timeUnit: '1m',
    startRate: perMinute(shape.startRate),
    stages: shape.stages.map(({ rate, durationMs }) => ({
      target: perMinute(rate),
      duration: `${durationMs}ms`,
    })),
    // All of them from the start: k6 skews its own results when it makes users while it measures.
    preAllocatedVUs: shape.users,
    gracefulStop: '60s',
  }
}

function perMinute(rate: number): number {
  return Math.max(1, Math.round(rate * PER_MINUTE))
}

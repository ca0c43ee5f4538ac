import { seedRandom } from '../seeded-random.ts'
import type { Fault, Link, Part, ScheduledFault } from './fault.ts'

/** What a target has that faults can be done to. */
export interface ChaosScope {
  readonly parts: readonly Part[]
  readonly links: readonly Link[]
}

/** Between two faults, from end to beginning: calm enough that something is granted in between. */
const CALM_MS = { min: 300, max: 1_500 } as const
const DOWN_MS = { min: 0, max: 1_500 } as const
const DELAY_MS = { min: 20, max: 400 } as const
const DURATION_MS = { min: 200, max: 1_500 } as const

/**
 * Draws the faults of a run. The same seed, time and scope give the same schedule, on every machine.
 *
 * Every fault that the scope allows comes once before any comes again, so that a run of some 25 seconds has met all
 * of them. One is over before the next begins: two at once show less about each.
 */
export function makeSchedule(
  seed: number,
  durationMs: number,
  scope: ChaosScope,
): readonly ScheduledFault[] {
  const random = seedRandom(seed)
  const schedule: ScheduledFault[] = []
  let bag: Fault[] = []
  let atMs = random.integer(CALM_MS.min, CALM_MS.max)
  for (;;) {
    if (bag.length === 0) bag = random.shuffle(drawOneOfEach())
    const fault = bag.pop()
    if (fault === undefined || atMs + lengthOf(fault) > durationMs) return schedule
    schedule.push({ atMs, fault })
    atMs += lengthOf(fault) + random.integer(CALM_MS.min, CALM_MS.max)
  }

  function drawOneOfEach(): Fault[] {
    const within = ({ min, max }: { min: number; max: number }) => random.integer(min, max)
    return [
      ...scope.parts.map((part) => ({ kind: 'kill', part, downMs: within(DOWN_MS) }) as const),
      ...scope.links.flatMap(
        (link) =>
          [
            { kind: 'reset', link },
            { kind: 'delay', link, delayMs: within(DELAY_MS), durationMs: within(DURATION_MS) },
            { kind: 'lose-answers', link, durationMs: within(DURATION_MS) },
          ] as const,
      ),
    ]
  }
}

/** How long the schedule waits for it. A restart takes longer than `downMs`, by what the machine decides. */
function lengthOf(fault: Fault): number {
  switch (fault.kind) {
    case 'kill':
      return fault.downMs
    case 'reset':
      return 0
    case 'delay':
    case 'lose-answers':
      return fault.durationMs
    default:
      throw new Error(`unknown fault ${fault satisfies never}`)
  }
}

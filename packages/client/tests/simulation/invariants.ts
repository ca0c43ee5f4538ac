import type { SimulatedRun } from './simulate.ts'

/** What must hold after every run: each answers with what breaks it. */
export const INVARIANTS: Readonly<Record<string, (run: SimulatedRun) => Iterable<string>>> = {
  'never over a window of the upstream': staysWithinWindows,
  'no write twice': writesOnce,
  'the end of a write says whether it had its effect': endsAreTrue,
  'every call ends by its deadline': endsInTime,
}

/** The names of the invariants that a run breaks, each with the first thing that breaks it. */
export function findBroken(run: SimulatedRun): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, check]) => {
    const [first] = check(run)
    return first === undefined ? [] : [`${name}: ${first}`]
  })
}

/** In every span of a window's length, wherever it begins; those of others with the same key are not ours. */
function* staysWithinWindows({ plan, arrivals }: SimulatedRun) {
  const ours = arrivals.filter(({ path }) => path !== null)
  for (const { name, durationMs, limit } of plan.windows) {
    for (let first = 0; first + limit < ours.length; first += 1) {
      const fromMs = ours[first]?.atMs ?? 0
      const spanMs = (ours[first + limit]?.atMs ?? 0) - fromMs
      if (spanMs < durationMs) {
        yield `${limit + 1} calls came within ${spanMs} ms from ${fromMs} on, the ${name} allows ${limit} in ${durationMs} ms`
      }
    }
  }
}

function* writesOnce({ arrivals }: SimulatedRun) {
  const effects = arrivals.filter(({ hasEffect }) => hasEffect).map(({ path }) => path)
  for (const [index, path] of effects.entries()) {
    if (effects.indexOf(path) < index) yield `${path} had two effects`
  }
}

function* endsAreTrue({ calls, arrivals }: SimulatedRun) {
  const effective = new Set(arrivals.filter(({ hasEffect }) => hasEffect).map(({ path }) => path))
  for (const { path, kind, end, isOrphan } of calls) {
    if (kind === 'read' || isOrphan()) continue
    const hasEffect = effective.has(path)
    if (end === 'answered' && !hasEffect) yield `${path} was answered without an effect`
    const isOpen = end === 'answered' || end === 'OUTCOME_UNKNOWN'
    if (!isOpen && hasEffect) yield `${path} ended with ${end} and had its effect`
  }
}

function* endsInTime({ calls }: SimulatedRun) {
  for (const { path, end, startedAtMs, endedAtMs, deadlineMs, isOrphan } of calls) {
    if (isOrphan()) continue
    const tookMs = (endedAtMs ?? Number.POSITIVE_INFINITY) - startedAtMs
    // A microsecond for the rounding of sums.
    if (tookMs > deadlineMs + 0.001) {
      yield `${path} had ${deadlineMs} ms and took ${tookMs} until ${end}`
    }
  }
}

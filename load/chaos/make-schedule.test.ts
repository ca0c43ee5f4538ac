import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChaosScope, makeSchedule } from './make-schedule.ts'

const EVERYTHING: ChaosScope = {
  parts: ['gateway', 'api', 'database'],
  links: ['callers', 'upstream', 'database'],
}
/** A kill of each part, and three faults of each link. */
const KINDS = 12
/** More than all kinds can take together. */
const LONG_MS = 40_000

const scopes = fc.record({
  parts: fc.subarray([...EVERYTHING.parts]),
  links: fc.subarray([...EVERYTHING.links]),
})

describe('a schedule of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(makeSchedule(7, LONG_MS, EVERYTHING)).toEqual(makeSchedule(7, LONG_MS, EVERYTHING))
    expect(makeSchedule(8, LONG_MS, EVERYTHING)).not.toEqual(makeSchedule(7, LONG_MS, EVERYTHING))
  })

  it('does nothing to what the target does not have, and nothing at all to a target without anything', () => {
    fc.assert(
      fc.property(fc.integer(), scopes, (seed, scope) => {
        const schedule = makeSchedule(seed, LONG_MS, scope)
        for (const { fault } of schedule) {
          if (fault.kind === 'kill') expect(scope.parts).toContain(fault.part)
          else expect(scope.links).toContain(fault.link)
        }
        if (scope.parts.length + scope.links.length > 0) expect(schedule).not.toEqual([])
      }),
    )
  })

  it('has every fault once before it has any twice', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const first = makeSchedule(seed, LONG_MS, EVERYTHING).slice(0, KINDS)
        const names = first.map(({ fault }) =>
          fault.kind === 'kill' ? `kill ${fault.part}` : `${fault.kind} ${fault.link}`,
        )
        expect(new Set(names).size).toBe(KINDS)
      }),
    )
  })

  it('is over in time, and ends one fault before the next begins', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: LONG_MS }), (seed, durationMs) => {
        let freeAtMs = 0
        for (const { atMs, fault } of makeSchedule(seed, durationMs, EVERYTHING)) {
          expect(atMs).toBeGreaterThan(freeAtMs)
          freeAtMs = atMs + (fault.kind === 'kill' ? fault.downMs : 0)
          if ('durationMs' in fault) freeAtMs = atMs + fault.durationMs
        }
        expect(freeAtMs).toBeLessThanOrEqual(durationMs)
      }),
    )
  })
})

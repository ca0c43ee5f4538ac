import { describe, expect, it } from 'vitest'
import { WORKLOADS } from './index.ts'
import { shapeOf, volumeOf } from './shape.ts'
import type { Workload } from './workload.ts'

const { smoke, open, ramp, spike } = WORKLOADS as Record<string, Workload>
const shape = (
  workload: Workload | undefined,
  options: Partial<Parameters<typeof shapeOf>[1]> = {},
) => shapeOf(workload as Workload, { cost: 1, ...options })

describe('a workload without the clock', () => {
  it('makes fewer attempts in less time, and of what costs more', () => {
    expect(shape(smoke)).toMatchObject({ attempts: 2_500, users: 20 })
    expect(shape(smoke, { seconds: 1 })).toMatchObject({ attempts: 625 })
    expect(shape(smoke, { cost: 10 })).toMatchObject({ attempts: 250 })
  })

  it('makes no more in more time, one at least, and has no more users than attempts', () => {
    expect(shape(smoke, { seconds: 600 })).toMatchObject({ attempts: 2_500 })
    expect(shape(smoke, { cost: 100_000 })).toMatchObject({ attempts: 1, users: 1 })
  })

  it('comes with its exact number', () => {
    expect(volumeOf(shape(smoke))).toEqual({ attempts: 2_500, isExact: true })
  })
})

describe('a workload by the clock', () => {
  it('takes the time that it is given, at its own rate or another', () => {
    expect(shape(open, { seconds: 2 })).toMatchObject({
      startRate: 100,
      stages: [{ rate: 100, durationMs: 2_000 }],
    })
    expect(shape(open, { seconds: 2, rate: 500 })).toMatchObject({
      startRate: 500,
      stages: [{ rate: 500 }],
    })
    expect(shape(open, { cost: 40 })).toMatchObject({ startRate: 2.5 })
  })

  it('scales all its rates alike', () => {
    expect(shape(spike, { rate: 600 })).toMatchObject({
      startRate: 60,
      stages: [
        { rate: 60 },
        { rate: 600, durationMs: 0 },
        { rate: 600 },
        { rate: 60 },
        { rate: 60 },
      ],
    })
  })

  it('comes with what is sure of it: of a ramp its foot alone', () => {
    expect(volumeOf(shape(open))).toEqual({ attempts: 2_700, isExact: false })
    expect(volumeOf(shape(ramp, { seconds: 10, rate: 400 }))).toEqual({
      attempts: 202,
      isExact: false,
    })
  })
})

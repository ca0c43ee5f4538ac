import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LatencyCounts } from './latency-counts.ts'

it('percentiles are those of the sorted list, by nearest rank', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(300), { minLength: 1, maxLength: 200 }),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
      (latencies, unsorted) => {
        const parts = unsorted.sort((one, other) => one - other)
        const counts = new LatencyCounts()
        for (const latency of latencies) counts.add(latency)
        const sorted = latencies.toSorted((one, other) => one - other)
        expect(counts.percentiles(parts)).toEqual(
          parts.map((part) => sorted[Math.max(1, Math.ceil(part * sorted.length)) - 1]),
        )
      },
    ),
  )
})

it('nothing has no percentiles', () => {
  expect(() => new LatencyCounts().figures()).toThrow(RangeError)
})

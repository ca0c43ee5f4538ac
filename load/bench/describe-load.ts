import type { LoadResult } from './closed-load.ts'

export function describeLoad(
  what: string,
  { goodput, medianMs, p99Ms, generatorPercent }: LoadResult,
): string {
  return `  ${what}: ${goodput.toFixed(0)}/s, median ${medianMs.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; the generator took ${generatorPercent.toFixed(0)} % of a core`
}

/** What one call took of each process. */
export function describeCpu(microseconds: Readonly<Record<string, number>>, calls: number): string {
  const parts = Object.entries(microseconds).map(
    ([name, total]) => `${name} ${(total / calls).toFixed(0)} µs`,
  )
  return `    CPU of one call: ${parts.join(', ')}`
}

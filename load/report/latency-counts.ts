import type { LatencyFigures } from './run-record.ts'

/** Counts latencies by whole milliseconds: any number of them takes as much memory as there are different ones. */
export class LatencyCounts {
  readonly #counts = new Map<number, number>()
  #total = 0

  get total(): number {
    return this.#total
  }

  add(latencyMs: number): void {
    const rounded = Math.max(0, Math.round(latencyMs))
    this.#counts.set(rounded, (this.#counts.get(rounded) ?? 0) + 1)
    this.#total += 1
  }

  /** @throws RangeError when nothing was counted */
  figures(): LatencyFigures {
    const [min, p50, p95, p99, p999, max] = this.percentiles([0, 0.5, 0.95, 0.99, 0.999, 1])
    return { min, p50, p95, p99, p999, max } as LatencyFigures
  }

  /**
   * The latency that so large a part of all were not above (nearest rank).
   * @param parts from 0 to 1, rising
   * @throws RangeError when nothing was counted
   */
  percentiles(parts: readonly number[]): number[] {
    if (this.#total === 0) throw new RangeError('nothing was counted')
    const sorted = [...this.#counts].sort(([one], [other]) => one - other)
    let index = 0
    let counted = 0
    return parts.map((part) => {
      const rank = Math.max(1, Math.ceil(part * this.#total))
      while (counted + (sorted[index]?.[1] ?? 0) < rank) {
        counted += sorted[index]?.[1] ?? 0
        index += 1
      }
      return sorted[index]?.[0] ?? Number.NaN
    })
  }
}

import type { BatchSize } from '../report/run-record.ts'

/** Watches how many requests the core decides in one flush. */
export interface BatchWatch {
  /** What came since the watch began. Null: the target does not say. */
  read(): Promise<readonly BatchSize[] | null>
}

const BUCKET = /^coupon_core_flush_size_bucket\{le="([^"]+)"\} ([0-9]+)$/gm
const TIMEOUT_MS = 5_000

/** @param metricsUrls of the api processes, in Prometheus' text format */
export async function watchBatches(metricsUrls: readonly string[]): Promise<BatchWatch> {
  const before = await Promise.all(metricsUrls.map(readBuckets))
  return {
    async read() {
      if (metricsUrls.length === 0) return null
      const after = await Promise.all(metricsUrls.map(readBuckets))
      const sums = new Map<number, number>()
      for (const [index, buckets] of after.entries()) {
        for (const [upTo, count] of buckets) {
          // A process that was killed meanwhile began from nothing.
          const known = before[index]?.get(upTo) ?? 0
          sums.set(upTo, (sums.get(upTo) ?? 0) + (count >= known ? count - known : count))
        }
      }
      return toSizes(sums)
    },
  }
}

/** A bucket of a histogram holds those of all smaller ones, too. */
function toSizes(cumulative: ReadonlyMap<number, number>): readonly BatchSize[] {
  const sorted = [...cumulative].sort(([one], [other]) => one - other)
  return sorted
    .map(([upTo, count], index) => ({ upTo, flushes: count - (sorted[index - 1]?.[1] ?? 0) }))
    .filter(({ upTo }) => Number.isFinite(upTo))
}

async function readBuckets(url: string): Promise<ReadonlyMap<number, number>> {
  const text = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
    (response) => response.text(),
    // A process that has ended says nothing any more. The verdict names it, and must not fall with it.
    () => '',
  )
  return new Map(
    [...text.matchAll(BUCKET)].map(([, upTo, count]) => [
      upTo === '+Inf' ? Number.POSITIVE_INFINITY : Number(upTo),
      Number(count),
    ]),
  )
}

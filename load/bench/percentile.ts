/** The smallest value that so large a part of them does not exceed. @throws RangeError without any */
export function percentile(values: readonly number[], part: number): number {
  const sorted = Float64Array.from(values).sort()
  const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]
  if (value === undefined) throw new RangeError('a percentile of no values was asked for')
  return value
}

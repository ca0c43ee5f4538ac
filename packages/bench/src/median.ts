/** The middle value; of an even number of values the mean of the two in the middle. @throws RangeError without any */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const upper = sorted[Math.floor(middle)]
  const lower = sorted[Math.ceil(middle) - 1]
  if (upper === undefined || lower === undefined) {
    throw new RangeError('the median of no values was asked for')
  }
  return (lower + upper) / 2
}

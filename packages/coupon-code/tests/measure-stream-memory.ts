// Run with --expose-gc. Streams a million codes and keeps none; prints as JSON by how many bytes the
// memory in use grew, at most, after the first tenth (which compiles the code and fills the caches).
import { generateCouponCodes } from '../src/index.ts'

const COUNT = 1_000_000
const BETWEEN_READINGS = COUNT / 10

const readings: number[] = []
let streamed = 0
for (const _code of generateCouponCodes({ count: COUNT, length: 12 })) {
  streamed += 1
  if (streamed % BETWEEN_READINGS === 0) readings.push(readBytesInUse())
}
const [first = Number.NaN, ...later] = readings
console.log(JSON.stringify({ streamed, growthBytes: Math.max(...later) - first }))

function readBytesInUse(): number {
  if (globalThis.gc === undefined) throw new Error('run this with --expose-gc')
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

export { readMachineConditions } from './machine-conditions.ts'
export { median } from './median.ts'
export { type Figure, type Goal, runBenchmark, type Session } from './run-benchmark.ts'

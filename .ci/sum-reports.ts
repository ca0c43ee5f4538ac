import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// Every package with a `test` script must have left a report: a part that did not run is a failure.

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numTotalTests: number
}

const packages = globSync(['packages/*/package.json', 'load/package.json']).sort()
let passed = 0
let failed = 0
let isComplete = packages.length > 0

for (const manifest of packages) {
  const { name, scripts } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (scripts?.test === undefined) {
    console.log(`${name}: has no tests`)
    isComplete = false
    continue
  }
  const path = join(dirname(manifest), '.reports/vitest.json')
  if (!existsSync(path)) {
    console.log(`${name}: did not run`)
    isComplete = false
    continue
  }
  const report: VitestReport = JSON.parse(readFileSync(path, 'utf8'))
  console.log(`${name}: ${report.numPassedTests} of ${report.numTotalTests} passed`)
  passed += report.numPassedTests
  failed += report.numFailedTests
  // A file that could not be loaded has no tests to fail.
  if (report.numPassedTests !== report.numTotalTests || report.numTotalTests === 0) {
    isComplete = false
  }
}

console.log(`${passed} passed, ${failed} failed`)
process.exitCode = isComplete && failed === 0 ? 0 : 1

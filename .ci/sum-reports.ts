import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// Every package with a `test` script must have left a report: a part that did not run is a failure.

interface VitestReport {
  readonly success: boolean
  readonly numPassedTests: number
  readonly numFailedTests: number
  /** Skipped: a suite over several implementations has tests that some of them need not repeat. */
  readonly numPendingTests: number
  readonly numTotalTests: number
}

const packages = globSync(['packages/*/package.json', 'load/package.json']).sort()
let passed = 0
let failed = 0
/** Parts that did not run, or not wholly. */
const incomplete: string[] = []

for (const manifest of packages) {
  const { name, scripts } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (scripts?.test === undefined) {
    console.log(`${name}: has no tests`)
    incomplete.push(name)
    continue
  }
  const path = join(dirname(manifest), '.reports/vitest.json')
  if (!existsSync(path)) {
    console.log(`${name}: did not run`)
    incomplete.push(name)
    continue
  }
  const report: VitestReport = JSON.parse(readFileSync(path, 'utf8'))
  const { success, numPassedTests, numFailedTests, numPendingTests, numTotalTests } = report
  console.log(
    `${name}: ${numPassedTests} of ${numTotalTests} passed${numPendingTests === 0 ? '' : `, ${numPendingTests} do not apply`}`,
  )
  passed += numPassedTests
  failed += numFailedTests
  // A file that could not be loaded has no tests to fail.
  if (!success || numPassedTests + numPendingTests !== numTotalTests || numPassedTests === 0) {
    incomplete.push(name)
  }
}

const isGood = packages.length > 0 && incomplete.length === 0 && failed === 0
if (incomplete.length > 0) console.log(`not good: ${incomplete.join(', ')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = isGood ? 0 : 1

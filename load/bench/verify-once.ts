import { readFile } from 'node:fs/promises'
import { findDifferences } from '../verifier/find-differences.ts'
import { readHistory } from '../verifier/read-history.ts'

// Verifies one written history in a process of its own, so that its memory is its own, and says what it took.

const [historyFile = '', planFile = '', databaseFile = ''] = process.argv.slice(2)
const plan = JSON.parse(await readFile(planFile, 'utf8'))
const database = JSON.parse(await readFile(databaseFile, 'utf8'))

const startedAt = performance.now()
const history = await readHistory(historyFile)
const readAt = performance.now()
const differences = findDifferences(plan, history, database)
const seconds = (performance.now() - startedAt) / 1_000

process.stdout.write(
  JSON.stringify({
    operations: history.length,
    differences: differences.length,
    first: differences[0],
    seconds,
    secondsReading: (readAt - startedAt) / 1_000,
    // What the operating system counted at most, in KiB.
    gigabytes: (process.resourceUsage().maxRSS * 1_024) / 1e9,
  }),
)

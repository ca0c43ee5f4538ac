import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { startServiceProcess } from '@coupon-gateway/stack'
import { createTestDatabase, startPostgres } from '@coupon-gateway/test-postgres'
import { installSchemathesis } from './install-schemathesis.ts'
import { runSchemathesis } from './run-schemathesis.ts'

const HELP = `Calls every REST call of an api process with what its OpenAPI document allows, and with what it does not.
It fails on a 5xx, on an answer that the document does not have, on a call that never succeeded, and on fewer
cases than wanted.

  npx -y pnpm@12 fuzz:api [--cases-per-call N] [--min-cases N] [--seed N]

  --cases-per-call N  random cases of each call, besides its examples, edges and sequences (default 150)
  --min-cases N       fewer in all is a failure (default 2000)
  --seed N            makes the cases of an earlier run again
`

/** A seed is printed, to be typed in again. */
const MAX_SEED = 1_000_000

const { values } = parseArgs({
  options: {
    'cases-per-call': { type: 'string', default: '150' },
    'min-cases': { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(randomInt(MAX_SEED)) },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(HELP)
else process.exitCode = await fuzz()

async function fuzz(): Promise<number> {
  const casesPerCall = readCount('cases-per-call')
  const minCases = readCount('min-cases')
  const seed = readCount('seed')
  const program = await installSchemathesis()
  const postgres = await startPostgres()
  try {
    const api = await startServiceProcess('api', {
      DATABASE_URL: await createTestDatabase(postgres.url),
      DEMO: 'true',
      LOG_LEVEL: 'error',
    })
    try {
      const write = (chunk: string) => void process.stdout.write(chunk)
      const options = { url: api.url, casesPerCall, seed, demandSuccess: true }
      const { passed, report } = await runSchemathesis(program, options, write)
      const isEnough = report.cases >= minCases
      process.stdout.write(
        `\n${passed && isEnough ? 'PASS' : 'FAIL'}: ${report.cases} cases (at least ${minCases} wanted), ` +
          `phases ${report.phases.join(', ')}; repeat with --seed ${seed}\n`,
      )
      return passed && isEnough ? 0 : 1
    } finally {
      process.stdout.write(api.output())
      await api.stop()
    }
  } finally {
    await postgres.stop()
  }
}

function readCount(name: 'cases-per-call' | 'min-cases' | 'seed'): number {
  const count = Number(values[name])
  if (Number.isSafeInteger(count) && count >= 1) return count
  process.stderr.write(`--${name} must be an integer from 1, got ${values[name]}\n`)
  process.exit(2)
}

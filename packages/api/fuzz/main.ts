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

/**
 * More rounds of the stateful phase, each from another seed: it ends a round early when the same sequence goes
 * another way, as it does here, where the coupons are used up meanwhile.
 */
const FEWEST_ROUNDS = 3
/** Further ones are for calls that never succeeded yet: without that they were not tested. */
const MOST_ROUNDS = 8

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
  const minCases = readCount('min-cases')
  const program = await installSchemathesis()
  const postgres = await startPostgres()
  try {
    const api = await startServiceProcess('api', {
      DATABASE_URL: await createTestDatabase(postgres.url),
      DEMO: 'true',
      LOG_LEVEL: 'error',
    })
    try {
      const { cases, refused, phases, hasPassed } = await runRounds(program, api.url)
      const isEnough = cases >= minCases
      const isGood = hasPassed && isEnough && refused.length === 0
      process.stdout.write(
        `\n${isGood ? 'PASS' : 'FAIL'}: ${cases} cases (at least ${minCases} wanted), phases ${phases.join(', ')}; ` +
          `never succeeded: ${refused.join(', ') || 'none'}; repeat with --seed ${values.seed}\n`,
      )
      return isGood ? 0 : 1
    } finally {
      process.stdout.write(api.output())
      await api.stop()
    }
  } finally {
    await postgres.stop()
  }
}

async function runRounds(program: string, url: string) {
  const write = (chunk: string) => void process.stdout.write(chunk)
  const options = { url, casesPerCall: readCount('cases-per-call'), seed: readCount('seed') }
  const first = await runSchemathesis(program, options, write)
  const successes = { ...first.report.successes }
  let { cases } = first.report
  let hasPassed = first.passed
  const getRefused = () => Object.keys(successes).filter((call) => !successes[call])
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    if (round > FEWEST_ROUNDS && getRefused().length === 0) break
    const sequences = { ...options, seed: options.seed + round, statefulOnly: true }
    const { passed, report } = await runSchemathesis(program, sequences, write)
    cases += report.cases
    hasPassed &&= passed
    for (const [call, succeeded] of Object.entries(report.successes)) {
      successes[call] = successes[call] === true || succeeded
    }
  }
  return { cases, hasPassed, phases: first.report.phases, refused: getRefused() }
}

function readCount(name: 'cases-per-call' | 'min-cases' | 'seed'): number {
  const count = Number(values[name])
  if (Number.isSafeInteger(count) && count >= 1) return count
  process.stderr.write(`--${name} must be an integer from 1, got ${values[name]}\n`)
  process.exit(2)
}

import { parseArgs } from 'node:util'
import { WORKLOADS } from '../workloads/index.ts'
import { describeVerdict } from './describe-verdict.ts'
import { runWorkload } from './run-workload.ts'

const USAGE = `Usage: pnpm load <workload> [--database-url URL]

Stresses the redemption of coupons with k6, from nothing to a verdict: starts two api processes and a gateway
over a PostgreSQL of its own, creates coupons, redeems them through GraphQL, and compares what callers were
told with the database. Exits with 0 only when every redemption is right.

Workloads
${Object.entries(WORKLOADS)
  .map(([name, { description }]) => `  ${name.padEnd(8)} ${description}`)
  .join('\n')}

Options
  --database-url URL  use this PostgreSQL database, which stays as the run leaves it
  --help              this text

k6's HTML report, its summary as JSON, the history and the verdict are left in load/results.
`

// Through `exit`, so that what was started ends with us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))

process.exitCode = await main(process.argv.slice(2))

/** @returns 0 when the verdict is PASS, 1 when it is FAIL, 2 when there was no run */
async function main(argv: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { 'database-url': { type: 'string' }, help: { type: 'boolean' } },
    })
    if (values.help) {
      process.stdout.write(USAGE)
      return 0
    }
    const [workload = ''] = positionals
    if (positionals.length !== 1 || !Object.hasOwn(WORKLOADS, workload)) {
      process.stderr.write(
        `workload must be one of ${Object.keys(WORKLOADS).join(', ')}, got ${positionals.join(' ') || 'nothing'}\n\n${USAGE}`,
      )
      return 2
    }
    const verdict = await runWorkload(workload, values['database-url'])
    process.stdout.write(describeVerdict(verdict))
    return verdict.passed ? 0 : 1
  } catch (error) {
    process.stderr.write(`load: ${error instanceof Error ? error.message : error}\n`)
    return 2
  }
}

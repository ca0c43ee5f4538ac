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

  crash    what a kill takes from us, from the textbook and from Redis: see \`pnpm load crash --help\`

Options
  --database-url URL  use this PostgreSQL database, which stays as the run leaves it. The run brings the demo
                      along, whose keys everybody knows, so the database must be empty or have the demo
  --help              this text

k6's HTML report, its summary as JSON, the history, the services' output and the verdict are left in
load/results. Ctrl-C stops everything that was started.
`

/** By what the shell calls a process that a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

const interruption = new AbortController()
let interruptedCode: number | undefined

for (const [signal, code] of Object.entries(EXIT_CODES)) {
  process.on(signal, () => {
    // Who asks twice does not want to wait: the services go by themselves, when we are gone.
    if (interruptedCode !== undefined) process.exit(code)
    interruptedCode = code
    say(`${signal}: stopping what was started …`)
    interruption.abort()
  })
}

const exitCode = await main(process.argv.slice(2))
process.exit(interruptedCode ?? exitCode)

/** @returns 0 when the verdict is PASS, 1 when it is FAIL, 2 when there is none */
async function main(argv: readonly string[]): Promise<number> {
  try {
    if (argv[0] === 'crash') return await (await import('../crash/main.ts')).main(argv.slice(1))
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
    const verdict = await runWorkload(workload, {
      databaseUrl: values['database-url'],
      signal: interruption.signal,
      onProgress: say,
    })
    process.stdout.write(describeVerdict(verdict))
    return verdict.passed ? 0 : 1
  } catch (error) {
    if (!interruption.signal.aborted) say(error instanceof Error ? error.message : String(error))
    return 2
  }
}

function say(message: string): void {
  process.stderr.write(`load: ${message}\n`)
}

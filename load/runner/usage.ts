import { SCENARIOS } from '../scenarios/index.ts'
import { WORKLOADS } from '../workloads/index.ts'
import type { Workload } from '../workloads/workload.ts'

const USAGE = `Usage: pnpm load [scenario] <workload> [options]
       pnpm load matrix [options]
       pnpm load crash [options]
       pnpm load profile [options]
       pnpm load museum [--times N] [--only TEXT]
       pnpm load compare <results folder> <results folder>
       pnpm load --list

Stresses coupons with k6, from nothing to a verdict: starts the services over a database of its own, creates
coupons, carries the scenario out as the workload says, and compares what callers were told with what can be true
and with the database. Exits with 0 only when every answer is right. A workload alone is of redeem; matrix runs
every scenario with every workload, 2 seconds each, over one stack; crash shows what a kill takes from us, from the
textbook and from Redis, profile where the CPU of a redemption goes: see pnpm load crash --help.

What is loaded
  --target gateway|api  through GraphQL (default), or the REST api without a gateway
  --url URL             something that runs already, instead of services of the run's own; --target says what it is
  --key KEY             its key, which may create and redeem coupons (or LOAD_KEY; else that of the demo)
  --database-url URL    use this PostgreSQL database, which stays as the run leaves it. With services of the run's
                        own it gets the demo, whose keys everybody knows, so it must be empty or have the demo.
                        With --url it is only read. Without it, the verdict rests on the answers and the log
  --embedded            one api over PGlite, in place of two over PostgreSQL

How much
  --duration TIME       30s, 5m, 1h. Workloads that do not go by the clock make fewer attempts in less time
  --rate N              highest attempts a second, of workloads that go by the clock
  --seed N              the same seed makes the same choices; printed at the start, random unless given
  --only NAMES          of the matrix: scenarios and workloads, such as checkout,onsite,smoke; all unless given
  --slo-ms N            99th percentile that a second may have at most, default 250; above it a ramp is over

Besides
  --dry-run             show the plan and its thresholds, and start nothing
  --list                the scenarios and workloads, and what is exact about each
  --help                this text

Left in load/results, a folder a run: report.html, run.json (what compare reads), the history, the verdict, the
services' output, and k6's own report and summary.
Ctrl-C stops the load, and what was done until then is verified; Ctrl-C again stops everything at once.
`

export function usage(): string {
  const names = `Scenarios: ${Object.keys(SCENARIOS).join(', ')}
Workloads: ${Object.keys(WORKLOADS).join(', ')}`
  return `${USAGE}\n${names}\n`
}

/** Everything there is to run, one paragraph each. */
export function listing(): string {
  const scenarios = Object.entries(SCENARIOS).map(
    ([name, { description, exact }]) => `  ${name}\n      ${description}\n      exact: ${exact}`,
  )
  const workloads = Object.entries(WORKLOADS).map(
    ([name, workload]) =>
      `  ${name.padEnd(13)} ${workload.description}\n${' '.repeat(16)}${amountOf(workload)}`,
  )
  return ['Scenarios', ...scenarios, '', 'Workloads', ...workloads, ''].join('\n')
}

function amountOf({ load, users, seconds, repeats, toleratesUnknownAnswers }: Workload): string {
  const amount =
    load.kind === 'attempts'
      ? `${load.attempts} attempts by ${users} users at once, about ${seconds} s`
      : `${rates(load)} attempts a second for ${seconds} s, at most ${users} at once`
  return [
    amount,
    ...(repeats > 1 ? [`each write sent ${repeats} times`] : []),
    ...(toleratesUnknownAnswers ? ['answers may get lost'] : []),
  ].join('; ')
}

function rates({ startRate, stages }: Extract<Workload['load'], { kind: 'rate' }>): string {
  const all = [startRate, ...stages.map(({ rate }) => rate)]
  return all.filter((rate, index) => rate !== all[index - 1]).join(' → ')
}

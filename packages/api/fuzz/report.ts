import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** What this run needs of the JSON report of schemathesis. */
const reportSchema = z.object({
  phases: z.record(z.string(), z.object({ status: z.string() })),
  test_cases: z.object({ generated: z.int() }),
  valid_rates: z.record(z.string(), z.record(z.string(), z.object({ accepted: z.int() }))),
})

export interface Report {
  /** Calls that were made, of all phases. */
  readonly cases: number
  /** Phases that ran. */
  readonly phases: readonly string[]
  /** How many answers of each call were a 2xx. */
  readonly accepted: Readonly<Record<string, number>>
}

export async function readReport(file: string): Promise<Report> {
  const report = reportSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  return {
    cases: report.test_cases.generated,
    phases: Object.entries(report.phases)
      .filter(([, { status }]) => status !== 'skip')
      .map(([name]) => name),
    accepted: Object.fromEntries(
      Object.entries(report.valid_rates).map(([call, phases]) => [
        call,
        Object.values(phases).reduce((sum, { accepted }) => sum + accepted, 0),
      ]),
    ),
  }
}

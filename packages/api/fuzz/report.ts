import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** What this needs of the JSON report of schemathesis. */
const reportSchema = z.object({
  phases: z.record(z.string(), z.object({ status: z.string() })),
  test_cases: z.object({ generated: z.int() }),
})

/** As hooks.py writes them. */
const successesSchema = z.record(z.string(), z.boolean())

export interface Report {
  /** Calls that were made, of all phases. */
  readonly cases: number
  /** Phases that ran. */
  readonly phases: readonly string[]
  /** Whether each call that was tried succeeded at least once, and did not only refuse what came. */
  readonly successes: Readonly<Record<string, boolean>>
}

export async function readReport(reportFile: string, successesFile: string): Promise<Report> {
  const report = reportSchema.parse(await readJson(reportFile))
  return {
    cases: report.test_cases.generated,
    phases: Object.entries(report.phases)
      .filter(([, { status }]) => status !== 'skip')
      .map(([name]) => name),
    successes: successesSchema.parse(await readJson(successesFile)),
  }
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'))
}

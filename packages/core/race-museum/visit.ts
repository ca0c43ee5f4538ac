import type { Exhibit } from './exhibit.ts'
import type { Finding } from './layers/finding.ts'
import { type Findings, inspect, LAYERS, type LayerName } from './layers/index.ts'
import type { Fault } from './plant-fault.ts'
import { openStage } from './stage.ts'

/** What an exhibit showed. */
export interface Visit {
  readonly exhibit: Exhibit
  readonly caughtBy: readonly LayerName[]
  /** What each layer said of the variant. */
  readonly findings: Findings
  /** What the layers said of the core itself under the same driver: nothing, or the core or a layer is wrong. */
  readonly accusations: readonly Finding[]
}

/**
 * Opens the museum.
 * @param createDatabase creates an empty database and answers with its URL
 * @returns shows an exhibit and, under the same driver, the core that it was made of; each with the constraints, to
 * see whether they stop the fault, and then without, to see what else would notice it
 */
export async function openMuseum(
  createDatabase: () => Promise<string>,
): Promise<(exhibit: Exhibit) => Promise<Visit>> {
  const ofCore = { guarded: await createDatabase(), bare: await createDatabase() }

  return async function visit(exhibit) {
    const ofVariant = await createDatabase()
    const stopped = await show(exhibit, ofVariant, true, exhibit.plant())
    const unstopped = await show(exhibit, ofVariant, false, exhibit.plant())
    const findings = { ...unstopped, constraints: stopped.constraints }
    const innocent = [
      await show(exhibit, ofCore.guarded, true),
      await show(exhibit, ofCore.bare, false),
    ]
    return {
      exhibit,
      findings,
      caughtBy: LAYERS.filter((layer) => findings[layer].length > 0),
      accusations: innocent.flatMap((it) => LAYERS.flatMap((layer) => it[layer])),
    }
  }
}

async function show(
  { strategy, useLimit, drive }: Exhibit,
  url: string,
  withConstraints: boolean,
  fault: Fault = {},
): Promise<Findings> {
  const stage = await openStage(url, { strategy, useLimit, withConstraints, fault })
  try {
    await drive(stage)
    return await inspect(stage)
  } finally {
    await stage.close()
  }
}

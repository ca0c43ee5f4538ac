import type { Scene, Stage } from '../stage.ts'
import { findRefusals } from './constraints.ts'
import type { Finding } from './finding.ts'
import { findBrokenInvariants } from './invariants.ts'
import { findImpossibleHistory } from './linearizability.ts'
import { findFalseAnswers } from './verdict.ts'

/** What may notice a fault, from the nearest to the effect to the farthest. */
export const LAYERS = ['constraints', 'invariants', 'verdict', 'linearizability'] as const
export type LayerName = (typeof LAYERS)[number]

export type Findings = Readonly<Record<LayerName, readonly Finding[]>>

/** What every layer says of a scene whose calls are all answered. */
export async function inspect(stage: Stage, scene: Scene = stage): Promise<Findings> {
  return {
    constraints: findRefusals(stage.errors),
    invariants: await findBrokenInvariants(stage.database, scene.coupon.id),
    verdict: await findFalseAnswers(stage.database, scene),
    linearizability: findImpossibleHistory(scene),
  }
}

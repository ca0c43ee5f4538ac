import type { StrategyName } from '../src/index.ts'
import type { LayerName } from './layers/index.ts'
import type { Fault } from './plant-fault.ts'
import type { Stage } from './stage.ts'

/** A way in which coupons are oversold, undersold or miscounted, with a core that has exactly that fault. */
export interface Exhibit {
  /** The kind of bug that it stands for. */
  readonly race: string
  /** What the variant does wrong. */
  readonly fault: string
  /** The strategy that the variant is made of. */
  readonly strategy: StrategyName
  readonly useLimit: number
  /** Layers that must notice it; the others cannot. */
  readonly caughtBy: readonly LayerName[]
  /** Makes the fault anew for one stage. */
  plant(): Fault
  /** Sets the race up. Runs as it is on the core without the fault, where nothing may be found. */
  drive(stage: Stage): Promise<void>
}

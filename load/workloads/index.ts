import { burst } from './burst.ts'
import { chaos } from './chaos.ts'
import { open } from './open.ts'
import { ramp } from './ramp.ts'
import { replayStorm } from './replay-storm.ts'
import { smoke } from './smoke.ts'
import { soak } from './soak.ts'
import { spike } from './spike.ts'
import type { Workload } from './workload.ts'

/** How much load, by the name that `pnpm load` takes. */
export const WORKLOADS: Readonly<Record<string, Workload>> = {
  smoke,
  burst,
  open,
  ramp,
  soak,
  'replay-storm': replayStorm,
  spike,
  chaos,
}

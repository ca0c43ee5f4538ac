import { batchTakes } from '../../src/strategies/batched.ts'
import { createCouponModel } from './coupon-model.ts'
import { type History, takePicture } from './history.ts'
import { INVARIANTS } from './invariants.ts'
import { createNetwork } from './network.ts'
import { drawPlan } from './plan.ts'
import { createRandom } from './random.ts'
import { createScheduler } from './scheduler.ts'
import { runClient } from './simulated-client.ts'
import { createSimulatedProcess } from './simulated-process.ts'
import { createSimulatedStore } from './simulated-store.ts'

/** What a simulation is made of, so that broken parts can be put in. */
export interface Parts {
  readonly batchTakes: typeof batchTakes
  readonly createCouponModel: typeof createCouponModel
}

export const REAL_PARTS: Parts = { batchTakes, createCouponModel }

export interface Outcome {
  readonly history: History
  /** What was broken; empty when all is well. */
  readonly violations: readonly string[]
}

/** Runs the history that a seed stands for. */
export async function simulate(seed: number, parts: Parts = REAL_PARTS): Promise<Outcome> {
  const random = createRandom(seed)
  const plan = drawPlan(random)
  const scheduler = createScheduler(random)
  const model = parts.createCouponModel()
  for (const coupon of plan.coupons) model.create(coupon)
  const history: History = {
    coupons: plan.coupons,
    takes: [],
    settles: [],
    units: model.units,
    pictures: [],
    unfinishedClients: new Set(),
    breaches: [],
    occurrences: new Set(),
  }
  const network = createNetwork(scheduler, random, plan, history.occurrences)
  const store = createSimulatedStore(model, scheduler.now, network, history)
  const surroundings = { scheduler, random, network, store, history }
  const processes = Array.from({ length: plan.processes }, () =>
    createSimulatedProcess(surroundings, parts.batchTakes, plan.batching),
  )
  for (const killAtMs of plan.killsAtMs) {
    scheduler.after(killAtMs, () => random.pick(processes).crash())
  }
  for (const [index, client] of plan.clients.entries()) {
    const name = `client-${index}`
    history.unfinishedClients.add(name)
    runClient(name, client, processes, surroundings).then(
      () => history.unfinishedClients.delete(name),
      (error) => history.breaches.push(`${name} failed: ${error}`),
    )
  }
  const observe = () => {
    history.pictures[scheduler.tick()] = takePicture(plan.coupons, model.units, scheduler.now())
  }
  observe()
  await scheduler.run(observe)
  return {
    history,
    violations: INVARIANTS.flatMap((findViolations) => [...findViolations(history)]),
  }
}

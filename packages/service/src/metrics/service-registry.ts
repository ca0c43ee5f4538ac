import { collectDefaultMetrics, Registry } from 'prom-client'

/**
 * The metrics of one process, with those of Node and the operating system in it: memory, CPU, garbage collection,
 * the lag of the event loop.
 *
 * @param worker its number in a cluster, which each of its series has as the label `worker`. Added up over the
 *   cluster they would fall whenever a worker is replaced, and a counter that falls is taken for one that began
 *   anew: everything it ever counted would be counted again.
 */
export function createServiceRegistry(worker: number | null): Registry {
  const registry = new Registry()
  if (worker !== null) registry.setDefaultLabels({ worker: String(worker) })
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Set by the primary for each of its workers: what takes the place of a worker has its number. */
export const WORKER_NUMBER_VARIABLE = 'CLUSTER_WORKER_NUMBER'

/** The place of this process in its cluster, from 1; null for a process that is nobody's worker. */
export function readWorkerNumber(environment: NodeJS.ProcessEnv): number | null {
  const number = environment[WORKER_NUMBER_VARIABLE]
  return number === undefined ? null : Number(number)
}

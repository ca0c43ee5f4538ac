import cluster, { type Worker } from 'node:cluster'
import type { Registry } from 'prom-client'
import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client'

const QUESTION = 'read-metrics'
/** A worker whose event loop stands still is left out: the metrics of the others are needed all the more then. */
const ANSWER_TIMEOUT_MS = 2_000

type Metrics = readonly MetricObjectWithValues<MetricValue<string>>[]

/** In a worker: answers the primary with its metrics. */
export function answerMetricsQuestions(registry: Registry): void {
  process.on('message', async (message) => {
    if (message !== QUESTION) return
    process.send?.({ metrics: await registry.getMetricsAsJSON() })
  })
}

/**
 * In the primary: the metrics of all workers. They are told apart by the label `worker`.
 * Not `clusterMetrics` of prom-client, which fails as a whole when one worker ends meanwhile.
 */
export async function readWorkerMetrics(): Promise<string> {
  const answers = await Promise.all(Object.values(cluster.workers ?? {}).map(ask))
  const known = answers.filter((answer) => answer !== null)
  return AggregatorRegistry.aggregate(known as unknown as object[]).metrics()
}

function ask(worker: Worker | undefined): Promise<Metrics | null> {
  if (!worker?.isConnected()) return Promise.resolve(null)
  return new Promise((resolve) => {
    const end = (answer: Metrics | null) => {
      clearTimeout(timeout)
      worker.off('message', take).off('exit', leave)
      resolve(answer)
    }
    const take = (message: unknown) => {
      if (isAnswer(message)) end(message.metrics)
    }
    const leave = () => end(null)
    const timeout = setTimeout(leave, ANSWER_TIMEOUT_MS)
    worker.on('message', take).once('exit', leave)
    worker.send(QUESTION, (error) => {
      if (error !== null) leave()
    })
  })
}

function isAnswer(message: unknown): message is { readonly metrics: Metrics } {
  return typeof message === 'object' && message !== null && 'metrics' in message
}

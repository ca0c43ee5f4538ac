import { z } from 'zod'
import type { MetricsAddress } from './metrics/metrics-server.ts'
import { field } from './settings.ts'
import type { TracingSettings } from './tracing/start-tracing.ts'

/** Longer, and whoever stops the process has killed it by then. */
const MAX_DRAIN_DELAY_MS = 300_000

/** What every service lets its operator set: how it is watched, and how it stops. To be spread into its schema. */
export const operationFields = {
  METRICS_PORT: field.port().optional(),
  METRICS_HOST: field.text().default('127.0.0.1'),
  OTEL_EXPORTER_OTLP_ENDPOINT: field.url(['http:', 'https:']).optional(),
  OTEL_TRACES_SAMPLER_ARG: share().default(1),
  DRAIN_DELAY_MS: field.integer(0, MAX_DRAIN_DELAY_MS).default(0),
}

function share() {
  const allowed = 'a number from 0 to 1'
  return z
    .string()
    .regex(/^\d+(\.\d+)?$/, allowed)
    .transform(Number)
    .refine((value) => value <= 1, allowed)
}

export interface OperationSettings {
  /** Where metrics are served; null: none are kept. */
  readonly metrics: MetricsAddress | null
  /** Where spans go; null: none are made. */
  readonly tracing: TracingSettings | null
  /** From the announcement of a stop to its beginning. */
  readonly drainDelayMs: number
}

type Variables = z.output<z.ZodObject<typeof operationFields>>

export function toOperationSettings(variables: Variables): OperationSettings {
  const { METRICS_PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = variables
  return {
    metrics: port === undefined ? null : { host: variables.METRICS_HOST, port },
    tracing:
      endpoint === undefined ? null : { endpoint, sampledShare: variables.OTEL_TRACES_SAMPLER_ARG },
    drainDelayMs: variables.DRAIN_DELAY_MS,
  }
}

import type { Service } from '../run-service.ts'

export interface TracingSettings {
  /** Base URL of an OTLP/HTTP receiver: spans are sent to `/v1/traces` below it. */
  readonly endpoint: string
  /** The part of all traces that is recorded, from 0 to 1. */
  readonly sampledShare: number
}

/**
 * Makes the spans of this process real, and sends them on. Libraries make theirs by `@opentelemetry/api`, which costs
 * next to nothing while nobody called this; the SDK is not even loaded then.
 *
 * @param serviceName what the process is called in traces, `coupon-gateway` for one
 */
export async function startTracing(
  serviceName: string,
  settings: TracingSettings,
): Promise<Service> {
  const { openTracing } = await import('./open-tracing.ts')
  return openTracing(serviceName, settings)
}

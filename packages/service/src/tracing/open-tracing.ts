import { context, DiagLogLevel, diag, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Service } from '../run-service.ts'
import type { TracingSettings } from './start-tracing.ts'

/** What one export may take. What a stop could not send by then is lost: a receiver that hangs must not hold it up. */
const EXPORT_TIMEOUT_MS = 3_000
/** A receiver that is down for long would fill the log: one line of so many milliseconds is enough. */
const COMPLAINT_PAUSE_MS = 60_000

/**
 * The tracing of a process: W3C `traceparent` in and out, batches over OTLP/HTTP.
 *
 * Whether a trace is recorded follows from its id, in every service alike. A caller who asks for his to be recorded
 * gets no more than that share: callers of the gateway are strangers. One who asks for his not to be is obeyed.
 */
export function openTracing(
  serviceName: string,
  { endpoint, sampledShare }: TracingSettings,
): Service {
  complainOfExports()
  const share = new TraceIdRatioBasedSampler(sampledShare)
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': serviceName,
      'service.instance.id': String(process.pid),
    }),
    sampler: new ParentBasedSampler({ root: share, remoteParentSampled: share }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS })],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  trace.setGlobalTracerProvider(provider)
  return {
    async stop() {
      // That spans got lost is no reason for a stop to fail.
      await provider.shutdown().catch(() => {})
    },
  }
}

/** Spans that could not be sent are dropped; that this happens, and why, is said on stderr. */
function complainOfExports(): void {
  let quietUntilMs = 0
  const complain = (message: string) => {
    const nowMs = performance.now()
    if (nowMs < quietUntilMs) return
    quietUntilMs = nowMs + COMPLAINT_PAUSE_MS
    process.stderr.write(`traces could not be sent: ${message.split('\n', 1)[0]}\n`)
  }
  const say = (message: string) => complain(message)
  diag.setLogger(
    { error: say, warn: say, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  )
}

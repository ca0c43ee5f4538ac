import {
  type Attributes,
  type Context,
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { AttemptEnd } from './attempt-outcome.ts'
import type { WireRequest } from './call.ts'
import type { CallInfo } from './hooks.ts'

const tracer = trace.getTracer('@coupon-gateway/client')

/**
 * The trace of a call that is made within a span which is recorded: a span for the call with all its waiting and
 * retries, and below it one for each attempt, whose context goes out as `traceparent`.
 */
export interface CallTrace {
  /** Sends one attempt under a span of its own. */
  traceAttempt(
    attempt: { readonly number: number; readonly upstream: number },
    request: WireRequest,
    send: (request: WireRequest) => Promise<AttemptEnd>,
  ): Promise<AttemptEnd>
}

/**
 * Runs a call with its trace; with null where nothing is traced, which costs the look whether there is a span.
 * Of the call itself spans tell no more than its name: paths and bodies hold codes and passwords.
 */
export function withCallTrace<Result>(
  info: CallInfo,
  run: (trace: CallTrace | null) => Promise<Result>,
): Promise<Result> {
  return trace.getActiveSpan()?.isRecording() ? runTraced(info, run) : run(null)
}

async function runTraced<Result>(
  { id, operation, kind, requestId }: CallInfo,
  run: (trace: CallTrace) => Promise<Result>,
): Promise<Result> {
  const span = tracer.startSpan(`coupon ${operation}`, {
    attributes: {
      'coupon.call.id': id,
      'coupon.call.kind': kind,
      ...(requestId === undefined ? {} : { 'coupon.request_id': requestId }),
    },
  })
  // Held on to: attempts are sent when there is a slot, in the context of whoever made it free.
  const ofCall = trace.setSpan(context.active(), span)
  try {
    return await context.with(ofCall, () => run(createCallTrace(operation, ofCall)))
  } catch (error) {
    span.setAttribute('error.type', codeOf(error))
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

function createCallTrace(operation: string, ofCall: Context): CallTrace {
  // Not the path itself, which holds ids and codes.
  const template = `/api/coupon/v1/${operation}`
  return {
    async traceAttempt({ number, upstream }, request, send) {
      const attributes: Attributes = {
        'http.request.method': request.method,
        'url.template': template,
        'coupon.upstream': upstream,
        ...(number === 1 ? {} : { 'http.request.resend_count': number - 1 }),
      }
      const span = tracer.startSpan(
        `${request.method} ${template}`,
        { kind: SpanKind.CLIENT, attributes },
        ofCall,
      )
      const headers: Record<string, string> = { ...request.headers }
      propagation.inject(trace.setSpan(ofCall, span), headers)
      try {
        const end = await send({ ...request, headers })
        const { outcome, status } = end
        if (status !== null) span.setAttribute('http.response.status_code', status)
        if (outcome.kind !== 'answered') {
          span.setAttribute('error.type', outcome.kind)
          span.setStatus({ code: SpanStatusCode.ERROR })
        }
        return end
      } finally {
        span.end()
      }
    },
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error ? String(error.code) : error.name
}

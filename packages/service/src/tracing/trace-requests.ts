import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { whenAnswered } from '../when-answered.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** In which the request is served, with its span; null where none is recorded. */
    traceContext: Context | null
  }
}

/**
 * Gives every request of a route a span, below that of its caller where `traceparent` names one. What serves the
 * request is called in its context. To be called before hooks that work, and only when tracing is on.
 *
 * @param isQuiet routes without a span: probes would bury everything else
 */
export function traceRequests(
  app: FastifyInstance,
  isQuiet: (route: string) => boolean = () => false,
): void {
  const tracer = trace.getTracer('@coupon-gateway/service')
  app.decorateRequest('traceContext', null)

  app.addHook('onRequest', function startSpan(request, reply, done) {
    const { url: route } = request.routeOptions
    if (route === undefined || isQuiet(route)) return done()
    const parent = propagation.extract(ROOT_CONTEXT, request.headers)
    const span = tracer.startSpan(
      `${request.method} ${route}`,
      {
        kind: SpanKind.SERVER,
        attributes: {
          'http.request.method': request.method,
          'http.route': route,
          'coupon.request_id': request.id,
        },
      },
      parent,
    )
    request.traceContext = trace.setSpan(parent, span)
    whenAnswered(reply, ({ isWhole }) => {
      span.setAttribute('http.response.status_code', reply.statusCode)
      if (!isWhole) span.setAttribute('error.type', 'caller-gone')
      if (reply.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    })
    return context.with(request.traceContext, done)
  })

  // The body comes in the context of its connection.
  app.addHook('preValidation', function resumeContext(request, _reply, done) {
    if (request.traceContext === null) return done()
    return context.with(request.traceContext, done)
  })
}

/** Adds what is learned of a request while it is served. */
export function describeRequestSpan(
  request: FastifyRequest,
  attributes: Readonly<Record<string, string>>,
): void {
  if (request.traceContext) trace.getSpan(request.traceContext)?.setAttributes(attributes)
}

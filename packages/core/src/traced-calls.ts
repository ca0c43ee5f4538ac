import { ROOT_CONTEXT, type Span, SpanStatusCode, trace } from '@opentelemetry/api'

const tracer = trace.getTracer('@coupon-gateway/core')

/** Rows that one flush can hold are many more: a span with hundreds of links is read by nobody. */
const MAX_LINKS = 32

/**
 * Gives each call of an object a span, named `prefix.call`, when it is made within a recorded one. Without one, which is
 * always so in a process that traces nothing, a call costs the look whether there is one.
 *
 * @param names methods that answer with a promise
 */
export function traceCalls<Target extends object>(
  prefix: string,
  target: Target,
  names: readonly (keyof Target & string)[],
): Target {
  const traced = names.map((name) => {
    const call = target[name] as (...input: unknown[]) => Promise<unknown>
    return [
      name,
      (...input: unknown[]) =>
        trace.getActiveSpan()?.isRecording()
          ? tracer.startActiveSpan(`${prefix}.${name}`, (span) => endWith(span, call(...input)))
          : call(...input),
    ]
  })
  return { ...target, ...Object.fromEntries(traced) }
}

/** The flushes that decide items of many traces: each is a span of the first one's, and linked with the others. */
export interface TracedFlushes<Item, Verdict> {
  /** To be called where the item's own span is active. */
  remember(item: Item): void
  flush(items: readonly Item[]): Promise<readonly Verdict[]>
}

export function traceFlushes<Item extends object, Verdict>(
  name: string,
  flush: (items: readonly Item[]) => Promise<readonly Verdict[]>,
): TracedFlushes<Item, Verdict> {
  const spans = new WeakMap<Item, Span>()
  /** False for ever in a process that traces nothing: no item is looked up there. */
  let hasRemembered = false

  return {
    remember(item) {
      const span = trace.getActiveSpan()
      if (!span?.isRecording()) return
      spans.set(item, span)
      hasRemembered = true
    },
    flush(items) {
      if (!hasRemembered) return flush(items)
      const [first, ...others] = items.map((it) => spans.get(it)).filter((it) => it !== undefined)
      if (first === undefined) return flush(items)
      return tracer.startActiveSpan(
        name,
        {
          attributes: { 'coupon.flush.size': items.length },
          links: others.slice(0, MAX_LINKS).map((it) => ({ context: it.spanContext() })),
        },
        trace.setSpan(ROOT_CONTEXT, first),
        (span) => endWith(span, flush(items)),
      )
    },
  }
}

async function endWith<Result>(span: Span, result: Promise<Result>): Promise<Result> {
  try {
    return await result
  } catch (error) {
    // Its message may hold a code: the log has it, under the request's id.
    span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** A span as it came, with the service that sent it. */
export interface ReceivedSpan {
  readonly service: string
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first of a trace. */
  readonly parentSpanId: string
  /** As the protocol numbers them: 1 within, 2 of a server, 3 of a client. */
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface OtlpReceiver {
  /** Its base URL. */
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  close(): void
}

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}
interface WireSpan extends Omit<ReceivedSpan, 'service' | 'attributes' | 'parentSpanId'> {
  readonly parentSpanId?: string
  readonly attributes: readonly Attribute[]
}
interface TraceExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[]
  }[]
}

/** Receives traces by OTLP over HTTP with JSON, as a collector does. @see https://opentelemetry.io/docs/specs/otlp/ */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const server = createServer(async (request, response) => {
    if (request.url !== '/v1/traces' || request.method !== 'POST') {
      response.writeHead(404).end()
      return
    }
    const { resourceSpans } = (await json(request)) as TraceExport
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(toObject(resource.attributes)['service.name'])
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        const { parentSpanId = '', attributes } = span
        spans.push({ ...span, service, parentSpanId, attributes: toObject(attributes) })
      }
    }
    response.setHeader('Content-Type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function toObject(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))
}

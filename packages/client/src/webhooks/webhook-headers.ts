/** Headers as Node, Fastify and Express have them, in lower case; or as `fetch` does. */
export type WebhookRequestHeaders =
  | Headers
  | Readonly<Record<string, string | readonly string[] | undefined>>

/** A header that came once; null when it did not, or several times. */
export function readHeader(headers: WebhookRequestHeaders, name: string): string | null {
  const value = headers instanceof Headers ? headers.get(name) : headers[name]
  return typeof value === 'string' ? value : null
}

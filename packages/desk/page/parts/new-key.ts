const BYTES = 16

/**
 * A name that nobody else has: an idempotency key, or an id. Not `crypto.randomUUID`, which browsers keep from pages
 * without encryption, such as that of a desk on another machine of the shop.
 */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

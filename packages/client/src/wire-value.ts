/** Values as they come over the wire, of which nothing is sure. */

export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function integerOrNull(value: unknown): number | null {
  return Number.isInteger(value) ? (value as number) : null
}

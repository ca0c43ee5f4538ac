/**
 * Demands a text that PostgreSQL can store, within bounds that it counts in characters. Whoever fronts the core
 * checks before and says so in his own words: this is the last line.
 *
 * @throws RangeError naming the argument and what is allowed
 */
export function requireText(
  name: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  const { length } = [...text]
  if (length < min || length > max || text.includes('\0') || !text.isWellFormed()) {
    throw new RangeError(
      `${name} must be well-formed text of ${min} to ${max} characters without NUL, got ${length}`,
    )
  }
}

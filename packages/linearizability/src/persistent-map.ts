/**
 * A map that is never changed, only followed by others that share most of it: a step of the search costs the copy of
 * one small bucket, however many units a coupon has, and going back costs nothing.
 *
 * ```text
 *   rows ─► ┌─┬─┬─┬─┐
 *           └┬┴─┴─┴┬┘   64 rows of 64 buckets by the hash of the key; only what was ever written exists
 *            ▼     ▼
 *          buckets, each a Map of a few entries
 * ```
 */
export class PersistentMap<Value> {
  static readonly EMPTY: PersistentMap<never> = new PersistentMap<never>([], 0)

  readonly size: number
  readonly #rows: readonly (Row<Value> | undefined)[]

  private constructor(rows: readonly (Row<Value> | undefined)[], size: number) {
    this.#rows = rows
    this.size = size
  }

  get(key: string): Value | undefined {
    const hash = hashOf(key)
    return this.#rows[hash >>> 6]?.[hash & 63]?.get(key)
  }

  has(key: string): boolean {
    return this.get(key) !== undefined
  }

  /** The map in which this key has this value. */
  with(key: string, value: Value): PersistentMap<Value> {
    const hash = hashOf(key)
    const row = this.#rows[hash >>> 6]
    const bucket = row?.[hash & 63]
    const rows = this.#rows.slice()
    const nextRow = row?.slice() ?? []
    nextRow[hash & 63] = new Map(bucket).set(key, value)
    rows[hash >>> 6] = nextRow
    return new PersistentMap(rows, this.size + (bucket?.has(key) ? 0 : 1))
  }

  *entries(): Generator<readonly [string, Value]> {
    for (const row of this.#rows) for (const bucket of row ?? []) yield* bucket ?? []
  }
}

type Row<Value> = readonly (ReadonlyMap<string, Value> | undefined)[]

/** 12 bits. */
function hashOf(key: string): number {
  let hash = 0
  for (let index = 0; index < key.length; index += 1) {
    hash = (Math.imul(hash, 31) + key.charCodeAt(index)) | 0
  }
  return (hash ^ (hash >>> 12) ^ (hash >>> 24)) & 0xfff
}

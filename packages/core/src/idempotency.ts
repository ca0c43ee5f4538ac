import { hash } from 'node:crypto'
import type { Queryable } from '@coupon-gateway/database'

/** A caller's name for one intended effect, 1 to 255 characters. Made before the first try, kept over retries. */
export type IdempotencyKey = string

/** Why a write with a key was not carried out. Neither has an effect. */
export type WriteRefusal =
  /** The key was used for another request. A new effect needs a new key. */
  | { readonly outcome: 'key-reused' }
  /** The first request with this key is still running. Try again with the same key. */
  | { readonly outcome: 'key-in-use' }

type ClaimedKey = WriteRefusal | { readonly outcome: 'replayed'; readonly answer: unknown } | null

/**
 * Identifies a request: the operation and its input after validation, whatever the order of its fields.
 * A password never goes in: a fast hash of one would give it away. Where it is part of the effect, what
 * is known of it goes in as {@link describePassword} has it, and the rest is compared on replay.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07#section-2.4
 */
export function fingerprint(operation: string, input: Readonly<Record<string, unknown>>): string {
  return hash('sha256', JSON.stringify([operation, inOrder(input)]), 'hex')
}

/**
 * Carries out a write at most once for its key: the claim of the key, the effect and the stored answer are
 * one transaction (rule 8). Only effects are stored; a rejection leaves the key free and is decided anew.
 *
 * @param write the effect: answers `{ effect }` to be stored and replayed, or `{ rejection }`, stored nowhere
 */
export async function writeOnce<Effect, Rejection>(
  transaction: Queryable,
  request: {
    readonly accountId: number
    readonly key: IdempotencyKey | null
    readonly fingerprint: string
  },
  write: () => Promise<{ readonly effect: Effect } | { readonly rejection: Rejection }>,
): Promise<
  | { readonly outcome: 'done'; readonly effect: Effect; readonly replayed: boolean }
  | WriteRefusal
  | Rejection
> {
  const { accountId, key } = request
  if (key !== null) {
    const [row] = await transaction.query<{ claimed: ClaimedKey }>(
      'select claim_idempotency_key($1, $2, $3) as claimed',
      [accountId, key, request.fingerprint],
    )
    const claimed = row?.claimed ?? null
    if (claimed?.outcome === 'replayed') {
      return { outcome: 'done', effect: claimed.answer as Effect, replayed: true }
    }
    if (claimed !== null) return claimed
  }
  const result = await write()
  if ('rejection' in result) return result.rejection
  if (key !== null) {
    await transaction.query(
      'insert into idempotency_key (account_id, key, fingerprint, answer) values ($1, $2, $3, $4)',
      [accountId, key, request.fingerprint, JSON.stringify(result.effect)],
    )
  }
  return { outcome: 'done', effect: result.effect, replayed: false }
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (value === null || typeof value !== 'object') return value
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => [name, inOrder(member)])
}

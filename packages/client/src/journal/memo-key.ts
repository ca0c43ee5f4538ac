import { InvalidInputError } from '../upstream-error.ts'

/** Most characters of a memo, by the contract. */
const MAX_MEMO_LENGTH = 500

/** An attempt of a redemption, as the memo of its use names it. */
export interface NamedAttempt {
  readonly idempotencyKey: string
  /** From 1. */
  readonly attempt: number
}

/** A key is visible ASCII without spaces, so the last bracket of a memo is found whatever stands before it. */
const NAMED_ATTEMPT = /(?:^|\s)\[key (\S{1,255}) (\d{1,9})\]$/

/**
 * The memo that goes out: the user's, and behind it the key and the number of the attempt, as `[key order-17 1]`.
 * It is what an event or a log of the upstream shows of a redemption whose answer was lost.
 */
export function writeKeyIntoMemo(
  memo: string | null,
  { idempotencyKey, attempt }: NamedAttempt,
): string {
  const name = `[key ${idempotencyKey} ${attempt}]`
  return memo === null || memo === '' ? name : `${memo} ${name}`
}

/** Finds what `writeKeyIntoMemo` wrote; null when the memo is somebody else's. */
export function readKeyFromMemo(memo: string): NamedAttempt | null {
  const [, idempotencyKey, attempt] = NAMED_ATTEMPT.exec(memo) ?? []
  if (idempotencyKey === undefined || attempt === undefined) return null
  return { idempotencyKey, attempt: Number(attempt) }
}

/**
 * Refuses a memo that leaves no room for its key. Room is left for an attempt of nine digits, so that a memo that
 * was good for the first is good for all.
 *
 * @throws InvalidInputError
 */
export function requireRoomForKey(memo: string | null, idempotencyKey: string): void {
  const room = MAX_MEMO_LENGTH - ` [key ${idempotencyKey} 999999999]`.length
  // Characters are code points, as they are to the upstream.
  if (memo === null || [...memo].length <= room) return
  throw new InvalidInputError([
    {
      field: 'memo',
      problem: 'leaves no room for the idempotency key, which goes out behind it',
      allowed: `at most ${room} characters with this idempotencyKey`,
    },
  ])
}

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const deriveKey = promisify(scrypt)

const SALT_BYTES = 16
const KEY_BYTES = 32

/** Hashes an on-site password with a fresh salt, as `scrypt:salt:key` (rule 4). */
async function hashOnsitePassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = (await deriveKey(password, salt, KEY_BYTES)) as Buffer
  return ['scrypt', salt.toString('base64url'), key.toString('base64url')].join(':')
}

/** Tells in constant time whether a password is the one that was hashed. */
export async function matchesOnsitePassword(password: string, hash: string): Promise<boolean> {
  const [algorithm, salt = '', key = ''] = hash.split(':')
  if (algorithm !== 'scrypt') throw new Error('an on-site password is stored in an unknown form')
  const expected = Buffer.from(key, 'base64url')
  const actual = (await deriveKey(
    password,
    Buffer.from(salt, 'base64url'),
    expected.length,
  )) as Buffer
  return timingSafeEqual(actual, expected)
}

/** What a write does with the on-site password, for its fingerprint: the password itself stays out of it. */
export function describePassword(password: string | undefined): 'untouched' | 'removed' | 'set' {
  if (password === undefined) return 'untouched'
  return password === '' ? 'removed' : 'set'
}

/** The hash to store: undefined leaves the stored one, null removes it. Slow, so never called under a lock. */
export async function hashGivenPassword(
  password: string | undefined,
): Promise<string | null | undefined> {
  if (password === undefined) return undefined
  return password === '' ? null : hashOnsitePassword(password)
}

/**
 * Whether a replayed write asked for the password that it asks for now. Only the hash of the first is known.
 * @param firstHash what the first request stored
 */
export async function isSamePassword(
  password: string | undefined,
  firstHash: string | null,
): Promise<boolean> {
  if (password === undefined || password === '' || firstHash === null) return true
  return matchesOnsitePassword(password, firstHash)
}

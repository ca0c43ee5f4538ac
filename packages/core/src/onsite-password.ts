import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const deriveKey = promisify(scrypt)

const SALT_BYTES = 16
const KEY_BYTES = 32

/** Hashes an on-site password with a fresh salt, as `scrypt:salt:key` (rule 4). */
export async function hashOnsitePassword(password: string): Promise<string> {
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

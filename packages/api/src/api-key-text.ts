import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** So that people and secret scanners recognise a key wherever it turns up. */
const PREFIX = 'cgk_'
/** 160 bits: nobody guesses one, so a fast hash is enough to keep it. */
const RANDOM_BYTES = 20
/** How much of a key a list shows: enough to tell keys apart, far too little to guess the rest. */
const HINT_LENGTH = PREFIX.length + 4

/**
 * Makes a new API key: `cgk_`, 40 random hex digits, and the CRC-32 of what is before it as 8 hex digits, by
 * which a scanner can tell a key from a text that looks like one.
 */
export function generateApiKey(): string {
  const body = PREFIX + randomBytes(RANDOM_BYTES).toString('hex')
  return body + crc32(body).toString(16).padStart(8, '0')
}

/** The beginning of a key, by which its owner recognises it in a list. */
export function hintOf(apiKey: string): string {
  return apiKey.slice(0, HINT_LENGTH)
}

/** What is stored of a key. Keys are long and random, so a fast hash keeps them secret. */
export function hashApiKey(apiKey: string): string {
  return hash('sha256', apiKey, 'hex')
}

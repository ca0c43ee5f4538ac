import { createHmac, timingSafeEqual } from 'node:crypto'

/** `t=…,v1=…,alg=hmac-sha256` */
export interface Signature {
  /** As it came: it is part of what is signed. */
  readonly timestamp: string
  /** When it was sent, in milliseconds since 1970. */
  readonly sentAtMs: number
  /** One; two while the sender rotates its secret. */
  readonly digests: readonly Uint8Array[]
}

/** What a sender signs, and what it is made of. */
export interface SignedParts {
  readonly timestamp: string
  readonly rawBody: Uint8Array
}

/**
 * Makes the bytes that were signed; the HMAC is taken over all of them, one after the other. They must have the
 * timestamp and the body in them: what is not signed, anybody can change.
 */
export type SigningRecipe = (parts: SignedParts) => readonly (string | Uint8Array)[]

/** `{t}.{raw body}`: what our api signs. The hosted service does not document its own. */
export const TIMESTAMP_DOT_BODY: SigningRecipe = ({ timestamp, rawBody }) => [
  timestamp,
  '.',
  rawBody,
]

/** A header is read to its bounds only: it comes from anybody. */
const MAX_HEADER_LENGTH = 1_024
const MAX_DIGESTS = 4
/** 10^11 seconds are the year 5138, 10^11 milliseconds are 1973: no moment of a webhook is both. */
const FIRST_MILLISECONDS = 1e11

/** @returns null when it is not in the form of the contract */
export function parseSignature(header: string): Signature | null {
  if (header.length > MAX_HEADER_LENGTH) return null
  const parts = header.split(',').map((part) => /^\s*([a-z0-9]+)=(\S+)\s*$/.exec(part))
  const valuesOf = (name: string) => parts.filter((it) => it?.[1] === name).map((it) => it?.[2])
  const [timestamp = '', ...otherTimes] = valuesOf('t')
  const digests = valuesOf('v1')
  const algorithms = valuesOf('alg')
  const isWhole =
    /^\d{1,16}$/.test(timestamp) &&
    otherTimes.length === 0 &&
    algorithms.every((it) => it === 'hmac-sha256') &&
    digests.length >= 1 &&
    digests.length <= MAX_DIGESTS &&
    digests.every((it) => it !== undefined && /^[0-9a-f]{64}$/i.test(it))
  if (!isWhole) return null
  const moment = Number(timestamp)
  return {
    timestamp,
    sentAtMs: moment < FIRST_MILLISECONDS ? moment * 1_000 : moment,
    digests: digests.map((it) => Buffer.from(it ?? '', 'hex')),
  }
}

/** Whether any of the secrets made any of the digests. Takes as long whichever it was, or none. */
export function isSignedByAny(
  secrets: readonly string[],
  digests: readonly Uint8Array[],
  signed: readonly (string | Uint8Array)[],
): boolean {
  let matches = 0
  for (const secret of secrets) {
    const hmac = createHmac('sha256', secret)
    for (const part of signed) hmac.update(part)
    const expected = hmac.digest()
    for (const digest of digests) matches += Number(timingSafeEqual(expected, digest))
  }
  return matches > 0
}

import { field, SettingsError } from '@coupon-gateway/service'
import { z } from 'zod'
import { isExactOrigin, ORIGIN_RULE } from '../origins.ts'

/** How tokens of an own frontend are judged. */
export interface TokenSettings {
  /** Where the issuer publishes the public keys of its tokens. */
  readonly keySetUrl: URL
  /** The only value of `iss` that is taken. */
  readonly issuer: string
  /** What `aud` must be, or have among others. */
  readonly audience: string
  /** Origins whose pages may send tokens; null for any. */
  readonly origins: ReadonlySet<string> | null
  /** Upstream calls that each subject may cause in one minute. */
  readonly callsPerMinute: number
}

/** The variables, for the schema of the service's settings. */
export const tokenFields = {
  JWKS_URL: z
    .string()
    .refine(
      isKeySetUrl,
      'a URL that starts with https://, or with http:// on this machine, without user and fragment',
    )
    .optional(),
  JWT_ISSUER: field.text().optional(),
  JWT_AUDIENCE: field.text().optional(),
  JWT_ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .refine(
      (origins) => origins.every(isExactOrigin),
      `one or several origins, separated by commas, each ${ORIGIN_RULE}`,
    )
    .optional(),
  JWT_CALLS_PER_MINUTE: field.integer(1, 1_000_000_000).optional(),
}

/** As `pk_demo` has them: a page does not validate more than ten codes a second. */
const DEFAULT_CALLS_PER_MINUTE = 600

/**
 * Brings the variables together. Null: this gateway takes no tokens.
 * @throws SettingsError when one says nothing without another
 */
export function toTokenSettings(
  variables: z.output<z.ZodObject<typeof tokenFields>>,
): TokenSettings | null {
  const { JWKS_URL, JWT_ISSUER, JWT_AUDIENCE, JWT_ORIGINS, JWT_CALLS_PER_MINUTE } = variables
  if (JWKS_URL === undefined) {
    const [lonely] = Object.entries({ JWT_ISSUER, JWT_AUDIENCE, JWT_ORIGINS, JWT_CALLS_PER_MINUTE })
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name)
    if (lonely === undefined) return null
    throw new SettingsError(
      `JWKS_URL must be the URL of the issuer's public keys where ${lonely} is set, got nothing`,
    )
  }
  return {
    keySetUrl: new URL(JWKS_URL),
    issuer: needed('JWT_ISSUER', JWT_ISSUER, 'the `iss` of tokens that are taken'),
    audience: needed('JWT_AUDIENCE', JWT_AUDIENCE, 'the `aud` of tokens that are taken'),
    origins: JWT_ORIGINS === undefined ? null : new Set(JWT_ORIGINS),
    callsPerMinute: JWT_CALLS_PER_MINUTE ?? DEFAULT_CALLS_PER_MINUTE,
  }
}

/** Without it, tokens that the same issuer made for somebody else would be taken. */
function needed(name: string, value: string | undefined, what: string): string {
  if (value !== undefined) return value
  throw new SettingsError(`${name} must be ${what} where JWKS_URL is set, got nothing`)
}

/** Whoever can change the keys on their way can make tokens. */
function isKeySetUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || `${url.username}${url.password}${url.hash}` !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname))
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}

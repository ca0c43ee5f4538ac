import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
  jwksCache,
} from 'jose'

/** A key that its issuer has taken back is refused after this time at the latest. */
const MAX_AGE_MS = 10 * 60_000
/** A key that is not in the set makes it be loaded again, once in this time: tokens can name any key. */
const UNKNOWN_KEY_PAUSE_MS = 30_000
/** After a failed load nobody is asked again for this time. jose would ask with every token. */
const FAILURE_PAUSE_MS = 10_000
const LOAD_TIMEOUT_MS = 5_000
/** An issuer that is away for less than this takes none of our frontends down with it. */
const MAX_AGE_WITHOUT_ISSUER_MS = 60 * 60_000

/** The keys by which a token would have been judged are out of reach. That is no fault of the token. */
export class KeySetUnavailableError extends Error {
  override readonly name = 'KeySetUnavailableError'
  /** When they will be asked for again. */
  readonly retryAfterMs: number

  constructor(retryAfterMs: number, cause: unknown) {
    super('the key set cannot be loaded', { cause })
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * The public keys of an issuer, loaded when a token first needs them.
 *
 * ```text
 *                       fresh (10 min)        older (1 h)                older still
 *   key in the set      used                  load again; failed: used   load again; failed: unavailable
 *   key not in the set  load again, at most once in 30 s, failed: unavailable
 * ```
 *
 * @throws KeySetUnavailableError from the function that it returns; jose's errors are faults of the token
 */
export function createKeySet(url: URL): JWTVerifyGetKey {
  const loaded: JWKSCacheInput = {}
  let pausedUntilMs = 0
  let lastFailure: unknown
  const remote = createRemoteJWKSet(url, {
    cacheMaxAge: MAX_AGE_MS,
    cooldownDuration: UNKNOWN_KEY_PAUSE_MS,
    timeoutDuration: LOAD_TIMEOUT_MS,
    [jwksCache]: loaded,
    [customFetch]: async (address, options) => {
      if (Date.now() < pausedUntilMs) throw lastFailure
      return fetch(address, options)
    },
  })

  let findOld: JWTVerifyGetKey | undefined
  let findOldOf: number | undefined
  async function findInOldSet(...[header, token]: Parameters<JWTVerifyGetKey>) {
    const { uat, jwks } = loaded
    if (uat === undefined || jwks === undefined) return undefined
    if (Date.now() >= uat + MAX_AGE_WITHOUT_ISSUER_MS) return undefined
    if (findOld === undefined || findOldOf !== uat) findOld = createLocalJWKSet(jwks)
    findOldOf = uat
    return Promise.resolve(findOld(header, token)).catch(() => undefined)
  }

  return async function findKey(header, token) {
    try {
      return await remote(header, token)
    } catch (error) {
      if (isFaultOfToken(error)) throw error
      if (Date.now() >= pausedUntilMs) {
        pausedUntilMs = Date.now() + FAILURE_PAUSE_MS
        lastFailure = error
      }
      const key = await findInOldSet(header, token)
      if (key !== undefined) return key
      throw new KeySetUnavailableError(Math.max(pausedUntilMs - Date.now(), 1), error)
    }
  }
}

function isFaultOfToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}

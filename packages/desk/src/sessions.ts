import { exportJWK, generateKeyPair, type JSONWebKeySet, SignJWT } from 'jose'

/** As long as a checkout takes; the page asks for the next one before it ends. */
const TOKEN_SECONDS = 300

/** ECDSA: short signatures, and every verifier knows it. */
const ALGORITHM = 'ES256'

/**
 * What a checkout in the browser does, and no more: it may not read the log, which is that of the whole account. What
 * became of an answer that was lost it learns by sending its key again.
 */
const SCOPES = ['coupon:validate', 'coupon:redeem', 'coupon:rollback'] as const

export interface Session {
  /** `Authorization: Bearer …` of the gateway. */
  readonly token: string
  /** When it ends, in milliseconds since 1970. */
  readonly expiresAtMs: number
  /** Who it is for: the `userId` of what this customer redeems. */
  readonly customerId: string
}

export interface Sessions {
  /** The public key, for the gateway's `JWKS_URL`. */
  readonly keySet: JSONWebKeySet
  issue(customerId: string, nowMs?: number): Promise<Session>
}

/**
 * Makes tokens with a key pair of this process: nothing is to be kept secret on disk, and a restart ends every
 * session, which the page does not mind: it asks for another.
 */
export async function createSessions(tokens: {
  readonly issuer: string
  readonly audience: string
}): Promise<Sessions> {
  const { privateKey, publicKey } = await generateKeyPair(ALGORITHM)
  const kid = crypto.randomUUID()
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: ALGORITHM, use: 'sig' }
  return {
    keySet: { keys: [jwk] },
    async issue(customerId, nowMs = Date.now()) {
      const issuedAt = Math.floor(nowMs / 1000)
      const token = await new SignJWT({ scope: SCOPES.join(' ') })
        .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'at+jwt' })
        .setIssuer(tokens.issuer)
        .setAudience(tokens.audience)
        .setSubject(customerId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + TOKEN_SECONDS)
        .setJti(crypto.randomUUID())
        .sign(privateKey)
      return { token, expiresAtMs: (issuedAt + TOKEN_SECONDS) * 1000, customerId }
    },
  }
}

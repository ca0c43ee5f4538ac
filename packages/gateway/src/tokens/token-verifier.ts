import { hash } from 'node:crypto'
import { type JWTVerifyOptions, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../caller.ts'
import { createKeySet, KeySetUnavailableError } from './key-set.ts'
import { toCaller } from './token-caller.ts'
import { describeTokenProblem } from './token-problem.ts'
import type { TokenSettings } from './token-settings.ts'

/** Asymmetric ones only: with the others, who can check a token can make one. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
/** Tokens made for something else, such as a log-out, are no access tokens though they have our audience. */
const TYPES: readonly string[] = ['jwt', 'at+jwt', 'application/at+jwt']
/** Clocks of servers are this near to each other. */
const CLOCK_TOLERANCE_SECONDS = 10
/** Tokens that were verified lately. One takes about half a KiB. */
const MAX_REMEMBERED = 10_000
/** A signature is checked again after this time, in case that its key was taken back. */
const MAX_REMEMBERED_MS = 5 * 60_000
/** What a flood of tokens writes to the log while the keys are away. */
const REPORT_PAUSE_MS = 10_000
const UNEXPECTED_FAILURE_RETRY_MS = 10_000

/** What became of a token. Unavailable: it could not be judged, through no fault of its own. */
export type TokenVerdict =
  | { readonly outcome: 'valid'; readonly caller: Caller }
  | { readonly outcome: 'invalid'; readonly problem: string }
  | { readonly outcome: 'unavailable'; readonly retryAfterMs: number }

export interface TokenVerifier {
  /** The bearer's token, whatever it is. Never rejects. */
  verify(token: string): Promise<TokenVerdict>
}

/** @param onUnavailable told at most every ten seconds why tokens cannot be judged */
export function createTokenVerifier(
  settings: TokenSettings,
  onUnavailable: (error: unknown) => void,
): TokenVerifier {
  const findKey = createKeySet(settings.keySetUrl)
  const options = {
    algorithms: ALGORITHMS,
    issuer: settings.issuer,
    audience: settings.audience,
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  } satisfies JWTVerifyOptions
  // By hash, since tokens are long.
  const remembered = new LRUCache<string, { readonly caller: Caller; readonly untilMs: number }>({
    max: MAX_REMEMBERED,
  })
  let reportedAtMs = 0

  async function judge(token: string, tokenHash: string): Promise<TokenVerdict> {
    const { payload, protectedHeader } = await jwtVerify(token, findKey, options)
    if (!isAccessToken(protectedHeader.typ)) {
      return { outcome: 'invalid', problem: 'its `typ` is not that of an access token' }
    }
    const caller = toCaller(payload, settings)
    if (typeof caller === 'string') return { outcome: 'invalid', problem: caller }
    const expiresAtMs = ((payload.exp ?? 0) + CLOCK_TOLERANCE_SECONDS) * 1000
    remembered.set(tokenHash, {
      caller,
      untilMs: Math.min(expiresAtMs, Date.now() + MAX_REMEMBERED_MS),
    })
    return { outcome: 'valid', caller }
  }

  function explain(error: unknown): TokenVerdict {
    const problem = describeTokenProblem(error)
    if (problem !== undefined) return { outcome: 'invalid', problem }
    if (Date.now() - reportedAtMs >= REPORT_PAUSE_MS) {
      reportedAtMs = Date.now()
      onUnavailable(error)
    }
    // Anything else is a key in the set that is none.
    const retryAfterMs =
      error instanceof KeySetUnavailableError ? error.retryAfterMs : UNEXPECTED_FAILURE_RETRY_MS
    return { outcome: 'unavailable', retryAfterMs }
  }

  return {
    async verify(token) {
      const tokenHash = hash('sha256', token, 'base64')
      const known = remembered.get(tokenHash)
      if (known !== undefined && Date.now() < known.untilMs) {
        return { outcome: 'valid', caller: known.caller }
      }
      return judge(token, tokenHash).catch(explain)
    },
  }
}

function isAccessToken(type: unknown): boolean {
  return type === undefined || (typeof type === 'string' && TYPES.includes(type.toLowerCase()))
}

import type { Caller } from './caller.ts'
import type { GatewayKeys } from './gateway-keys.ts'
import type { TokenVerifier } from './tokens/token-verifier.ts'

/** Who a request is from. Unavailable: it cannot be said at the moment. */
export type Identification =
  | { readonly outcome: 'known'; readonly caller: Caller }
  | { readonly outcome: 'anonymous' }
  | { readonly outcome: 'refused'; readonly problem: string }
  | { readonly outcome: 'unavailable'; readonly retryAfterMs: number }

/** Nothing longer is hashed: keys have some 40 characters, tokens with many claims a few thousand. */
const MAX_KEY_LENGTH = 256
const MAX_TOKEN_LENGTH = 8_192

const BEARER = /^Bearer +(\S+)$/i
/** Header, claims and signature. Without a signature (`alg: none`) it is one too, to be refused as such. */
const JWT = /^[\w-]+\.[\w-]+\.[\w-]*$/

/** A key is looked up at once, a token has to be verified. */
export type Identify = (
  authorization: string | undefined,
) => Identification | Promise<Identification>

/**
 * Tells callers by the `Authorization` header: a key of the keys file or, where the gateway takes tokens, a JWT.
 * A key is looked for first, so that keys work whatever becomes of the tokens.
 */
export function createIdentifier(keys: GatewayKeys, tokens: TokenVerifier | null): Identify {
  return function identify(authorization) {
    const shown = BEARER.exec(authorization ?? '')?.[1]
    if (shown === undefined) return { outcome: 'anonymous' }
    const ofKey = shown.length <= MAX_KEY_LENGTH ? keys.find(shown) : undefined
    if (ofKey !== undefined) return { outcome: 'known', caller: ofKey }
    if (shown.length > MAX_TOKEN_LENGTH) {
      return refused(`a key or token has at most ${MAX_TOKEN_LENGTH} characters`)
    }
    if (!JWT.test(shown)) return refused('the key is unknown')
    if (tokens === null) return refused('this gateway takes keys, and no tokens')
    return identifyByToken(tokens, shown)
  }
}

async function identifyByToken(tokens: TokenVerifier, token: string): Promise<Identification> {
  const verdict = await tokens.verify(token)
  switch (verdict.outcome) {
    case 'valid':
      return { outcome: 'known', caller: verdict.caller }
    case 'invalid':
      return refused(`the token is not accepted, since ${verdict.problem}`)
    case 'unavailable':
      return verdict
  }
}

function refused(problem: string): Identification {
  return { outcome: 'refused', problem }
}

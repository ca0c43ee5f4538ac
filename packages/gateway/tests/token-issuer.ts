import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  SignJWT,
} from 'jose'

export interface IssuerKey {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** The public one, with its `kid`. */
  readonly jwk: JWK
}

export interface TokenIssuer {
  /** What a gateway needs to take its tokens. */
  readonly environment: Readonly<Record<string, string>>
  readonly key: IssuerKey
  /** How often the key set was asked for. */
  readonly loads: number
  /** From now on these are its keys. */
  publish(...keys: readonly object[]): void
  /** From now on it answers nothing that is a key set; undefined: it answers nothing at all. */
  fail(answer?: { readonly status: number; readonly body: string }): void
  close(): void
}

export const ISSUER = 'https://login.shop.example'
export const AUDIENCE = 'https://coupons.shop.example'

export async function makeIssuerKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } }
}

/** A login of a shop, whose tokens a gateway takes: it serves its public keys on this machine. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  const key = await makeIssuerKey('key-1')
  let loads = 0
  let answer: { readonly status: number; readonly body: string } | undefined
  const publish = (...keys: readonly object[]) => {
    answer = { status: 200, body: JSON.stringify({ keys }) }
  }
  publish(key.jwk)
  const server = createServer((_request, response) => {
    loads += 1
    if (answer === undefined) response.socket?.resetAndDestroy()
    else response.writeHead(answer.status, { Connection: 'close' }).end(answer.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    environment: {
      JWKS_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
    },
    key,
    get loads() {
      return loads
    },
    publish,
    fail(instead) {
      answer = instead
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Claims of a token that is good; one that is undefined is left out. */
export interface Claims {
  readonly [claim: string]: unknown
}

/** Signs a token for Alice that may do everything, unless told otherwise. */
export function signToken(
  { privateKey, jwk }: Pick<IssuerKey, 'privateKey' | 'jwk'>,
  claims: Claims = {},
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const whole = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'alice',
    iat: now,
    exp: now + 300,
    scope: 'coupon:validate coupon:redeem coupon:rollback coupon:manage redemption:read',
    ...claims,
  }
  return new SignJWT(
    Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)),
  )
    .setProtectedHeader({
      alg: jwk.alg,
      kid: jwk.kid,
      typ: 'at+jwt',
      ...header,
    } as JWTHeaderParameters)
    .sign(privateKey)
}

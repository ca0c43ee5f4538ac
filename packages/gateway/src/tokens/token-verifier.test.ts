import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  AUDIENCE,
  ISSUER,
  signToken,
  startTokenIssuer,
  type TokenIssuer,
} from '../../tests/token-issuer.ts'
import { createTokenVerifier } from './token-verifier.ts'

let issuer: TokenIssuer
beforeAll(async () => {
  issuer = await startTokenIssuer()
})
afterAll(() => issuer?.close())
afterEach(() => {
  vi.useRealTimers()
})

function open() {
  const reports: unknown[] = []
  const verifier = createTokenVerifier(
    {
      keySetUrl: new URL(issuer.environment.JWKS_URL ?? ''),
      issuer: ISSUER,
      audience: AUDIENCE,
      origins: null,
      callsPerMinute: 60,
    },
    (error) => reports.push(error),
  )
  return { verifier, reports }
}

describe('a token verifier', () => {
  it('takes no token in which a part was changed, and fails at none', async () => {
    const { verifier } = open()
    const token = await signToken(issuer.key)
    const parts = token.split('.').map((part) => Buffer.from(part, 'base64url'))
    const changed = fc
      .tuple(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }))
      .map(([part, place, mask]) =>
        parts
          .map((bytes, index) => {
            const copy = Buffer.from(bytes)
            const at = place % copy.length
            if (index === part) copy[at] = (copy[at] ?? 0) ^ mask
            return copy.toString('base64url')
          })
          .join('.'),
      )
    await fc.assert(
      fc.asyncProperty(changed, async (forged) => {
        expect((await verifier.verify(forged)).outcome).toBe('invalid')
      }),
    )
    expect((await verifier.verify(token)).outcome).toBe('valid')
  })

  it('takes no text that is like a token, and fails at none', async () => {
    const { verifier } = open()
    const encode = (value: unknown) =>
      Buffer.from(JSON.stringify(value) ?? '').toString('base64url')
    const header = fc.oneof(
      fc.json(),
      fc.record(
        {
          alg: fc.oneof(
            fc.constantFrom('ES256', 'RS256', 'none', 'HS256', '__proto__'),
            fc.jsonValue(),
          ),
          kid: fc.oneof(fc.constantFrom('key-1', 'key-2', 'constructor'), fc.jsonValue()),
          typ: fc.jsonValue(),
          crit: fc.jsonValue(),
          b64: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    )
    const texts = fc
      .tuple(header, fc.jsonValue(), fc.base64String())
      .map(([head, claims, signature]) => [encode(head), encode(claims), signature].join('.'))
    await fc.assert(
      fc.asyncProperty(fc.oneof(texts, fc.string({ unit: 'binary' })), async (text) => {
        expect((await verifier.verify(text)).outcome).toBe('invalid')
      }),
    )
  })

  it('reports once in ten seconds that it can judge no token, however many come', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    issuer.fail()
    const { verifier, reports } = open()
    const token = await signToken(issuer.key)
    for (let n = 0; n < 5; n += 1)
      expect((await verifier.verify(token)).outcome).toBe('unavailable')
    expect(reports).toHaveLength(1)
    vi.setSystemTime(Date.now() + 10_000)
    for (let n = 0; n < 5; n += 1) await verifier.verify(token)
    expect(reports).toHaveLength(2)
    expect(reports[0]).toMatchObject({
      message: 'the key set cannot be loaded',
      cause: expect.any(Error),
    })
    issuer.publish(issuer.key.jwk)
  })
})

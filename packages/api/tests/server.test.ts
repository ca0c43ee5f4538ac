import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ApiKeys, Caller } from '../src/api-keys.ts'
import { PROFILES } from '../src/api-profile.ts'
import { type ApiParts, buildApiServer } from '../src/server.ts'
import { callRaw } from './api-under-test.ts'

const REDEEM =
  'PUT /api/coupon/v1/redeem HTTP/1.1\r\nHost: api\r\nAuthorization: APIKey any\r\nContent-Type: application/json\r\n'

describe('a server over parts that no call reaches', () => {
  let app: ReturnType<typeof buildApiServer>
  beforeEach(() => {
    const caller = { keyId: 1, accountId: 1, plan: 'personal', rateLimitsLifted: true } as Caller
    const keys: ApiKeys = { findCaller: async () => caller }
    const parts = { profile: PROFILES.native, keys } as ApiParts
    app = buildApiServer(parts, { level: 'silent' })
  })
  afterEach(() => app.close())

  // Node looks for slow clients every 30 s unless told otherwise: later than this test waits.
  it('cut slow clients off long after the timeout, and does so within the next second', {
    timeout: 15_000,
  }, async () => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    expect(app.server.headersTimeout).toBe(app.server.requestTimeout)
    app.server.requestTimeout = 1
    app.server.headersTimeout = 1
    const tooSlow = {
      status: 408,
      body: {
        code: 2001,
        error: 'INVALID_INPUT',
        result: [{ field: 'request', problem: 'did not arrive in time' }],
      },
    }
    const begun = [
      '',
      'GET /livez HT',
      'POST /livez HTTP/1.1\r\nHost: api\r\nContent-Le',
      `${REDEEM}Content-Length: 30\r\n\r\n{"cpnNo":"WELC`,
      `${REDEEM}Transfer-Encoding: chunked\r\n\r\n5\r\n{"cpn`,
    ]
    // Many of each, as an attacker would have.
    const answers = Array.from({ length: 40 }, () => begun)
      .flat()
      .map((bytes) => callRaw(url, bytes))
    for (const answer of answers) expect(await answer).toMatchObject(tooSlow)
  })

  it('added the caller to each request, and declares it before', () => {
    expect(app.hasRequestDecorator('caller')).toBe(true)
  })
})

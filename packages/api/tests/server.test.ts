import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PROFILES } from '../src/api-profile.ts'
import { type ApiParts, buildApiServer } from '../src/server.ts'
import { callRaw } from './api-under-test.ts'

describe('a server over parts that no call reaches', () => {
  let app: ReturnType<typeof buildApiServer>
  beforeEach(() => {
    app = buildApiServer({ profile: PROFILES.native } as ApiParts, { level: 'silent' })
  })
  afterEach(() => app.close())

  // Node looks for slow clients every 30 s unless told otherwise: later than this test waits.
  it('cut slow clients off long after the timeout, and does so within the next second', {
    timeout: 15_000,
  }, async () => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    app.server.requestTimeout = 1
    for (const begun of ['GET /livez HT', 'POST /livez HTTP/1.1\r\nHost: api\r\nContent-Le']) {
      expect(await callRaw(url, begun)).toMatchObject({
        status: 408,
        body: {
          code: 2001,
          error: 'INVALID_INPUT',
          result: [{ field: 'request', problem: 'did not arrive in time' }],
        },
      })
    }
  })

  it('added the caller to each request, and declares it before', () => {
    expect(app.hasRequestDecorator('caller')).toBe(true)
  })
})

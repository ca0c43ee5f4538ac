import { createLocalJWKSet, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildPageFiles, type PageFile } from './page-files.ts'
import { buildDeskServer } from './server.ts'
import { createSessions, type Session, type Sessions } from './sessions.ts'

const TOKENS = { issuer: 'http://127.0.0.1:4002', audience: 'coupon-gateway' }
const SETTINGS = { gatewayUrl: 'http://127.0.0.1:4000', logLevel: 'silent' } as const

let files: ReadonlyMap<string, PageFile>
let sessions: Sessions
beforeAll(async () => {
  files = await buildPageFiles()
  sessions = await createSessions(TOKENS)
})

describe('the pages', () => {
  const app = () => buildDeskServer(SETTINGS, files, sessions)

  it.each(['/', '/in-store'])('%s and all that it needs come from this server', async (path) => {
    const { statusCode, headers, body } = await app().inject(path)
    expect(statusCode).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    const parts = [...body.matchAll(/ (?:src|href)="([^"]+)"/g)].map(([, part]) => String(part))
    expect(parts.length).toBeGreaterThanOrEqual(3)
    for (const part of parts) {
      const answer = await app().inject(new URL(part, `http://desk${path}`).pathname)
      expect([part, answer.statusCode]).toEqual([part, 200])
      expect(answer.headers['cache-control']).toContain('immutable')
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
    }
    expect(body).toContain('name="gateway-url" content="http://127.0.0.1:4000"')
  })

  it('hold no module of Node, and no other file of this package', async () => {
    for (const [name, { content }] of files) {
      expect(name).toMatch(/^\/(index|in-store)\.html$|^\/assets\//)
      expect([name, /browser-external|node:crypto|dev mode/.exec(String(content))]).toEqual([
        name,
        null,
      ])
    }
    for (const path of ['/package.json', '/../package.json', '/assets/', '/index.html']) {
      expect((await app().inject(path)).statusCode).toBe(404)
    }
  })

  it('may run their own scripts alone, and ask only the gateway besides', async () => {
    const { headers } = await app().inject('/')
    const policy = String(headers['content-security-policy'])
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /)
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:4000;")
    expect(policy).toContain("require-trusted-types-for 'script'")
    expect(policy).not.toContain('unsafe')
    expect(headers['permissions-policy']).toContain('camera=(self)')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  it('of a gateway on every address ask it where they were asked for', async () => {
    const everywhere = { ...SETTINGS, gatewayUrl: 'http://0.0.0.0:4000' }
    const { headers, body } = await buildDeskServer(everywhere, files, sessions).inject({
      url: '/',
      headers: { host: '192.168.0.7:4002' },
    })
    expect(body).toContain('content="http://192.168.0.7:4000"')
    expect(headers['content-security-policy']).toContain('http://192.168.0.7:4000;')
    const evil = await buildDeskServer(everywhere, files, sessions).inject({
      url: '/',
      headers: { host: '"><script>' },
    })
    expect(evil.body).not.toContain('"><script>')
  })
})

describe('a session', () => {
  const app = () => buildDeskServer(SETTINGS, files, sessions)
  const post = (headers: Record<string, string> = {}) =>
    app().inject({ method: 'POST', url: '/session', headers })

  it('is a token that /jwks.json proves, for a few minutes and the scopes of a checkout', async () => {
    const answer = await post({ 'sec-fetch-site': 'same-origin' })
    expect(answer.headers['cache-control']).toBe('no-store')
    const { token, expiresAtMs, customerId } = answer.json<Session>()
    const keys = createLocalJWKSet((await app().inject('/jwks.json')).json())
    const { payload } = await jwtVerify(token, keys, TOKENS)
    expect(payload).toMatchObject({
      sub: customerId,
      scope: 'coupon:validate coupon:redeem coupon:rollback',
    })
    const lifetimeSeconds = Number(payload.exp) - Number(payload.iat)
    expect(lifetimeSeconds).toBe(300)
    expect(expiresAtMs).toBe(Number(payload.exp) * 1000)
  })

  it('is for the same customer at every visit, by a cookie that no script can read', async () => {
    const first = await post()
    const cookie = String(first.headers['set-cookie'])
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; /)
    const again = await post({ cookie: `other=1; ${cookie.split(';', 1)[0]}` })
    expect(again.json<Session>().customerId).toBe(first.json<Session>().customerId)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect((await post()).json<Session>().customerId).not.toBe(first.json<Session>().customerId)
  })

  it.each(['cross-site', 'same-site', 'none'])('is not for a %s request', async (site) => {
    const { statusCode, body } = await post({ 'sec-fetch-site': site })
    expect(statusCode).toBe(403)
    expect(body).not.toContain('token')
  })

  it('is not given without the demo, and the checkout leads to the desk of the shop', async () => {
    const shop = buildDeskServer(SETTINGS, files, null)
    expect((await shop.inject({ method: 'POST', url: '/session' })).statusCode).toBe(404)
    expect((await shop.inject('/jwks.json')).statusCode).toBe(404)
    expect((await shop.inject('/')).headers.location).toBe('/in-store')
    expect((await shop.inject('/in-store')).body).toContain('name="demo" content="false"')
  })
})

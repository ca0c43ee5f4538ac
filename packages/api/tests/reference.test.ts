import { canRunChromium, launchChromium } from '@coupon-gateway/test-chromium'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROFILES, type ProfileName } from '../src/api-profile.ts'
import { type ApiParts, buildApiServer } from '../src/server.ts'

const build = (name: ProfileName) =>
  buildApiServer({ profile: PROFILES[name] } as ApiParts, { level: 'silent' })

let app: FastifyInstance
let url: string
beforeAll(async () => {
  app = build('native')
  url = await app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => app.close())

describe('the reference at /docs', () => {
  it('has all its parts from this server, and no other may be asked', async () => {
    const page = await fetch(`${url}/docs`)
    expect(page.url).toBe(`${url}/docs/`)
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
    const html = await page.text()
    const parts = [...html.matchAll(/ (?:src|href)="([^"]+)"/g)].map(([, part]) => part as string)
    expect(parts.length).toBeGreaterThan(3)
    for (const part of parts) {
      const { origin } = new URL(part, page.url)
      expect(origin).toBe(url)
      expect((await fetch(new URL(part, page.url))).status, part).toBe(200)
    }
  })

  it('reads the document that the routes make', async () => {
    const answer = await fetch(`${url}/openapi.json`)
    expect(answer.headers.get('Content-Type')).toBe('application/json; charset=utf-8')
    expect(await answer.json()).toEqual(app.describe())
  })

  it.each(['/docs/../package.json', '/docs/%2e%2e/package.json', '/docs/package.json'])(
    'holds nothing but the page: %s',
    async (path) => {
      const { statusCode } = await app.inject({ url: path })
      expect([403, 404]).toContain(statusCode)
    },
  )

  it.skipIf(!canRunChromium)(
    'shows every call in a browser, which asks no other server (skipped where there is no Chromium)',
    async () => {
      const browser = await launchChromium()
      try {
        const page = await browser.newPage()
        const asked: string[] = []
        const complaints: string[] = []
        page.on('request', (request) => asked.push(request.url()))
        page.on('console', (message) => {
          if (message.type() === 'error') complaints.push(message.text())
        })
        page.on('pageerror', (error) => complaints.push(error.message))
        await page.goto(`${url}/docs`)
        await page.getByText('Take one use of a coupon').first().waitFor()
        const operations = Object.values(app.describe().paths as object).flatMap(Object.keys)
        await expect.poll(() => page.locator('.opblock').count()).toBe(operations.length)
        await page.getByText('Take one use of a coupon').first().click()
        await page.getByText('Idempotency-Key').first().waitFor()
        expect(complaints).toEqual([])
        const outside = asked.filter((it) => !it.startsWith(`${url}/`) && !it.startsWith('data:'))
        expect(outside).toEqual([])
        expect(asked).toContain(`${url}/openapi.json`)
      } finally {
        await browser.close()
      }
    },
  )

  it('is not there with API_PROFILE=hosted, which has neither', async () => {
    const hosted = build('hosted')
    for (const path of ['/docs', '/openapi.json']) {
      expect((await hosted.inject(path)).statusCode).toBe(404)
    }
    await hosted.close()
  })
})

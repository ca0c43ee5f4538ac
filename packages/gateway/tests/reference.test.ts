import { EXAMPLES } from '@coupon-gateway/schema'
import type { ServiceProcess } from '@coupon-gateway/stack'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_UPSTREAM, send, startGateway } from './gateway-under-test.ts'

describe('the reference, in production', () => {
  let gateway: ServiceProcess
  beforeAll(async () => {
    gateway = await startGateway(NO_UPSTREAM, { NODE_ENV: 'production', DEMO: 'true' })
  })
  afterAll(() => gateway?.stop())
  const get = () => send(gateway, { method: 'GET', key: null, path: '/reference' })

  it('is a page at /reference that needs no key', async () => {
    const { status, headers, text } = await get()
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe('text/html; charset=utf-8')
    expect(headers.get('Cache-Control')).toBe('public, max-age=3600')
    for (const { field } of EXAMPLES) expect(text).toContain(`<h3>${field}</h3>`)
  })

  it('may run no script and ask nobody for anything', async () => {
    const policy = (await get()).headers.get('Content-Security-Policy')
    expect(policy).toMatch(/^default-src 'none'; style-src 'unsafe-inline'; img-src data:; /)
    expect(policy).not.toMatch(/script-src|connect-src|http/)
  })
})

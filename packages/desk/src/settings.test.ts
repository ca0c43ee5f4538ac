import { describe, expect, it } from 'vitest'
import { readDeskSettings } from './settings.ts'

describe('readDeskSettings', () => {
  it('takes the demo’s places where nothing is set', () => {
    expect(readDeskSettings({})).toEqual({
      host: '127.0.0.1',
      port: 4002,
      gatewayUrl: 'http://127.0.0.1:4000',
      tokens: { issuer: 'http://127.0.0.1:4002', audience: 'coupon-gateway' },
      logLevel: 'info',
    })
  })

  it('gives no tokens to everybody in production, unless it is told to be a demo', () => {
    expect(readDeskSettings({ NODE_ENV: 'production' }).tokens).toBeNull()
    expect(readDeskSettings({ NODE_ENV: 'production', DEMO: 'true' }).tokens).not.toBeNull()
    expect(readDeskSettings({ DEMO: 'false' }).tokens).toBeNull()
  })

  it.each([
    [{ DESK_PORT: 'x' }, 'DESK_PORT must be an integer from 0 to 65535, got "x"'],
    [{ GATEWAY_URL: 'gateway' }, 'GATEWAY_URL must be a URL that starts with http:// or https://'],
  ])('says of %j what is wrong and what is allowed', (environment, message) => {
    expect(() => readDeskSettings(environment)).toThrow(message)
  })
})

import { describe, expect, it } from 'vitest'
import { describeStart } from './describe-start.ts'
import { readStackSettings } from './settings.ts'

describe('readStackSettings', () => {
  it('one METRICS_PORT would be taken by both services, and the api has the next one', () => {
    expect(readStackSettings({ METRICS_PORT: '9464' }).apiEnvironment.METRICS_PORT).toBe('9465')
    expect(readStackSettings({}).apiEnvironment).not.toHaveProperty('METRICS_PORT')
  })

  it.each(['API_PORT', 'GATEWAY_PORT', 'DESK_PORT'])(
    '%s=0 started on a port that nobody was told, and is refused',
    (variable) => {
      expect(() => readStackSettings({ [variable]: '0' })).toThrow(
        `${variable} must be an integer from 1 to 65535, got "0"`,
      )
    },
  )

  it('an IPv6 HOST was put into URLs without brackets, and gets them', () => {
    const settings = readStackSettings({ HOST: '::1' })
    expect(settings).toMatchObject({
      apiUrl: 'http://[::1]:4001',
      gatewayUrl: 'http://[::1]:4000',
    })
    expect(describeStart(settings)).toContain('curl http://[::1]:4000/graphql')
    expect(readStackSettings({ HOST: '10.0.0.1' }).apiUrl).toBe('http://10.0.0.1:4001')
  })

  describe('the gateway knows the tokens of the desk', () => {
    const tokens = { JWT_ISSUER: 'http://127.0.0.1:4002', JWT_AUDIENCE: 'coupon-gateway' }

    it('by its key set, for pages of the desk alone', () => {
      const { gatewayEnvironment, deskEnvironment } = readStackSettings({})
      expect(gatewayEnvironment).toMatchObject({
        ...tokens,
        JWKS_URL: 'http://127.0.0.1:4002/jwks.json',
        JWT_ORIGINS: 'http://127.0.0.1:4002,http://localhost:4002',
      })
      expect(deskEnvironment).toMatchObject({
        ...tokens,
        DEMO: 'true',
        DESK_PORT: '4002',
        GATEWAY_URL: 'http://127.0.0.1:4000',
      })
    })

    it('on this machine also where both listen everywhere, for pages of any name', () => {
      const { gatewayEnvironment } = readStackSettings({ HOST: '0.0.0.0' })
      expect(gatewayEnvironment.JWKS_URL).toBe('http://127.0.0.1:4002/jwks.json')
      expect(gatewayEnvironment.JWT_ORIGINS).toBeUndefined()
    })

    it.each([
      ['without the demo', { DEMO: 'false' }],
      ['beside a login of one’s own', { JWKS_URL: 'https://login.example/jwks.json' }],
      ['where it could not read the key set', { HOST: '10.0.0.1' }],
    ])('not %s: the desk gives none then', (_, environment) => {
      const { gatewayEnvironment, deskEnvironment } = readStackSettings(environment)
      expect(gatewayEnvironment).not.toHaveProperty('JWKS_URL')
      expect(gatewayEnvironment).not.toHaveProperty('JWT_ISSUER')
      expect(deskEnvironment.DEMO).toBe('false')
    })
  })
})

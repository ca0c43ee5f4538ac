import { describe, expect, it } from 'vitest'
import { describeStart } from './describe-start.ts'
import { readStackSettings } from './settings.ts'

describe('readStackSettings', () => {
  it.each(['API_PORT', 'GATEWAY_PORT'])(
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
})

import { describe, expect, it } from 'vitest'
import { readApiSettings } from './settings.ts'

describe('WEBHOOK_ALLOWED_NETWORKS', () => {
  it('is read network by network, and none by default', () => {
    const read = (text?: string) =>
      readApiSettings({ WEBHOOK_ALLOWED_NETWORKS: text }).webhooks.allowedNetworks.map(
        ([address, bits]) => `${address}/${bits}`,
      )
    expect(read()).toEqual([])
    expect(read('10.0.0.0/8, fd00::/8')).toEqual(['10.0.0.0/8', 'fd00::/8'])
  })

  it.each(['10.0.0.0', 'localhost/8', '10.0.0.0/8;127.0.0.0/8', '10.0.0.0/8,x'])(
    'refuses %s, and says what is allowed',
    (text) => {
      expect(() => readApiSettings({ WEBHOOK_ALLOWED_NETWORKS: text })).toThrow(
        `WEBHOOK_ALLOWED_NETWORKS must be networks such as 10.0.0.0/8 or fd00::/8, with commas between, got "${text}"`,
      )
    },
  )
})

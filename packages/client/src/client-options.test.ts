import { describe, expect, it } from 'vitest'
import { resolveOptions, type UpstreamClientOptions } from './client-options.ts'

const options: UpstreamClientOptions = {
  urls: ['http://127.0.0.1:4001'],
  apiKey: 'demo_secret_key',
  profile: 'native',
}

describe('resolveOptions', () => {
  it('fills in what was left out', () => {
    expect(resolveOptions(options)).toMatchObject({
      concurrency: 64,
      maxQueued: 10_000,
      attemptTimeoutMs: 5_000,
      deadlineMs: 12_000,
      maxAttempts: 4,
      userAgent: 'coupon-gateway-client',
    })
  })

  it.each<[Partial<UpstreamClientOptions>, string]>([
    [{ urls: [] }, '`urls` must hold at least one URL'],
    [{ concurrency: 0 }, '`concurrency` must be an integer from 1 to 10000, got 0'],
    [{ maxQueued: -1 }, '`maxQueued` must be an integer from 0 to 1000000, got -1'],
    [{ maxAttempts: 1.5 }, '`maxAttempts` must be an integer from 1 to 20, got 1.5'],
    [{ deadlineMs: Number.NaN }, '`deadlineMs` must be an integer from 1 to 2147483647, got NaN'],
    [{ profile: 'other' as 'native' }, '`profile` must be native or hosted, got other'],
    [{ userAgent: '' }, '`userAgent` must be a text of visible ASCII characters'],
  ])('refuses %j: %s', (wrong, message) => {
    expect(() => resolveOptions({ ...options, ...wrong })).toThrow(new RangeError(message))
  })

  it.each([
    ['ftp://secret.example'],
    ['secret.example'],
    ['http://me:secret@example.com'],
    ['http://example.com/?secret'],
  ])('refuses the URL %s without repeating it', (url) => {
    const resolve = () => resolveOptions({ ...options, urls: [url] })
    expect(resolve).toThrow('`urls[0]` must be an http or https URL')
    expect(resolve).not.toThrow('secret')
  })

  it.each([[''], ['secret\nx-other: 1'], ['sécret']])(
    'refuses the API key %j without repeating it',
    (apiKey) => {
      const resolve = () => resolveOptions({ ...options, apiKey })
      expect(resolve).toThrow('`apiKey` must be a text of visible ASCII characters')
      expect(resolve).not.toThrow('cret')
    },
  )
})

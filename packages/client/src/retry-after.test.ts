import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRetryAfterMs } from './retry-after.ts'

const NOW = Date.UTC(2026, 0, 1)

describe('parseRetryAfterMs', () => {
  it('reads seconds as milliseconds', () => {
    fc.assert(
      fc.property(fc.nat(), (seconds) => {
        expect(parseRetryAfterMs(`${seconds}`, NOW)).toBe(seconds * 1_000)
      }),
    )
  })

  it('reads an HTTP date as the time until it, and one that has passed as no time', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), (seconds) => {
        const date = new Date(NOW + seconds * 1_000).toUTCString()
        expect(parseRetryAfterMs(date, NOW)).toBe(Math.max(0, seconds * 1_000))
      }),
    )
  })

  it('reads the obsolete form of an HTTP date', () => {
    expect(parseRetryAfterMs('Thursday, 01-Jan-26 00:00:05 GMT', NOW)).toBe(5_000)
  })

  it.each([
    [undefined],
    [''],
    ['soon'],
    ['-1'],
    ['1.5'],
    ['2026-01-01T00:00:05Z'],
    ['Thu, 01 Jan 2026 00:00:05'],
    ['Thu, nonsense GMT'],
  ])('takes %j for no header at all', (header) => {
    expect(parseRetryAfterMs(header, NOW)).toBeNull()
  })

  it('never answers with something that is no duration', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const delayMs = parseRetryAfterMs(header, NOW)
        if (delayMs !== null) expect(delayMs).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

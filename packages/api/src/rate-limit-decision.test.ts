import { describe, expect, it } from 'vitest'
import {
  allowedAgainAtMs,
  type CountedWindow,
  decide,
  rateLimitHeaders,
  refreshRefusal,
} from './rate-limit-decision.ts'

const NOW_MS = 1_000_000_000

const counted = (minute: number, hour: number, day: number): readonly CountedWindow[] => [
  { window: 'minute', limit: 120, calls: minute, resetsAtMs: NOW_MS + 20_001 },
  { window: 'hour', limit: 1_200, calls: hour, resetsAtMs: NOW_MS + 1_800_000 },
  { window: 'day', limit: 2_500, calls: day, resetsAtMs: NOW_MS + 50_000_000 },
]

const remaining = (...calls: [number, number, number]) => {
  const { isAllowed, windows } = decide(counted(...calls))
  return [isAllowed, ...windows.map((it) => it.remaining)]
}

describe('a call', () => {
  it('is let through as long as no window is over its limit', () => {
    expect(remaining(1, 1, 1)).toEqual([true, 119, 1_199, 2_499])
    expect(remaining(120, 1_200, 2_500)).toEqual([true, 0, 0, 0])
  })

  it('that is refused by one window is taken out of the others', () => {
    expect(remaining(121, 700, 700)).toEqual([false, 0, 501, 1_801])
    expect(remaining(1, 1_201, 2_000)).toEqual([false, 120, 0, 501])
  })

  it('that is refused is told to wait for the last of the full windows', () => {
    expect(allowedAgainAtMs(decide(counted(121, 700, 2_501)))).toBe(NOW_MS + 50_000_000)
    expect(allowedAgainAtMs(decide(counted(121, 700, 700)))).toBe(NOW_MS + 20_001)
  })
})

it('a refusal that is told again shows windows that ended since then as empty', () => {
  const laterMs = NOW_MS + 20_001
  const { windows } = refreshRefusal(decide(counted(100, 1_201, 2_000)), laterMs)
  expect(windows[0]).toEqual({
    window: 'minute',
    limit: 120,
    remaining: 120,
    resetsAtMs: laterMs + 60_000,
  })
  expect(windows[1]).toMatchObject({ remaining: 0, resetsAtMs: NOW_MS + 1_800_000 })
})

describe('the headers', () => {
  it('name all three windows, and X-RateLimit the one with the fewest calls left', () => {
    expect(rateLimitHeaders(decide(counted(10, 1_195, 1_300)), NOW_MS)).toEqual({
      'RateLimit-Policy': '"minute";q=120;w=60, "hour";q=1200;w=3600, "day";q=2500;w=86400',
      RateLimit: '"minute";r=110;t=21, "hour";r=5;t=1800, "day";r=1200;t=50000',
      'X-RateLimit-Limit': 1_200,
      'X-RateLimit-Remaining': 5,
      'X-RateLimit-Reset': 1_800,
    })
  })

  it('of several full windows are about the one that takes longest', () => {
    expect(rateLimitHeaders(decide(counted(121, 1_201, 1_300)), NOW_MS)).toMatchObject({
      'X-RateLimit-Limit': 1_200,
      'X-RateLimit-Remaining': 0,
    })
  })
})

import { expect, it } from 'vitest'
import { readRateLimitHeaders } from './rate-limit-headers.ts'

const read = (headers: Record<string, string>) => readRateLimitHeaders(headers, 1_700_000_000_000)

it('reads policy and state of each window by its name', () => {
  const told = read({
    'ratelimit-policy': '"minute";q=120;w=60, "day";q=2500;w=86400',
    ratelimit: '"minute";r=7;t=30, "day";r=100;t=3600',
  })
  expect(told).toEqual([
    { durationMs: 60_000, limit: 120, remaining: 7, resetMs: 30_000 },
    { durationMs: 86_400_000, limit: 2_500, remaining: 100, resetMs: 3_600_000 },
  ])
})

it('reads a policy without a state: the limit alone', () => {
  const told = read({ 'ratelimit-policy': 'burst;q=10;w=60' })
  expect(told).toEqual([{ durationMs: 60_000, limit: 10, remaining: null, resetMs: null }])
})

it.each([
  ['', ''],
  ['nonsense', '"a";r=1;t=1'],
  ['"a";q=1', '"a";r=1;t=1'],
  ['"a";q=1;w=0', '"a";r=1;t=1'],
  ['"a";q=1;w=-60', ''],
  ['"a";w=x', '"a";r=1'],
  [';;;,,,"', '=,=;'],
])('ignores what is malformed: %j %j', (policy, state) => {
  expect(read({ 'ratelimit-policy': policy, ratelimit: state })).toEqual([])
})

it('leaves out a parameter that is malformed, and keeps the others', () => {
  const told = read({ 'ratelimit-policy': '"a";q=ten;w=60', ratelimit: '"a";r=1e3;t=5' })
  expect(told).toEqual([{ durationMs: 60_000, limit: null, remaining: null, resetMs: 5_000 }])
})

it('reads X-RateLimit-*, with a reset in seconds or as a moment', () => {
  const headers = { 'x-ratelimit-limit': '120', 'x-ratelimit-remaining': '3' }
  const expected = [{ durationMs: null, limit: 120, remaining: 3, resetMs: 20_000 }]
  expect(read({ ...headers, 'x-ratelimit-reset': '20' })).toEqual(expected)
  expect(read({ ...headers, 'x-ratelimit-reset': '1700000020' })).toEqual(expected)
  expect(read({ ...headers, 'x-ratelimit-reset': 'soon' })).toEqual([])
})

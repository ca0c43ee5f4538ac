import { expect, it } from 'vitest'
import { whatIsLeft } from './rate-limit.ts'

const at = (ms: number) => new Date(1_000 + ms)
const own = { remaining: 50, resetAt: at(30_000) }
const minute = { window: 'minute', limit: 120, used: 110, remaining: 10, resetMs: 5_000 } as const

it('what is left is what the key has left, where the upstream has no limits', () => {
  expect(whatIsLeft(own, { pausedForMs: 0, windows: [] }, 1_000)).toEqual(own)
})

it('no more is left than the upstream takes', () => {
  const left = whatIsLeft(own, { pausedForMs: 0, windows: [minute] }, 1_000)
  expect(left).toEqual({ remaining: 10, resetAt: at(5_000) })
})

it('nothing is left while the upstream refuses all calls', () => {
  const left = whatIsLeft(own, { pausedForMs: 700, windows: [minute] }, 1_000)
  expect(left).toEqual({ remaining: 0, resetAt: at(700) })
})

import type { CouponCode } from '@coupon-gateway/coupon-code'
import type { Clock } from './clock.ts'

/** Codes of which the upstream said a moment ago that there is no such coupon. */
export interface UnknownCodes {
  has(code: CouponCode): boolean
  add(code: CouponCode): void
  delete(code: CouponCode): void
  clear(): void
}

/** Most codes that are remembered: a guesser who tries more of them pushes out his own. */
const MAX_CODES = 10_000

/** @param ttlMs how long a code stays unknown here; 0 remembers none */
export function rememberUnknownCodes(ttlMs: number, clock: Clock): UnknownCodes {
  /** By when each is forgotten. All live equally long, so the first in is the first out. */
  const untilMs = new Map<CouponCode, number>()
  return {
    has(code) {
      if (untilMs.size === 0) return false
      const until = untilMs.get(code)
      if (until === undefined) return false
      if (until > clock.monotonicMs()) return true
      untilMs.delete(code)
      return false
    },
    add(code) {
      if (ttlMs === 0) return
      untilMs.delete(code)
      untilMs.set(code, clock.monotonicMs() + ttlMs)
      if (untilMs.size <= MAX_CODES) return
      const [oldest] = untilMs.keys()
      if (oldest !== undefined) untilMs.delete(oldest)
    },
    delete: (code) => void untilMs.delete(code),
    clear: () => untilMs.clear(),
  }
}

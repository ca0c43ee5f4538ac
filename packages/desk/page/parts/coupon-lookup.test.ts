import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Answer, Ask } from '../gateway/ask.ts'
import { failureOf } from '../gateway/failure.ts'
import { createCouponLookup, type Validation } from './coupon-lookup.ts'

/** As much of a browser as it needs. */
class FakePage extends EventTarget {
  hidden = false
}

let page: FakePage
let window: EventTarget
let asked: { code: string; answer(answer: Answer<{ validateCoupon: Validation | null }>): void }[]
const ask = vi.fn((_document, { code }: { code: string }) => {
  const { promise, resolve } = Promise.withResolvers<Answer<{ validateCoupon: Validation }>>()
  asked.push({ code, answer: resolve as never })
  return promise
})

beforeEach(() => {
  vi.useFakeTimers()
  page = new FakePage()
  window = new EventTarget()
  asked = []
  ask.mockClear()
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', window)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const validation = (code: string, used = 0): Validation => ({
  code,
  valid: true,
  reason: null,
  validatedAt: `${Date.now()}`,
  coupon: {
    id: code,
    code,
    name: null,
    startsOn: null,
    endsOn: null,
    userLimit: null,
    requiresUserId: false,
    requiresOnsitePassword: false,
    usage: { limit: 5, used, reserved: 0, remaining: 5 - used },
    discount: null,
  },
})

const create = (isLive: boolean) =>
  createCouponLookup({
    ask: ask as unknown as Ask,
    getUserId: async () => null,
    isLive,
    onChange: () => {},
  })
const answer = async (used = 0) => {
  const last = asked.at(-1)
  last?.answer({ isAnswer: true, data: { validateCoupon: validation(last.code, used) } })
  await vi.advanceTimersByTimeAsync(0)
}

describe('a lookup', () => {
  it('asks once the code has stayed the same for a moment', async () => {
    const lookup = create(false)
    for (const code of ['WELCOME1', 'WELCOME10', 'WELCOME100']) {
      lookup.want(code, 300)
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(asked).toHaveLength(0)
    await vi.advanceTimersByTimeAsync(300)
    expect(asked.map(({ code }) => code)).toEqual(['WELCOME100'])
  })

  it('drops the answer for a code that is no longer wanted', async () => {
    const lookup = create(false)
    lookup.want('WELCOME10')
    await vi.advanceTimersByTimeAsync(0)
    lookup.want('FRIENDS05')
    await vi.advanceTimersByTimeAsync(0)
    asked[0]?.answer({ isAnswer: true, data: { validateCoupon: validation('WELCOME10') } })
    await vi.advanceTimersByTimeAsync(0)
    expect(lookup.current).toEqual({ code: 'FRIENDS05', validation: null, failure: null })
    await answer()
    expect(lookup.current?.validation?.code).toBe('FRIENDS05')
  })

  it('asks again after a failure, no sooner than it is asked to wait', async () => {
    const lookup = create(false)
    lookup.want('WELCOME10')
    await vi.advanceTimersByTimeAsync(0)
    asked[0]?.answer({
      isAnswer: false,
      failure: { ...failureOf('RATE_LIMITED'), retryAfterMs: 45_000 },
    })
    await vi.advanceTimersByTimeAsync(44_999)
    expect(asked).toHaveLength(1)
    expect(lookup.current?.failure?.code).toBe('RATE_LIMITED')
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toHaveLength(2)
  })

  it('does not repeat what cannot get better', async () => {
    create(false).want('WELCOME10')
    await vi.advanceTimersByTimeAsync(0)
    asked[0]?.answer({ isAnswer: false, failure: failureOf('FORBIDDEN') })
    await vi.advanceTimersByTimeAsync(600_000)
    expect(asked).toHaveLength(1)
  })

  it('asks at once when the connection is back', async () => {
    create(false).want('WELCOME10')
    await vi.advanceTimersByTimeAsync(0)
    asked[0]?.answer({ isAnswer: false, failure: failureOf('OFFLINE') })
    await vi.advanceTimersByTimeAsync(0)
    window.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveLength(2)
  })
})

describe('a live lookup', () => {
  it('counts again, less and less often while nothing changes, and soon once something does', async () => {
    create(true).want('WELCOME10')
    await vi.advanceTimersByTimeAsync(0)
    await answer()
    const pauses: number[] = []
    for (const used of [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]) {
      const before = asked.length
      let pause = 0
      while (asked.length === before) {
        await vi.advanceTimersByTimeAsync(100)
        pause += 100
      }
      pauses.push(pause)
      await answer(used)
    }
    expect(pauses[0]).toBe(2_000)
    expect(pauses.toSorted((a, b) => a - b)).toEqual(pauses)
    expect(pauses.at(-1)).toBe(30_000)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(asked).toHaveLength(12)
  })

  it('asks nothing while nobody looks at the page, and at once when somebody does again', async () => {
    create(true).want('WELCOME10')
    await vi.advanceTimersByTimeAsync(0)
    await answer()
    page.hidden = true
    page.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(600_000)
    expect(asked).toHaveLength(1)
    page.hidden = false
    page.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveLength(2)
  })
})

import { ValidateCouponDocument, type ValidateCouponQuery } from '@coupon-gateway/schema'
import type { Ask } from '../gateway/ask.ts'
import { type Failure, failureOf } from '../gateway/failure.ts'
import { FAILURE_TEXTS } from '../texts/failures.ts'
import { pauseAfter } from './pending-write.ts'
import { pollPauseMs } from './poll-pause.ts'

export type Validation = NonNullable<ValidateCouponQuery['validateCoupon']>
export type Coupon = NonNullable<Validation['coupon']>

/** What is known of one code. */
export interface Lookup {
  readonly code: string
  /** The newest answer; null before the first. */
  readonly validation: Validation | null
  /** Why there is no newer one. It is asked again by itself, where that can help. */
  readonly failure: Failure | null
}

export interface CouponLookup {
  readonly current: Lookup | null
  /** Looks a code up once it has stayed the same for a moment; null looks nothing up. */
  want(code: string | null, waitMs?: number): void
  /** Asks again now, with the code of before. */
  refresh(): void
}

export interface LookupOptions {
  readonly ask: Ask
  /** For whom; null where there is nobody whose uses are counted. */
  getUserId(): Promise<string | null>
  /** Whether the answer is kept up to date. Nothing is asked while nobody looks at the page. */
  readonly isLive: boolean
  onChange(): void
}

/** While one types, each letter would cost a call, and a wrong guess several. */
export const TYPING_PAUSE_MS = 300

/** Looks up one code at a time: an answer for a code that is no longer wanted, or is older than another, is dropped. */
export function createCouponLookup(options: LookupOptions): CouponLookup {
  let current: Lookup | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let inFlight: AbortController | undefined
  let unchanged = 0
  let failures = 0

  function schedule(waitMs: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void look(), waitMs)
  }

  function stop(): void {
    clearTimeout(timer)
    inFlight?.abort()
    inFlight = undefined
  }

  async function look(): Promise<void> {
    const wanted = current
    if (wanted === null || document.hidden) return
    stop()
    const controller = new AbortController()
    inFlight = controller
    const userId = await options.getUserId()
    const answer = await options.ask(
      ValidateCouponDocument,
      { code: wanted.code, ...(userId === null ? {} : { userId }) },
      controller.signal,
    )
    if (inFlight !== controller) return
    inFlight = undefined
    const validation = answer.isAnswer ? answer.data.validateCoupon : null
    if (validation !== null) tell(wanted, validation)
    else fail(wanted, answer.isAnswer ? failureOf('UNREADABLE_ANSWER') : answer.failure)
    options.onChange()
  }

  function tell(wanted: Lookup, validation: Validation): void {
    const isSame =
      JSON.stringify(toCount(wanted.validation)) === JSON.stringify(toCount(validation))
    unchanged = isSame ? unchanged + 1 : 0
    failures = 0
    current = { code: wanted.code, validation, failure: null }
    if (options.isLive) schedule(pollPauseMs(unchanged))
  }

  function fail(wanted: Lookup, failure: Failure): void {
    failures += 1
    current = { ...wanted, failure }
    if (FAILURE_TEXTS[failure.code].next !== 'repeat') return
    schedule(Math.max(pauseAfter(failures, Math.random()), failure.retryAfterMs ?? 0))
  }

  function want(code: string | null, waitMs = 0): void {
    if (code === (current?.code ?? null)) return
    stop()
    unchanged = 0
    failures = 0
    current = code === null ? null : { code, validation: null, failure: null }
    if (code !== null) schedule(waitMs)
  }

  function refresh(): void {
    if (current === null) return
    unchanged = 0
    schedule(0)
  }

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer)
    else refresh()
  })
  window.addEventListener('online', refresh)

  return {
    get current() {
      return current
    },
    want,
    refresh,
  }
}

/** What changes when somebody uses the coupon. */
function toCount(validation: Validation | null): unknown {
  return validation === null ? null : [validation.reason, validation.coupon?.usage]
}

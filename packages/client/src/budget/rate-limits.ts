/** How many calls a key may make in each window; null where a window does not limit them. */
export interface RateLimits {
  readonly perMinute: number | null
  readonly perHour: number | null
  readonly perDay: number | null
}

/** The plans of the hosted service whose windows are published. The others are by agreement. */
export type PlanName = 'free' | 'personal' | 'premium' | 'business'

/** From the first of the three tables that the pages of the service hold. */
export const PLAN_RATE_LIMITS: Readonly<Record<PlanName, RateLimits>> = {
  free: { perMinute: 30, perHour: 300, perDay: 500 },
  personal: { perMinute: 120, perHour: 1_200, perDay: 2_500 },
  premium: { perMinute: 200, perHour: 2_000, perDay: 3_500 },
  business: { perMinute: 380, perHour: 3_800, perDay: 6_000 },
}

export type WindowName = 'minute' | 'hour' | 'day'

export const WINDOW_MS: Readonly<Record<WindowName, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
}

/** One window that limits the calls of a key. */
export interface RateWindow {
  readonly name: WindowName
  readonly durationMs: number
  readonly limit: number
}

export function toWindows({ perMinute, perHour, perDay }: RateLimits): RateWindow[] {
  const limits = { minute: perMinute, hour: perHour, day: perDay }
  return (Object.keys(WINDOW_MS) as WindowName[]).flatMap((name) => {
    const limit = limits[name]
    return limit === null ? [] : [{ name, durationMs: WINDOW_MS[name], limit }]
  })
}

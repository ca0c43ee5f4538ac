/** Plans, from the smallest. Coupon calls need `personal` or a higher one. */
export const PLANS = [
  'free',
  'personal',
  'premium',
  'business',
  'business-plus',
  'enterprise',
] as const

export type Plan = (typeof PLANS)[number]

/** Whether a plan is the one that is needed, or a higher one. */
export function isPlanAtLeast(plan: Plan, needed: Plan): boolean {
  return PLANS.indexOf(plan) >= PLANS.indexOf(needed)
}

/** Most calls of one key in each window. All three hold together. */
export interface CallLimits {
  readonly minute: number
  readonly hour: number
  readonly day: number
}

/** The three windows, from the shortest. */
export const WINDOWS = ['minute', 'hour', 'day'] as const
export type WindowName = (typeof WINDOWS)[number]

export const WINDOW_SECONDS: Readonly<Record<WindowName, number>> = {
  minute: 60,
  hour: 3_600,
  day: 86_400,
}

export type PlanLimits = Readonly<Record<Plan, CallLimits>>

/**
 * The windows of each plan, unless settings say otherwise. Those of Business Plus and Enterprise are agreed on
 * with each account; without an agreement they are Business's, the largest that is published.
 *
 * @see "Rate limits" of the contract, the first of its tables
 */
export const DEFAULT_PLAN_LIMITS: PlanLimits = {
  free: { minute: 30, hour: 300, day: 500 },
  personal: { minute: 120, hour: 1_200, day: 2_500 },
  premium: { minute: 200, hour: 2_000, day: 3_500 },
  business: { minute: 380, hour: 3_800, day: 6_000 },
  'business-plus': { minute: 380, hour: 3_800, day: 6_000 },
  enterprise: { minute: 380, hour: 3_800, day: 6_000 },
}

/** The counters are 32 bits wide. */
const MAX_LIMIT = 1_000_000_000

export const CALL_LIMITS_ALLOWED = `calls a minute/hour/day such as 120/1200/2500, each from 1 to ${MAX_LIMIT}`

/** Reads `120/1200/2500`. @returns undefined when it is none of {@link CALL_LIMITS_ALLOWED} */
export function parseCallLimits(text: string): CallLimits | undefined {
  const [, ...parts] = /^(\d{1,10})\/(\d{1,10})\/(\d{1,10})$/.exec(text) ?? []
  const [minute, hour, day] = parts.map(Number)
  if (minute === undefined || hour === undefined || day === undefined) return undefined
  const isInRange = [minute, hour, day].every((limit) => limit >= 1 && limit <= MAX_LIMIT)
  return isInRange ? { minute, hour, day } : undefined
}

export const PLAN_LIMITS_ALLOWED = `a list of plan=${CALL_LIMITS_ALLOWED}, with commas between, each plan once, of ${PLANS.join(', ')}`

/**
 * Reads `personal=120/1200/2500,premium=200/2000/3500`. A plan that is not named keeps its default.
 * @returns undefined when it is none of {@link PLAN_LIMITS_ALLOWED}
 */
export function parsePlanLimits(text: string): PlanLimits | undefined {
  const named = new Map<Plan, CallLimits>()
  for (const entry of text.split(',')) {
    const [name, limitsText = '', ...more] = entry.trim().split('=')
    const plan = PLANS.find((it) => it === name)
    const limits = parseCallLimits(limitsText)
    if (plan === undefined || limits === undefined || more.length > 0 || named.has(plan)) {
      return undefined
    }
    named.set(plan, limits)
  }
  return { ...DEFAULT_PLAN_LIMITS, ...Object.fromEntries(named) }
}

export function formatCallLimits({ minute, hour, day }: CallLimits): string {
  return `${minute}/${hour}/${day}`
}

import { PLAN_RATE_LIMITS, type PlanName, type RateLimits } from '@coupon-gateway/client'
import { z } from 'zod'

const PLANS = Object.keys(PLAN_RATE_LIMITS) as PlanName[]
const LIMITS = /^(\d{1,9}|-)\/(\d{1,9}|-)\/(\d{1,9}|-)$/

/**
 * The setting that says how many calls the key of the upstream may make: `none`, the name of a plan, or calls a
 * minute, an hour and a day as `120/1200/2500`, each of which may be `-` for no limit.
 */
export function upstreamRateLimits() {
  return z.string().transform((text, context): RateLimits | null => {
    const limits = readLimits(text)
    if (limits !== undefined) return limits
    context.addIssue(
      `none, a plan (${PLANS.join(', ')}), or calls a minute, an hour and a day such as 120/1200/2500, each from 1 or - for no limit`,
    )
    return z.NEVER
  })
}

function readLimits(text: string): RateLimits | null | undefined {
  if (text === 'none') return null
  const plan = PLANS.find((name) => name === text)
  if (plan !== undefined) return PLAN_RATE_LIMITS[plan]
  const [, ...parts] = LIMITS.exec(text) ?? []
  const [perMinute, perHour, perDay] = parts.map((part) => (part === '-' ? null : Number(part)))
  if (perMinute === undefined || perHour === undefined || perDay === undefined) return undefined
  return [perMinute, perHour, perDay].includes(0) ? undefined : { perMinute, perHour, perDay }
}

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

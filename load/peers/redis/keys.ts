/** Names of what the peer keeps in Redis. */
export const EVENTS = 'redemptions'

export const couponKey = (code: string) => `coupon:${code}`
export const usersKey = (code: string) => `coupon:${code}:users`
export const answerKey = (idempotencyKey: string | null) => `key:${idempotencyKey ?? ''}`
export const redemptionKey = (redemptionId: string) => `redemption:${redemptionId}`

import type { CouponCore, CreateCouponInput } from '@coupon-gateway/core'
import { parseCouponCode } from '@coupon-gateway/coupon-code'
import type { Database } from '@coupon-gateway/database'
import { setFirstPlan } from './accounts.ts'
import { storeApiKey } from './api-keys.ts'

type DemoCoupon = CreateCouponInput['coupon'] & { readonly onsitePassword?: string }

const tenPercent = { discountKind: 'percent', discount: 10 } as const

/** Coupons that docs, load scripts and newcomers share. */
const DEMO_COUPONS: Readonly<Record<string, DemoCoupon>> = {
  WELCOME10: { ...tenPercent, name: 'Welcome: 10 % off' },
  SINGLEUSE1: { ...tenPercent, name: 'One single use', useLimit: 1 },
  FRIENDS05: {
    name: 'Five friends: $5 off',
    discountKind: 'amount',
    discount: 5,
    currency: 'USD',
    useLimit: 5,
  },
  INSTORE42: {
    ...tenPercent,
    name: 'In the shop, password 4242',
    useLimit: 1,
    onsite: true,
    onsitePassword: '4242',
  },
  EXPIRED01: { ...tenPercent, name: 'Expired', endsOn: '2020-12-31' },
  FUTURE001: { ...tenPercent, name: 'Not valid yet', startsOn: '2999-01-01' },
  BIGSALE10K: { ...tenPercent, name: 'Big sale: 10,000 uses', useLimit: 10_000 },
}

/** Loads the demo accounts, keys and coupons, where they are missing. */
export async function loadDemo(core: CouponCore, database: Database): Promise<void> {
  const shop = await core.ensureAccount('demo', 'UTC')
  const free = await core.ensureAccount('demo-free', 'UTC')
  await setFirstPlan(database, shop.id, 'personal')
  await setFirstPlan(database, free.id, 'free')
  await storeApiKey(database, 'demo_personal_key', {
    accountId: shop.id,
    label: 'demo, rate limits lifted for load runs',
    rateLimitsLifted: true,
  })
  await storeApiKey(database, 'demo_limited_key', {
    accountId: shop.id,
    label: 'demo, with the rate limits of its plan',
    rateLimitsLifted: false,
  })
  await storeApiKey(database, 'demo_free_key', {
    accountId: free.id,
    label: 'demo, without coupons',
    rateLimitsLifted: false,
  })
  for (const [typed, { onsitePassword, ...coupon }] of Object.entries(DEMO_COUPONS)) {
    const code = parseCouponCode(typed)
    if (code === undefined) throw new Error(`${typed} is no coupon code`)
    // A demo coupon that is there is left as it is, with its uses.
    await core.create({
      accountId: shop.id,
      code,
      coupon,
      ...(onsitePassword === undefined ? {} : { onsitePassword }),
      idempotencyKey: null,
    })
  }
}

import type { UpstreamClient, UpstreamCoupon } from '@coupon-gateway/client'
import { type CouponCode, parseCouponCode } from '@coupon-gateway/coupon-code'

/** Codes in turn, so that nothing is gained by one of them. */
const COUPONS = 1_000

const TEMPLATE: Omit<UpstreamCoupon, 'id' | 'code'> = {
  name: 'Five friends: $5 off',
  discountKind: 'amount',
  discount: 5,
  currency: 'USD',
  formattedDiscount: '$5',
  startsOn: '2026-11-01',
  endsOn: null,
  useLimit: 1,
  used: 0,
  held: 0,
  remaining: 1,
  userLimit: 1,
  onsite: false,
  requiresOnsitePassword: false,
  memo: '',
  url: '',
  imageUrl: '',
  domain: '',
  groupId: null,
  templateId: null,
  issuedTo: {},
  webhookEnabled: false,
  createdAtLocal: '',
}

export const BENCH_CODES: readonly CouponCode[] = Array.from({ length: COUPONS }, (_, index) => {
  const code = parseCouponCode(`BENCH${String(index).padStart(5, '0')}`)
  if (code === undefined) throw new Error('a code of the benchmark is none')
  return code
})

const COUPON_OF: ReadonlyMap<string, UpstreamCoupon> = new Map(
  BENCH_CODES.map((code) => [code, { ...TEMPLATE, id: `id-of-${code}`, code }]),
)

/** What all servers that are compared ask: coupons in their own process, so that none pays for a network. */
export function createInProcessUpstream(): UpstreamClient {
  const upstream: Pick<UpstreamClient, 'validate' | 'close'> = {
    async validate({ code }) {
      const coupon = COUPON_OF.get(code)
      return coupon === undefined
        ? { outcome: 'rejected', reason: 'NOT_FOUND', coupon: null }
        : { outcome: 'usable', coupon }
    },
    async close() {},
  }
  // The operations of the benchmark call nothing else.
  return upstream as UpstreamClient
}

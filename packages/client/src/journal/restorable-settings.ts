import { isRecord } from '../envelope.ts'
import type { CouponSettings, UpstreamCoupon } from '../upstream-coupon.ts'

/** All that create takes of a coupon. */
export type RestorableSettings = CouponSettings &
  Required<Pick<CouponSettings, 'discountKind' | 'discount'>>

/**
 * What a coupon has to be created with to be the same again; null when that cannot be known. The password of a
 * shop's coupon is not kept, and one that the upstream hides cannot be, so no coupon of a shop is restored.
 */
export function readRestorableSettings(coupon: UpstreamCoupon): RestorableSettings | null {
  if (coupon.useLimit !== 1 || coupon.onsite || coupon.requiresOnsitePassword) return null
  const { name, memo, url, domain, currency, groupId, templateId, imageUrl } = coupon
  return {
    discountKind: coupon.discountKind,
    discount: coupon.discount,
    startsOn: coupon.startsOn,
    endsOn: coupon.endsOn,
    useLimit: coupon.useLimit,
    onsite: false,
    webhookEnabled: coupon.webhookEnabled,
    issuedTo: coupon.issuedTo,
    ...(currency === null ? {} : { currency }),
    ...(name === '' ? {} : { name }),
    ...(memo === '' ? {} : { memo }),
    ...(url === '' ? {} : { url }),
    ...(domain === '' ? {} : { domain }),
    ...(templateId === null ? {} : { templateId }),
    // The picture of a group comes with the group.
    ...(groupId !== null ? { groupId } : imageUrl === '' ? {} : { imageUrl }),
  }
}

/** Whether a coupon that is there is the one to be restored: unused, and as it was. */
export function isRestored(coupon: UpstreamCoupon, settings: RestorableSettings): boolean {
  const now = readRestorableSettings(coupon)
  return now !== null && coupon.used === 0 && inOrder(now) === inOrder(settings)
}

/** The database keeps fields in an order of its own. */
function inOrder(value: unknown): string {
  return JSON.stringify(value, (_, it) =>
    isRecord(it) ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1))) : it,
  )
}

import type { CouponSettings } from '@coupon-gateway/client'
import type { CreateCouponInput, DiscountInput, UpdateCouponInput } from '@coupon-gateway/schema'

/** The settings that creation and change share: what was given, and only that. */
type SettingsInput = Omit<CreateCouponInput | UpdateCouponInput, 'code' | 'discount'>

/** Translates what was given. A first or last day that is null is open; other nulls say nothing. */
export function toSettings(input: SettingsInput): CouponSettings {
  const { name, startsOn, endsOn, useLimit, userLimit, onsite, onsitePassword, memo } = input
  return {
    ...(name == null ? {} : { name }),
    ...(startsOn === undefined ? {} : { startsOn }),
    ...(endsOn === undefined ? {} : { endsOn }),
    ...(useLimit == null ? {} : { useLimit }),
    ...(userLimit == null ? {} : { userLimit }),
    ...(onsite == null ? {} : { onsite }),
    ...(onsitePassword == null ? {} : { onsitePassword }),
    ...(memo == null ? {} : { memo }),
  }
}

type DiscountSettings = Required<Pick<CouponSettings, 'discountKind' | 'discount'>> &
  Pick<CouponSettings, 'currency'>

/** `@oneOf` holds in the types and in graphql-js: one of the two is given. */
export function toDiscountSettings({ percent, amount }: DiscountInput): DiscountSettings {
  return amount == null
    ? { discountKind: 'percent', discount: Number(percent) }
    : { discountKind: 'amount', discount: Number(amount.amount), currency: amount.currency }
}

const OWN_PATHS = [
  'code',
  'codeLength',
  'name',
  'startsOn',
  'endsOn',
  'useLimit',
  'userLimit',
  'onsite',
  'onsitePassword',
  'memo',
  'idempotencyKey',
]

/** Where a setting of the client is in the input. */
export function pathOfSetting(
  field: string,
  discount: DiscountInput | null | undefined,
): string | undefined {
  switch (field) {
    case 'discountKind':
      return 'discount'
    case 'discount':
      return discount?.amount == null ? 'discount.percent' : 'discount.amount.amount'
    case 'currency':
      return 'discount.amount.currency'
    default:
      return OWN_PATHS.find((it) => it === field)
  }
}

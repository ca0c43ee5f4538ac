import {
  type CouponChanges,
  MAX_AMOUNT,
  MAX_MEMO_LENGTH,
  MAX_USE_LIMIT,
  type NewCoupon,
} from './coupon.ts'
import { type Currency, decimalsOf, isCurrency } from './currency.ts'

/**
 * One thing wrong with an input: which field, and the rule that it breaks, with what a text about it needs. Fields have
 * this package's names; a wire format translates them, and tells it in the language of the caller.
 */
export type FieldProblem =
  | { readonly field: 'discount'; readonly rule: 'percent-range'; readonly given: number }
  | { readonly field: 'discount'; readonly rule: 'percent-decimals'; readonly given: number }
  | {
      readonly field: 'discount'
      readonly rule: 'amount-range'
      readonly given: number
      readonly max: number
    }
  | {
      readonly field: 'discount'
      readonly rule: 'minor-unit'
      readonly given: number
      readonly currency: Currency
    }
  | { readonly field: 'currency'; readonly rule: 'currency-missing' }
  | { readonly field: 'currency'; readonly rule: 'currency-unknown' }
  | { readonly field: 'startsOn' | 'endsOn'; readonly rule: 'calendar-day' }
  | {
      readonly field: 'endsOn'
      readonly rule: 'end-before-start'
      readonly startsOn: string
      readonly endsOn: string
    }
  | {
      readonly field: 'useLimit' | 'userLimit'
      readonly rule: 'integer-range'
      readonly given: number
      readonly min: number
      readonly max: number
    }
  | {
      readonly field: 'memo'
      readonly rule: 'text-length'
      readonly given: number
      readonly max: number
    }
  /** Not even its length is told. */
  | { readonly field: 'onsitePassword'; readonly rule: 'password-length'; readonly max: number }
  | { readonly field: 'onsitePassword'; readonly rule: 'password-without-onsite' }
  | { readonly field: 'onsite'; readonly rule: 'password-left-over' }
  | { readonly field: 'groupId'; readonly rule: 'unknown-group' }
  | { readonly field: 'templateId'; readonly rule: 'unknown-template' }
  /** Of a group's settings: a discount without its kind, or the other way round. */
  | { readonly field: 'discount'; readonly rule: 'discount-incomplete' }

/** Settings of a coupon that an issuer need not give. */
export const COUPON_DEFAULTS: Omit<NewCoupon, 'discountKind' | 'discount'> = {
  name: '',
  currency: null,
  startsOn: null,
  endsOn: null,
  useLimit: 0,
  userLimit: 1,
  onsite: false,
  memo: '',
  url: '',
  imageUrl: '',
  domain: '',
  groupId: null,
  templateId: null,
  issuedTo: {},
  webhookEnabled: false,
}

const MAX_PASSWORD_LENGTH = 64
/** The calendar has no year 0. */
const YEAR_MONTH_DAY = /^(?!0000)\d{4}-\d{2}-\d{2}$/

/** The rules of a coupon's own fields, for creation and for the outcome of a change. Empty means valid. */
export function findCouponProblems(
  coupon: NewCoupon & Pick<CouponChanges, 'onsitePassword'>,
): FieldProblem[] {
  const problems: FieldProblem[] = []
  const demand = (holds: boolean, problem: FieldProblem) => {
    if (!holds) problems.push(problem)
  }
  const { discount, currency, startsOn, endsOn, memo, onsitePassword = '' } = coupon
  const isKnownCurrency = currency !== null && isCurrency(currency)
  demand(currency === null || isKnownCurrency, { field: 'currency', rule: 'currency-unknown' })
  if (coupon.discountKind === 'percent') {
    const given = discount
    demand(given >= 1 && given <= 100, { field: 'discount', rule: 'percent-range', given })
    demand(given === Number(given.toFixed(2)), {
      field: 'discount',
      rule: 'percent-decimals',
      given,
    })
  } else {
    demand(discount > 0 && discount <= MAX_AMOUNT, {
      field: 'discount',
      rule: 'amount-range',
      given: discount,
      max: MAX_AMOUNT,
    })
    demand(currency !== null, { field: 'currency', rule: 'currency-missing' })
    if (isKnownCurrency) {
      demand(discount === Number(discount.toFixed(decimalsOf(currency))), {
        field: 'discount',
        rule: 'minor-unit',
        given: discount,
        currency,
      })
    }
  }
  for (const field of ['startsOn', 'endsOn'] as const) {
    const day = coupon[field]
    demand(day === null || isCalendarDay(day), { field, rule: 'calendar-day' })
  }
  if (startsOn !== null && endsOn !== null) {
    demand(startsOn <= endsOn, { field: 'endsOn', rule: 'end-before-start', startsOn, endsOn })
  }
  for (const [field, min] of [
    ['useLimit', 0],
    ['userLimit', 1],
  ] as const) {
    const given = coupon[field]
    const max = MAX_USE_LIMIT
    demand(Number.isInteger(given) && given >= min && given <= max, {
      field,
      rule: 'integer-range',
      given,
      min,
      max,
    })
  }
  demand(lengthOf(memo) <= MAX_MEMO_LENGTH, {
    field: 'memo',
    rule: 'text-length',
    given: lengthOf(memo),
    max: MAX_MEMO_LENGTH,
  })
  demand(lengthOf(onsitePassword) <= MAX_PASSWORD_LENGTH, {
    field: 'onsitePassword',
    rule: 'password-length',
    max: MAX_PASSWORD_LENGTH,
  })
  demand(onsitePassword === '' || coupon.onsite, {
    field: 'onsitePassword',
    rule: 'password-without-onsite',
  })
  return problems
}

/** In characters as PostgreSQL counts them, not in halves of surrogate pairs. */
function lengthOf(text: string): number {
  return [...text].length
}

function isCalendarDay(day: string): boolean {
  if (!YEAR_MONTH_DAY.test(day)) return false
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

import { type CouponChanges, MAX_MEMO_LENGTH, MAX_USE_LIMIT, type NewCoupon } from './coupon.ts'

/** One thing wrong with an input: which field, what about it, and what is allowed. */
export interface FieldProblem {
  /** Name of the field in this package's terms; a wire format translates it. */
  readonly field: keyof NewCoupon | 'onsitePassword'
  readonly problem: string
  readonly allowed: string
}

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

const MAX_AMOUNT = 999_999_999_999
const MAX_PASSWORD_LENGTH = 64
/** The calendar has no year 0. */
const YEAR_MONTH_DAY = /^(?!0000)\d{4}-\d{2}-\d{2}$/

/** The rules of a coupon's own fields, for creation and for the outcome of a change. Empty means valid. */
export function findCouponProblems(
  coupon: NewCoupon & Pick<CouponChanges, 'onsitePassword'>,
): FieldProblem[] {
  const problems: FieldProblem[] = []
  const demand = (
    holds: boolean,
    field: FieldProblem['field'],
    problem: string,
    allowed: string,
  ) => {
    if (!holds) problems.push({ field, problem, allowed })
  }
  const { discount, currency, startsOn, endsOn, useLimit, userLimit, onsitePassword = '' } = coupon
  if (coupon.discountKind === 'percent') {
    demand(
      discount >= 1 && discount <= 100,
      'discount',
      `is ${discount} percent`,
      'from 1 to 100 percent',
    )
    demand(
      discount === Number(discount.toFixed(2)),
      'discount',
      `${discount} percent has more than 2 decimals`,
      'at most 2 decimals',
    )
  } else {
    demand(
      discount > 0 && discount <= MAX_AMOUNT,
      'discount',
      `is ${discount}`,
      `an amount above 0, at most ${MAX_AMOUNT}`,
    )
    demand(
      currency !== null,
      'currency',
      'is missing',
      'a currency, since the discount is an amount',
    )
    demand(
      currency === null || discount === roundToMinorUnits(discount, currency),
      'discount',
      `${discount} ${currency} has more decimals than the currency`,
      `a multiple of the smallest unit of ${currency}`,
    )
  }
  for (const [field, day] of [
    ['startsOn', startsOn],
    ['endsOn', endsOn],
  ] as const) {
    demand(
      day === null || isCalendarDay(day),
      field,
      'is not a day of the calendar',
      'a day as YYYY-MM-DD, or empty',
    )
  }
  demand(
    startsOn === null || endsOn === null || startsOn <= endsOn,
    'endsOn',
    `${endsOn} is before the first day, ${startsOn}`,
    'a day that is not before the first day',
  )
  demand(
    Number.isInteger(useLimit) && useLimit >= 0 && useLimit <= MAX_USE_LIMIT,
    'useLimit',
    `is ${useLimit}`,
    `an integer from 0 (unlimited) to ${MAX_USE_LIMIT}`,
  )
  demand(
    Number.isInteger(userLimit) && userLimit >= 1 && userLimit <= MAX_USE_LIMIT,
    'userLimit',
    `is ${userLimit}`,
    `an integer from 1 to ${MAX_USE_LIMIT}`,
  )
  demand(
    lengthOf(coupon.memo) <= MAX_MEMO_LENGTH,
    'memo',
    `has ${lengthOf(coupon.memo)} characters`,
    `at most ${MAX_MEMO_LENGTH} characters`,
  )
  demand(
    lengthOf(onsitePassword) <= MAX_PASSWORD_LENGTH,
    'onsitePassword',
    'is too long',
    `at most ${MAX_PASSWORD_LENGTH} characters`,
  )
  demand(
    onsitePassword === '' || coupon.onsite,
    'onsitePassword',
    'was given for a coupon that is not redeemed in a shop',
    'a password only together with on-site use',
  )
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

function roundToMinorUnits(amount: number, currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return Number(amount.toFixed(maximumFractionDigits))
}

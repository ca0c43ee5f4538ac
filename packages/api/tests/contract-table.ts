import type { ErrorSymbol } from '../src/index.ts'
import type { Plan } from '../src/plans.ts'

/**
 * What the contract says of its fields, as data, for every profile of the service. A value has a form of its own where
 * validate answers it otherwise than it was sent.
 */

type Fields = Readonly<Record<string, unknown>>

export interface AcceptedField {
  readonly what: string
  readonly sent: Fields
  /** What validate answers; the same when left out. */
  readonly answered?: Fields
  /** Refused with INVALID_INPUT by the hosted profile. */
  readonly isExtension?: true
}

const PERCENT = { discTypeIdx: 457, disc: 10 }
const amount = (disc: number, discCurrency: string) => ({ discTypeIdx: 458, disc, discCurrency })

/** Fields that create takes besides a discount, and how validate answers them. */
const WITHOUT_DISCOUNT: readonly AcceptedField[] = [
  {
    what: 'a number as people type it',
    sent: { cpnNo: 'my-own 0001' },
    answered: { cpnNo: 'MYOWN0001' },
  },
  { what: 'a number of 8 characters', sent: { cpnNo: 'ABCD1234' } },
  { what: 'a number of 16 characters', sent: { cpnNo: 'ABCDEFGH12345678' } },
  { what: 'a name', sent: { nm: '봄 할인 10%' } },
  { what: '1 percent', sent: { disc: 1 }, answered: { disc: 1, formatDiscCurrency: '1%' } },
  { what: '100 percent', sent: { disc: 100 }, answered: { formatDiscCurrency: '100%' } },
  { what: '12.25 percent', sent: { disc: 12.25 }, answered: { formatDiscCurrency: '12.25%' } },
  ...(
    [
      [60, 'USD', '$60'],
      [12.5, 'EUR', '€12.50'],
      [0.01, 'GBP', '£0.01'],
      [5000, 'KRW', '₩5,000'],
      [1200, 'JPY', '¥1,200'],
      [50_000.25, 'IDR', 'IDR\u00a050,000.25'],
      [7.5, 'CAD', 'CA$7.50'],
      [7.5, 'CNY', 'CN¥7.50'],
      [7.5, 'MUR', 'MUR\u00a07.50'],
      [7.5, 'RUB', 'RUB\u00a07.50'],
      [7.5, 'SGD', 'SGD\u00a07.50'],
    ] as const
  ).map(([disc, currency, formatDiscCurrency]) => ({
    what: `${disc} ${currency}`,
    sent: amount(disc, currency),
    answered: { ...amount(disc, currency), formatDiscCurrency },
  })),
  { what: 'the first day and the last', sent: { strtYmd: '2001-01-01', endYmd: '2999-12-31' } },
  { what: 'open days', sent: { strtYmd: '', endYmd: '' } },
  { what: 'no limit', sent: { useLimit: 0 } },
  { what: 'a limit of 1', sent: { useLimit: 1 } },
  { what: 'a limit of 5', sent: { useLimit: 5 } },
  { what: 'a limit of 6', sent: { useLimit: 6 }, isExtension: true },
  { what: 'the largest limit', sent: { useLimit: 1_000_000_000 }, isExtension: true },
  { what: 'a limit of each user', sent: { userLimit: 2 }, answered: {}, isExtension: true },
  { what: 'use in a shop', sent: { onsiteYn: 'Y' } },
  {
    what: 'a password, which is not told',
    sent: { onsiteYn: 'Y', onsitePwd: '4242' },
    answered: { onsiteYn: 'Y', onsitePwd: '' },
  },
  { what: 'a memo of 500 characters', sent: { memo: '메'.repeat(500) } },
  {
    what: 'the page and the picture',
    sent: {
      url: 'https://shop.example/a',
      imgUrl: 'https://shop.example/a.png',
    },
  },
  { what: 'no domain of its own', sent: { domain: '' } },
  { what: 'a group and a template', sent: { grpIdx: 271, tmplIdx: 8 } },
  { what: 'no group and no template', sent: { grpIdx: 0, tmplIdx: 0 } },
  {
    what: 'whom it was issued to',
    sent: {
      userId: 'u-17',
      userNm: '김하나',
      userPhnno: '+82 10-0000-0000',
      userEml: 'hana@shop.example',
      userEtc1: 'gold',
      userEtc2: 'since 2020',
    },
  },
  { what: 'that it does not report', sent: { webhookEnableYn: 'N' } },
]

export const ACCEPTED_FIELDS = WITHOUT_DISCOUNT.map((it): AcceptedField => {
  return { answered: it.sent, ...it, sent: { ...PERCENT, ...it.sent } }
})

/** Plans that have coupons. */
export const COUPON_PLANS = [
  'personal',
  'premium',
  'business',
  'business-plus',
  'enterprise',
] as const

/** Fields that the hosted profile takes of some plans only: from the others they are PLAN_UPGRADE_REQUIRED. */
export const FIELDS_OF_PLANS: readonly {
  readonly what: string
  readonly fields: Fields
  readonly plans: readonly Plan[]
}[] = [
  {
    what: 'a domain of its own',
    fields: { domain: 'shop.example' },
    plans: ['premium', 'business', 'business-plus', 'enterprise'],
  },
  { what: 'that it reports', fields: { webhookEnableYn: 'Y' }, plans: ['enterprise'] },
  {
    what: 'a domain, and that it reports',
    fields: { domain: 'shop.example', webhookEnableYn: 'Y' },
    plans: ['enterprise'],
  },
]

/** Fields that neither create nor update takes: each with what the answer names. */
export const REFUSED_FIELDS: readonly (readonly [what: string, fields: Fields, named: string])[] = [
  ['an unknown type of discount', { discTypeIdx: 456 }, 'discTypeIdx'],
  ['0 percent', { disc: 0 }, 'disc'],
  ['100.5 percent', { disc: 100.5 }, 'disc'],
  ['a discount as text', { disc: '10' }, 'disc'],
  ['an amount of nothing', amount(0, 'USD'), 'disc'],
  ['half a cent', amount(0.005, 'USD'), 'disc'],
  ['half a won', amount(0.5, 'KRW'), 'disc'],
  ['half a yen', amount(0.5, 'JPY'), 'disc'],
  ['a currency that is not offered', amount(5, 'CHF'), 'discCurrency'],
  ['a currency in lower case', amount(5, 'usd'), 'discCurrency'],
  ['an amount without currency', { discTypeIdx: 458, disc: 5 }, 'discCurrency'],
  ['a day that there is not', { strtYmd: '2027-02-29' }, 'strtYmd'],
  ['a day in another form', { endYmd: '31.12.2027' }, 'endYmd'],
  ['an end before the start', { strtYmd: '2027-02-02', endYmd: '2027-02-01' }, 'endYmd'],
  ['a limit below 0', { useLimit: -1 }, 'useLimit'],
  ['half a limit', { useLimit: 1.5 }, 'useLimit'],
  ['neither yes nor no', { onsiteYn: 'y' }, 'onsiteYn'],
  ['a password for what is not used in a shop', { onsitePwd: '4242' }, 'onsitePwd'],
  ['a memo of 501 characters', { memo: 'm'.repeat(501) }, 'memo'],
  ['a group that there is not', { grpIdx: 404 }, 'grpIdx'],
  ['a template that there is not', { tmplIdx: 404 }, 'tmplIdx'],
  ['a use count, which is answer only', { useCnt: 0 }, 'useCnt'],
  ['a field that is none', { couponName: 'x' }, 'couponName'],
]

export interface ContractCase {
  readonly what: string
  /** The coupon that `{cpnNo}` stands for. */
  readonly coupon: Fields
  readonly calls: readonly (readonly [call: ContractCall, input: Fields, expected: Expected])[]
}
export type ContractCall = 'validate' | 'redeem' | 'create' | 'update' | 'delete'
/** The result, of which `null` is one, or the error. */
export type Expected = { readonly result: unknown } | { readonly error: ErrorSymbol }

const DONE = { result: null }
const IT = { cpnNo: '{cpnNo}' }
const refused = (error: ErrorSymbol) => ({ error })

/** Calls one after the other, and their answers. */
export const CASES: readonly ContractCase[] = [
  {
    what: 'one use of one',
    coupon: { useLimit: 1 },
    calls: [
      ['redeem', IT, DONE],
      ['redeem', IT, refused('EXHAUSTED')],
      ['validate', IT, refused('EXHAUSTED')],
    ],
  },
  {
    what: 'a limit of 2 needs userId, once each',
    coupon: { useLimit: 2 },
    calls: [
      ['redeem', IT, refused('USER_ID_REQUIRED')],
      ['redeem', { ...IT, userId: '' }, refused('USER_ID_REQUIRED')],
      ['redeem', { ...IT, userId: 'ada' }, DONE],
      ['redeem', { ...IT, userId: 'ada' }, refused('ALREADY_REDEEMED_BY_USER')],
      ['validate', IT, { result: { useCnt: 1, useLimit: 2 } }],
      ['redeem', { ...IT, userId: 'bob' }, DONE],
      ['redeem', { ...IT, userId: 'eve' }, refused('EXHAUSTED')],
    ],
  },
  {
    what: 'an unlimited coupon takes memo in place of userId, and counts',
    coupon: {},
    calls: [
      ['redeem', { ...IT, memo: '192.0.2.1' }, DONE],
      ['redeem', { ...IT, memo: '192.0.2.1' }, DONE],
      ['validate', IT, { result: { useCnt: 2 } }],
    ],
  },
  {
    what: 'the on-site password',
    coupon: { useLimit: 1, onsiteYn: 'Y', onsitePwd: '4242' },
    calls: [
      ['validate', IT, { result: { onsiteYn: 'Y', onsitePwd: '' } }],
      ['redeem', IT, refused('ONSITE_PASSWORD_REQUIRED')],
      ['redeem', { ...IT, onsitePwd: '0' }, refused('ONSITE_PASSWORD_WRONG')],
      ['redeem', { ...IT, onsitePwd: '4242' }, DONE],
    ],
  },
  {
    what: 'a password that validate answered is left by update, and goes with the use in a shop',
    coupon: { onsiteYn: 'Y', onsitePwd: '4242' },
    calls: [
      ['update', { ...IT, onsiteYn: 'Y', onsitePwd: '' }, DONE],
      ['redeem', IT, refused('ONSITE_PASSWORD_REQUIRED')],
      ['update', { ...IT, onsiteYn: 'N' }, DONE],
      ['redeem', IT, DONE],
    ],
  },
  {
    what: 'update changes what is given, and only the memo after a use',
    coupon: { nm: 'before', useLimit: 1 },
    calls: [
      ['update', { ...IT, disc: 25 }, DONE],
      ['validate', IT, { result: { disc: 25, nm: 'before' } }],
      ['redeem', IT, DONE],
      ['update', { ...IT, disc: 30 }, refused('COUPON_LOCKED')],
      ['update', { ...IT, disc: 30, memo: 'x' }, refused('COUPON_LOCKED')],
      ['update', { ...IT, memo: 'used' }, DONE],
    ],
  },
  {
    what: 'days before and after its time',
    coupon: { endYmd: '2001-01-01' },
    calls: [
      ['validate', IT, refused('EXPIRED')],
      ['redeem', IT, refused('EXPIRED')],
      ['update', { ...IT, strtYmd: '2999-01-01', endYmd: '' }, DONE],
      ['validate', IT, refused('NOT_STARTED')],
      ['redeem', IT, refused('NOT_STARTED')],
    ],
  },
  {
    what: 'a deleted number is free, and the new coupon starts from zero',
    coupon: { useLimit: 1 },
    calls: [
      ['create', { ...IT, ...PERCENT }, refused('CODE_TAKEN')],
      ['redeem', IT, DONE],
      ['delete', IT, DONE],
      ['delete', IT, refused('NOT_FOUND')],
      ['validate', IT, refused('NOT_FOUND')],
      ['redeem', IT, refused('NOT_FOUND')],
      ['update', { ...IT, nm: 'x' }, refused('NOT_FOUND')],
      ['create', { ...IT, ...PERCENT, useLimit: 1 }, { result: '{cpnNo}' }],
      ['redeem', IT, DONE],
    ],
  },
  {
    what: 'input that is wrong',
    coupon: {},
    calls: [
      ['validate', {}, refused('INVALID_INPUT')],
      ['validate', { cpnNo: 'short' }, refused('INVALID_INPUT')],
      ['redeem', {}, refused('INVALID_INPUT')],
      ['redeem', { ...IT, memo: 'm'.repeat(501) }, refused('INVALID_INPUT')],
      ['redeem', { ...IT, userId: 7 }, refused('INVALID_INPUT')],
      ['create', { discTypeIdx: 457 }, refused('INVALID_INPUT')],
      ['create', { ...PERCENT, cpnNoDigits: 10 }, refused('INVALID_INPUT')],
      ['update', { nm: 'x' }, refused('INVALID_INPUT')],
      ['delete', {}, refused('INVALID_INPUT')],
    ],
  },
]

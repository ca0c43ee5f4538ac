import { COUPON_CODE_RULE } from '@coupon-gateway/coupon-code'
import type { ErrorSymbol } from '../error-symbols.ts'
import type { RuleTexts } from './rule-texts.ts'

/** Every text of the service in English. The other languages have the same ones: see {@link Texts}. */
export const en = {
  /** By symbol, as `message` of the envelope. */
  errors: {
    NOT_FOUND: 'There is no coupon with this number.',
    NOT_STARTED: 'The coupon is not valid yet.',
    EXPIRED: 'The coupon has expired.',
    EXHAUSTED: 'The coupon is used up.',
    ALREADY_REDEEMED_BY_USER: 'This user has redeemed the coupon as often as one user may.',
    USER_ID_REQUIRED: 'A coupon that can be used more than once needs a `userId`.',
    ONSITE_PASSWORD_REQUIRED: 'The coupon needs `onsitePwd`, which the staff of the shop types in.',
    ONSITE_PASSWORD_WRONG: '`onsitePwd` is not the password of this coupon.',
    TOO_MANY_ATTEMPTS: 'Too many wrong passwords. Try again later.',
    CODE_TAKEN: 'Another coupon has this `cpnNo`.',
    COUPON_LOCKED: 'The coupon was used: only its `memo` can be changed.',
    RESERVATION_NOT_FOUND:
      'There is no reservation with this `reservationId` that could still be settled so.',
    RESERVATION_EXPIRED:
      'The time of the reservation is over, and no unit of the coupon is free any more.',
    REDEMPTION_NOT_FOUND: 'There is no such redemption.',
    ALREADY_ROLLED_BACK: 'The redemption was rolled back before.',
    ALL_HELD:
      'No unit of the coupon is free now, but some are only reserved: trying later can succeed.',
    INVALID_INPUT: 'The input is not valid.',
    IDEMPOTENCY_KEY_REQUIRED:
      'This call needs an `Idempotency-Key`: a name of yours for this one intended effect, made before the first try and kept over retries.',
    IDEMPOTENCY_KEY_REUSED:
      'This `Idempotency-Key` was used for another request. A new request needs a new key.',
    IDEMPOTENCY_CONCURRENT_REQUEST:
      'The first request with this `Idempotency-Key` is still running. Try again with the same key.',
    UNSUPPORTED_MEDIA_TYPE: '`Content-Type` must be application/json.',
    BODY_TOO_LARGE: 'The body is too large.',
    ROUTE_NOT_FOUND: 'There is no such call. Check the method and the path.',
    UNAUTHENTICATED: 'The call needs a valid key: send `Authorization: APIKey {key}`.',
    FORBIDDEN: 'This key does not allow the call.',
    PLAN_UPGRADE_REQUIRED:
      'The plan of this key does not include coupons: the Personal plan or a higher one does.',
    RATE_LIMITED:
      'The rate limit of this key is reached. Try again after the time in `Retry-After`.',
    OVERLOADED: 'Too much work is waiting. Try again shortly.',
    UNAVAILABLE: 'The service cannot answer now. Try again with the same `Idempotency-Key`.',
    INTERNAL: 'An error on our side. It was logged.',
  } satisfies Record<ErrorSymbol, string>,

  /** Why, where one error has several reasons. */
  reasons: {
    tooManyWrongKeys: 'Too many calls with keys that are none came from this address.',
  },

  /** `message` of INVALID_INPUT. */
  invalidInput: {
    problem: (field: string, problem: string, allowed: string) =>
      `\`${field}\` ${problem}; allowed: ${allowed}.`,
    more: (unnamed: number, listed: number) =>
      `And ${unnamed} more; \`result\` lists up to ${listed}.`,
  },

  /** What is wrong with a field: follows its name. */
  problems: {
    missing: 'is missing',
    empty: 'is empty',
    given: 'was given',
    unknownField: 'is not a known field',
    notValid: 'is not valid',
    notCouponNumber: 'is not a coupon number',
    notIdempotencyKey: 'is not a key',
    notDecodable: 'could not be decoded',
    notReadable: 'could not be read',
    notJson: 'could not be read as JSON',
    notUtf8: 'is not UTF-8',
    givenTwice: 'was given twice',
    tooPrecise: 'has more digits than a number keeps',
    tooLong: 'is too long',
    tooSlow: 'did not arrive in time',
    headersTooLong: 'has too long headers',
    is: (value: string) => `is ${value}`,
    ofType: (type: JsonType) => `is ${TYPES[type]}`,
    listOf: (items: number) => `is a list of ${items} items`,
    objectOf: (fields: number) => `is an object of ${fields} fields`,
    noCalendarDay: (day: string) => `has no day ${day} in the calendar`,
    characters: (count: number) => `has ${count} characters`,
    fields: (count: number) => `has ${count} fields`,
    guessable: (length: number, more: number, existing: number) =>
      `is ${length}: with ${more} more coupons beside ${existing}, numbers of that length could be guessed`,
  },

  /** What is allowed instead. */
  allowed: {
    anyValue: 'any value',
    otherValue: 'another value',
    couponNumber: COUPON_CODE_RULE,
    couponNumberOrEmpty: `${COUPON_CODE_RULE}; or empty`,
    text: (maxLength: number) => `a text of at most ${maxLength} characters, without NUL`,
    textOf: (minLength: number, maxLength: number) =>
      `a text of ${minLength} to ${maxLength} characters, without NUL`,
    anyText: 'a text',
    id: 'an id as an answer gave it',
    moment:
      'a moment with its zone, such as 2026-11-24T00:00:00Z or 2026-11-24T09:00:00%2B09:00 (a bare + in a query is a space)',
    cursor: '`nextCursor` of the page before',
    couponNumbers: (max: number) => `a list of 1 to ${max} coupon numbers`,
    groupOrEmpty: 'the number of a group, or empty for all coupons',
    noLimitOfExport: 'nothing: an export has all rows',
    keyAlone: 'nothing beside `idempotencyKey`',
    yesOrNo: '"Y" or "N"',
    integer: (min: number, max: number) => `an integer from ${min} to ${max}`,
    day: 'a day as YYYY-MM-DD, or empty for open',
    discountType: (percent: number, amount: number) => `${percent} (percent) or ${amount} (amount)`,
    discount: 'percent from 1 to 100, or an amount in discCurrency',
    oneOf: (values: readonly (string | number)[]) => `one of ${values.join(', ')}`,
    oneOfOrEmpty: (values: readonly string[]) => `one of ${values.join(', ')}, or empty`,
    noField: 'no field here',
    ofType: (type: string) => `a ${type}`,
    jsonObject: 'a JSON object',
    jsonBody: 'one JSON object, without `__proto__`',
    smallerCount: 'a smaller `count`',
    maxFields: (max: number) => `at most ${max}`,
    idempotencyKey: '1 to 255 visible ASCII characters',
    host: 'a header with the name of the server',
    encodedPath: 'percent-encoded UTF-8',
    once: 'once',
    digits: (max: number) => `at most ${max} digits`,
    shortId: (max: number) => `an id of at most ${max} characters`,
    sentAtOnce: 'one that is sent at once',
    shortHeaders: 'at most 16 kB of headers',
    http: 'HTTP/1.1',
  },

  /** The rules of a coupon's own fields: what is wrong, and what is allowed. */
  rules: {
    'percent-range': ({ given }) => [`is ${given} percent`, 'from 1 to 100 percent'],
    'percent-decimals': ({ given }) => [
      `${given} percent has more than 2 decimals`,
      'at most 2 decimals',
    ],
    'amount-range': ({ given, max }) => [`is ${given}`, `an amount above 0, at most ${max}`],
    'minor-unit': ({ given, currency }) => [
      `${given} ${currency} has more decimals than the currency`,
      `a multiple of the smallest unit of ${currency}`,
    ],
    'currency-missing': () => ['is missing', 'a currency, since the discount is an amount'],
    'currency-unknown': () => ['is not a currency on offer', 'a currency by ISO 4217'],
    'calendar-day': () => ['is not a day of the calendar', 'a day as YYYY-MM-DD, or empty'],
    'end-before-start': ({ startsOn, endsOn }) => [
      `${endsOn} is before the first day, ${startsOn}`,
      'a day that is not before the first day',
    ],
    'integer-range': ({ given, min, max }) => [`is ${given}`, `an integer from ${min} to ${max}`],
    'text-length': ({ given, max }) => [`has ${given} characters`, `at most ${max} characters`],
    'password-length': ({ max }) => ['is too long', `at most ${max} characters`],
    'password-without-onsite': () => [
      'was given for a coupon that is not redeemed in a shop',
      'a password only together with on-site use',
    ],
    'unknown-group': () => ['is no group of the account', 'the number of a group, or 0 for none'],
    'unknown-template': () => [
      'is no template of the account',
      'the number of a template, or 0 for none',
    ],
    'discount-incomplete': () => ['is decided by half', 'a discount together with its kind'],
    'password-left-over': () => [
      'the coupon has an on-site password',
      'no on-site use only together with no on-site password',
    ],
  } satisfies RuleTexts as RuleTexts,
}

/** The texts of a language. */
export type Texts = typeof en

/** What a value of JSON is, where the value itself is not repeated. */
export type JsonType = 'null' | 'list' | 'object' | 'string' | 'number' | 'boolean'

const TYPES: Readonly<Record<JsonType, string>> = {
  null: 'null',
  list: 'a list',
  object: 'an object',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
}

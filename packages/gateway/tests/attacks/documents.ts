import {
  type Attacks,
  codes,
  document,
  guesses,
  MANY,
  multiply,
  nest,
  raw,
  redeems,
  times,
} from './attack.ts'

const PARSE = 'GRAPHQL_PARSE_FAILED'
const VALIDATION = 'GRAPHQL_VALIDATION_FAILED'
const COST = 'COST_LIMIT_EXCEEDED'
const INPUT = 'BAD_USER_INPUT'
const REQUEST = 'BAD_REQUEST'

/** What a document can ask for. */
export const DOCUMENT_ATTACKS: Attacks = {
  'guessing many codes': [
    [
      '30 aliases',
      document(`{ ${guesses(30)} }`),
      400,
      VALIDATION,
      'at most 10 root fields, got 30',
    ],
    [
      '20 aliases in a fragment',
      document(`{ ...all } fragment all on Query { ${guesses(20)} }`),
      400,
      VALIDATION,
      'at most 10 root fields, got 20',
    ],
    ['200 aliases', document(`{ ${guesses(200)} }`), 400, PARSE, '1000 tokens'],
    ['1000 aliases', document(`{ ${guesses(1_000)} }`), 413, 'BODY_TOO_LARGE', 'at most 32 KiB'],
    [
      'a list of 120 codes',
      document(`{ validateCoupons(codes: ${JSON.stringify(codes(120))}) { valid } }`),
      200,
      INPUT,
      'at most 20 codes, got 120',
    ],
    [
      'a variable of 1000 codes',
      document('query($codes: [String!]!) { validateCoupons(codes: $codes) { valid } }', {
        codes: codes(1_000),
      }),
      200,
      INPUT,
      'at most 20 codes, got 1000',
    ],
    [
      'a variable of 20 codes, three times',
      document(MANY, { codes: codes(20) }),
      400,
      COST,
      'at most 50 upstream calls, this one can cause 60',
    ],
    [
      'a batch of 100 operations',
      raw(JSON.stringify(Array(100).fill({ query: `{ ${guesses(1)} }` }))),
      400,
      REQUEST,
      'batching disabled',
    ],
  ],
  'several writes at once': [
    [
      '3 redeems, of which some would take effect and some not',
      document(`mutation { ${redeems(3)} }`),
      400,
      VALIDATION,
      'at most 1 write, such as `redeemCoupon`, got 3',
    ],
    [
      '3 redeems in fragments',
      document(
        `mutation { ${redeems(1)} ...a } fragment a on Mutation { ${redeems(1, 'a')} ...b }
         fragment b on Mutation { ... { ${redeems(1, 'b')} } }`,
      ),
      400,
      VALIDATION,
      'at most 1 write, such as `redeemCoupon`, got 3',
    ],
  ],
  'documents that cost more than they weigh': [
    [
      '20 levels',
      document(`{ validateCoupon(code: "GUESS1000") ${nest(19, '{ coupon ', ' }')} }`),
      400,
      VALIDATION,
      'at most 8 fields deep, got 20',
    ],
    [
      '20 levels over fragments',
      document(
        `{ validateCoupon(code: "GUESS1000") { ...a } }
         fragment a on CouponValidation { ${'coupon { '.repeat(9)} ...b ${'}'.repeat(9)} }
         fragment b on Coupon ${'{ coupon '.repeat(10)} ${'}'.repeat(10)}`,
      ),
      400,
      VALIDATION,
      'at most 8 fields deep, got 20',
    ],
    [
      '300 aliases of __typename',
      document(`{ ${times(300, (index) => `a${index}:__typename`)} }`),
      400,
      VALIDATION,
      'at most 10 root fields, got 300',
    ],
    [
      'fragments that make a million fields',
      document(multiply(16)),
      400,
      COST,
      'more than can be counted',
    ],
    [
      'the log of a coupon, 60 times',
      document(
        `{ coupon(code: "GUESS1000") { ${times(60, (index) => `r${index}:redemptions(first:1){nodes{id}}`)} } }`,
      ),
      400,
      COST,
      'at most 50 upstream calls, this one can cause 61',
    ],
    [
      'a full page with 200 fields a row',
      document(
        `{ redemptions(first: 100) { nodes { ${times(200, (index) => `i${index}:id`)} } } }`,
      ),
      400,
      COST,
      'at most 10000 fields',
    ],
    [
      'a cycle of fragments',
      document('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'),
      400,
      VALIDATION,
      'within itself',
    ],
    [
      'a chain of 60 fragments, each of which has the next one twice',
      document(
        `{ validateCoupon(code: "GUESS1000") { coupon { ...f0 } } } ${times(
          60,
          (index) =>
            `fragment f${index} on Coupon { a:coupon{...f${index + 1}} b:coupon{...f${index + 1}} }`,
        )} fragment f60 on Coupon { id }`,
      ),
      400,
      PARSE,
      '1000 tokens',
    ],
    [
      '60 fields of one name that cannot be one',
      document(
        `{ ${times(60, (index) => `a:validateCoupon(code:"GUESS${index + 1000}"){valid}`)} }`,
      ),
      400,
      VALIDATION,
      'conflict',
    ],
    [
      '100 directives on one field',
      document(`{ rateLimit { limit ${'@skip(if:false) '.repeat(100)} } }`),
      400,
      VALIDATION,
      'can only be used once',
    ],
    [
      '300 directives that there are not',
      document(`{ rateLimit { limit ${times(300, (index) => `@d${index}`)} } }`),
      400,
      VALIDATION,
      'Unknown directive',
    ],
    ['@defer', document('{ ... @defer { rateLimit { limit } } }'), 400, VALIDATION, '@defer'],
    [
      'a subscription',
      document('subscription { rateLimit { limit } }'),
      200,
      VALIDATION,
      'subscription',
    ],
    [
      '200 variables that nobody uses',
      document(`query(${times(200, (index) => `$v${index}:Int`)}) { rateLimit { limit } }`),
      400,
      VALIDATION,
      'never used',
    ],
    [
      'introspection that goes in circles',
      document(
        `{ __schema { types { fields { type { ${'ofType { fields { type { '.repeat(4)} name ${'} } }'.repeat(4)} } } } } }`,
      ),
      400,
      VALIDATION,
      'introspection depth',
    ],
  ],
}

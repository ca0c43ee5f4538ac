import { type Attacks, document, nest, ONE, raw } from './attack.ts'

const PARSE = 'GRAPHQL_PARSE_FAILED'
const VALIDATION = 'GRAPHQL_VALIDATION_FAILED'
const INPUT = 'BAD_USER_INPUT'
const REQUEST = 'BAD_REQUEST'

/** What a document and its variables can be made of. */
export const TOKEN_ATTACKS: Attacks = {
  'huge and hostile tokens': [
    [
      'a name of 30,000 letters',
      document(`{ ${'a'.repeat(30_000)} }`),
      400,
      VALIDATION,
      'Cannot query field',
    ],
    [
      'a code of 30,000 letters',
      document(ONE, { code: 'A'.repeat(30_000) }),
      200,
      INPUT,
      '`code` must be',
    ],
    [
      'a text of 30,000 letters in the document',
      document(`{ validateCoupon(code: "${'A'.repeat(30_000)}") { valid } }`),
      200,
      INPUT,
      '`code` must be',
    ],
    [
      'a block of 15,000 lines',
      document(`{ validateCoupon(code: """${'\n'.repeat(15_000)}""") { valid } }`),
      200,
      INPUT,
      '`code` must be',
    ],
    [
      'a number of 30,000 digits',
      document(`{ redemptions(first: ${'9'.repeat(30_000)}) { nodes { id } } }`),
      400,
      VALIDATION,
      'Int cannot represent',
    ],
    [
      'the name of an operation of 30,000 letters',
      document('{ __typename }', {}, { operationName: 'a'.repeat(30_000) }),
      400,
      'OPERATION_RESOLUTION_FAILURE',
      'Unknown operation',
    ],
    ['control characters', document('{ __typename \u0000\u0007 }'), 400, PARSE, 'Syntax Error'],
    [
      'half a surrogate pair',
      raw('{"query":"{ validateCoupon(code: \\"\\ud800\\") { valid } }"}'),
      400,
      PARSE,
      'Syntax Error',
    ],
  ],
  'deep input': [
    [
      'a literal of 400 lists',
      document(`{ validateCoupon(code: ${nest(400, '[', ']')}) { valid } }`),
      400,
      VALIDATION,
      'String cannot represent',
    ],
    [
      'a literal of 200 objects',
      document(
        `mutation { redeemCoupon(input: ${'{a:'.repeat(200)}1${'}'.repeat(200)}) { replayed } }`,
      ),
      400,
      VALIDATION,
      'of required type',
    ],
    [
      'a variable of 8000 lists',
      raw(`{"query":${JSON.stringify(ONE)},"variables":{"code":${nest(8_000, '[', ']')}}}`),
      400,
      INPUT,
      'String cannot represent',
    ],
    [
      'a variable of 4000 objects',
      raw(
        `{"query":${JSON.stringify(ONE)},"variables":{"code":${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}}}`,
      ),
      400,
      INPUT,
      'String cannot represent',
    ],
    [
      'extensions of 8000 lists',
      raw(`{"query":"{ a }","extensions":${nest(8_000, '[', ']')}}`),
      400,
      REQUEST,
      'extensions',
    ],
    ['8000 lists as a body', raw(nest(8_000, '[', ']')), 400, REQUEST, ''],
  ],
}

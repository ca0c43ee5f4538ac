import { gzipSync } from 'node:zlib'
import { type Attacks, document, guesses, ONE, raw, redeems } from './attack.ts'

const PARSE = 'GRAPHQL_PARSE_FAILED'
const VALIDATION = 'GRAPHQL_VALIDATION_FAILED'
const REQUEST = 'BAD_REQUEST'
const MEDIA = 'UNSUPPORTED_MEDIA_TYPE'

/** What can be done with JSON and HTTP. */
export const REQUEST_ATTACKS: Attacks = {
  'JSON tricks': [
    [
      '__proto__ beside the query',
      raw('{"query":"{ __typename }","__proto__":{"admin":true}}'),
      400,
      REQUEST,
      'JSON object',
    ],
    [
      '__proto__ in the variables',
      raw(`{"query":${JSON.stringify(ONE)},"variables":{"__proto__":{"code":"GUESS1000"}}}`),
      400,
      REQUEST,
      'JSON object',
    ],
    [
      'a constructor’s prototype in the variables',
      raw(
        `{"query":${JSON.stringify(ONE)},"variables":{"constructor":{"prototype":{"code":"GUESS1000"}}}}`,
      ),
      400,
      REQUEST,
      'JSON object',
    ],
    [
      'a key twice, of which one is harmless',
      raw(`{"query":"{ __typename }","query":"{ ${guesses(11).replaceAll('"', '\\"')} }"}`),
      400,
      VALIDATION,
      'got 11',
    ],
    [
      'variables that are a list',
      raw(`{"query":"{ __typename }","variables":[1]}`),
      400,
      REQUEST,
      'variables',
    ],
    [
      'variables that are a text',
      raw(`{"query":"{ __typename }","variables":"{}"}`),
      400,
      REQUEST,
      'variables',
    ],
    [
      'a query that is an object',
      raw('{"query":{"a":1}}'),
      400,
      REQUEST,
      'queries must be strings',
    ],
    ['comments', raw('{"query":"{ __typename }" /* */}'), 400, REQUEST, 'JSON object'],
  ],
  'content types, charsets and methods': [
    [
      'a form, which a page can send without being asked',
      raw('query={__typename}', 'application/x-www-form-urlencoded'),
      415,
      MEDIA,
      'application/json',
    ],
    [
      'text/plain, which a page can send too',
      raw('{"query":"{ __typename }"}', 'text/plain'),
      415,
      MEDIA,
      'application/json',
    ],
    [
      'a form with files',
      raw('--x--', 'multipart/form-data; boundary=x'),
      415,
      MEDIA,
      'application/json',
    ],
    [
      'GraphQL as it is',
      raw('{ __typename }', 'application/graphql'),
      415,
      MEDIA,
      'application/json',
    ],
    [
      'JSON after another type',
      raw('{"query":"{ __typename }"}', 'text/plain; application/json'),
      415,
      MEDIA,
      'application/json',
    ],
    [
      'a body in UTF-16',
      {
        headers: { 'content-type': 'application/json; charset=utf-16le' },
        payload: Buffer.from('{"query":"{ __typename }"}', 'utf16le'),
      },
      400,
      REQUEST,
      'JSON object',
    ],
    [
      'a body in UTF-7',
      raw('{"query":"+AHsAIABf-"}', 'application/json; charset=utf-7'),
      400,
      PARSE,
      'Syntax Error',
    ],
    [
      'a compressed body',
      {
        headers: { 'content-encoding': 'gzip' },
        payload: gzipSync(JSON.stringify({ query: ' '.repeat(10_000_000) })),
      },
      400,
      REQUEST,
      'JSON object',
    ],
    [
      'a read by GET',
      { method: 'GET', path: '/graphql?query={__typename}' },
      405,
      'METHOD_NOT_ALLOWED',
      'POST',
    ],
    [
      'a write by GET',
      { method: 'GET', path: `/graphql?query=${encodeURIComponent(`mutation{${redeems(1)}}`)}` },
      405,
      'METHOD_NOT_ALLOWED',
      'POST',
    ],
    [
      'a write by PUT',
      { ...document(`mutation { ${redeems(1)} }`), method: 'PUT' },
      405,
      'METHOD_NOT_ALLOWED',
      'POST',
    ],
    [
      'a GET that a header calls a POST',
      {
        method: 'GET',
        path: '/graphql?query={__typename}',
        headers: { 'x-http-method-override': 'POST' },
      },
      405,
      'METHOD_NOT_ALLOWED',
      'POST',
    ],
  ],
}

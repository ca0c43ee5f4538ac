import { Type } from 'typebox'
import { LANGUAGES } from '../messages/texts.ts'

/** Headers of calls and answers, as components of the OpenAPI document. The calls' own code reads and writes them. */

export const PARAMETERS = {
  IdempotencyKey: {
    name: 'Idempotency-Key',
    description:
      'Names the intended write, such as `order-1001`. The same key with the same request has one effect, and gets the first answer again with `Idempotency-Replayed: true`; with another request it is refused (IDEMPOTENCY_KEY_REUSED). Make one for each intended write, before the first try, and keep it until an answer has come. Kept as long as what it wrote. A rejection is not kept: it is decided anew.',
    schema: Type.String({ pattern: '^("[!#-~]{1,255}"|[!#-~]{1,255})$' }),
  },
  RequiredIdempotencyKey: {
    name: 'Idempotency-Key',
    required: true,
    description:
      'As on every write, but required: the call is refused without it (IDEMPOTENCY_KEY_REQUIRED). The same key with the same request has one effect, and gets the first answer again with `Idempotency-Replayed: true`.',
    schema: Type.String({ pattern: '^("[!#-~]{1,255}"|[!#-~]{1,255})$' }),
  },
  Prefer: {
    name: 'Prefer',
    description:
      '`return=representation` asks for more than the answer of the contract (RFC 7240). The answer says so in `Preference-Applied`.',
    schema: Type.String({ examples: ['return=representation'] }),
  },
  AcceptLanguage: {
    name: 'Accept-Language',
    description:
      'Language of `message`, of `result` of INVALID_INPUT and of `formatDiscCurrency`: `en`, which is the default, or `ko`. The answer names it in `Content-Language`.',
    schema: Type.String({ examples: ['ko-KR,ko;q=0.9,en;q=0.8'] }),
  },
  RequestId: {
    name: 'X-Request-Id',
    description:
      'Comes back with the answer, and is in the logs. 1 to 64 of `A-Z a-z 0-9 . _ -`; anything else is replaced by a new one.',
    schema: Type.String({ examples: ['order-1001-try-2'] }),
  },
} as const satisfies Record<string, OpenApiParameter>

interface OpenApiParameter {
  readonly name: string
  readonly required?: boolean
  readonly description: string
  readonly schema: object
}

/** The component's name of a header that a call reads. */
export type HeaderParameter = keyof typeof PARAMETERS

export const ANSWER_HEADERS = {
  'X-Request-Id': {
    description: 'The id of the call in the logs: the one that was sent, or a new one.',
    schema: Type.String(),
  },
  'Content-Language': {
    description: 'The language of the texts in the answer.',
    schema: Type.String({ enum: [...LANGUAGES] }),
  },
  'RateLimit-Policy': {
    description:
      'The three windows of the key: `"minute";q=120;w=60, …`, `q` calls in `w` seconds. Absent where limits are lifted.',
    schema: Type.String(),
  },
  RateLimit: {
    description:
      'What is left of each: `"minute";r=119;t=42, …`, `r` calls for `t` seconds, after which the window starts anew.',
    schema: Type.String(),
  },
  'X-RateLimit-Limit': {
    description: 'Calls in the window with the fewest calls left.',
    schema: Type.String(),
  },
  'X-RateLimit-Remaining': {
    description: 'Calls left in that window.',
    schema: Type.String(),
  },
  'X-RateLimit-Reset': {
    description: 'Seconds until that window starts anew.',
    schema: Type.String(),
  },
  'Retry-After': {
    description: 'Seconds to wait at least before the next try.',
    required: true,
    schema: Type.String({ pattern: '^[0-9]+$', examples: ['1'] }),
  },
  'WWW-Authenticate': {
    description: 'The scheme that is expected.',
    required: true,
    schema: Type.Literal('APIKey'),
  },
  'Idempotency-Replayed': {
    description: 'This is the first answer again; nothing was done.',
    schema: Type.Literal('true'),
  },
  'Preference-Applied': {
    description: 'The preference that was followed.',
    schema: Type.Literal('return=representation'),
  },
} as const satisfies Record<string, OpenApiHeader>

interface OpenApiHeader {
  readonly description: string
  readonly required?: boolean
  readonly schema: object
}

export type AnswerHeader = keyof typeof ANSWER_HEADERS

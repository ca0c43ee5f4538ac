import { type TSchema, Type } from 'typebox'
import type { InputProblem } from '../api-error.ts'
import { PROFILES } from '../api-profile.ts'
import { failure } from '../envelope.ts'
import { ERROR_SYMBOLS, type ErrorSymbol } from '../error-symbols.ts'
import { TEXTS } from '../messages/texts.ts'

const closed = { additionalProperties: false } as const

/** The envelope of a success. */
export function successEnvelope(result: TSchema): TSchema {
  return Type.Object(
    {
      code: Type.Literal(0, { description: '0 is a success.' }),
      message: Type.String({ description: 'Empty.' }),
      result,
    },
    closed,
  )
}

const inputProblems = Type.Array(
  Type.Object(
    {
      field: Type.String({ description: 'The field, parameter or header; nested ones with dots.' }),
      problem: Type.String({ description: 'What is wrong with it. Secrets are not repeated.' }),
      allowed: Type.String({ description: 'What would be accepted.' }),
    },
    { ...closed, title: 'InputProblem' },
  ),
  { minItems: 1, maxItems: 20 },
)

/**
 * The envelope of an error.
 * @param refusedResult what the call tells beside the error, in place of null
 */
export function errorEnvelope(error: ErrorSymbol, refusedResult?: TSchema): TSchema {
  const { code } = ERROR_SYMBOLS[error]
  const message = TEXTS.en.errors[error]
  const result = error === 'INVALID_INPUT' ? inputProblems : (refusedResult ?? Type.Null())
  return Type.Object(
    {
      code: Type.Literal(code),
      message: Type.String({ description: 'For people; programs go by `error` or `code`.' }),
      result,
      error: Type.Literal(error),
    },
    {
      ...closed,
      description: message,
      // With a title it becomes a component that all calls share.
      ...(refusedResult === undefined ? { title: toTitle(error) } : {}),
    },
  )
}

/** What an error looks like, for the document. */
export function errorExample(error: ErrorSymbol) {
  const problem: InputProblem = {
    field: 'cpnNo',
    problem: ({ problems }) => problems.missing,
    allowed: ({ allowed }) => allowed.couponNumber,
  }
  const details = error === 'INVALID_INPUT' ? { problems: [problem] } : {}
  return failure({ profile: PROFILES.native, language: 'en' }, error, details).body
}

/** The component's name of an error: `NotFound`. */
export function toTitle(symbol: string): string {
  return symbol
    .toLowerCase()
    .replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

import type { ErrorDetails } from './envelope.ts'
import type { ErrorSymbol } from './error-symbols.ts'

/** Ends a call with an error of the contract, from wherever it is noticed. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly symbol: ErrorSymbol
  readonly details: ErrorDetails

  constructor(symbol: ErrorSymbol, details: ErrorDetails = {}) {
    super(symbol)
    this.symbol = symbol
    this.details = details
  }
}

/** One thing wrong with an input, as `result` of INVALID_INPUT lists it. */
export interface InputProblem {
  readonly field: string
  readonly problem: string
  readonly allowed: string
}

/** An answer must not grow with the input. Who has mended so many problems can ask again. */
const MAX_PROBLEMS = 20
/** The message is for people, and repeats what `result` has. */
const MAX_PROBLEMS_IN_MESSAGE = 3

export function invalidInput(problems: readonly InputProblem[]): ApiError {
  const sentences = problems
    .slice(0, MAX_PROBLEMS_IN_MESSAGE)
    .map(({ field, problem, allowed }) => `\`${field}\` ${problem}; allowed: ${allowed}.`)
  const unnamed = problems.length - sentences.length
  if (unnamed > 0) sentences.push(`And ${unnamed} more; \`result\` lists up to ${MAX_PROBLEMS}.`)
  return new ApiError('INVALID_INPUT', {
    result: problems.slice(0, MAX_PROBLEMS),
    message: sentences.join(' '),
  })
}

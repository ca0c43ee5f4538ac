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

export function invalidInput(problems: readonly InputProblem[]): ApiError {
  const message = problems
    .map(({ field, problem, allowed }) => `\`${field}\` ${problem}; allowed: ${allowed}.`)
    .join(' ')
  return new ApiError('INVALID_INPUT', { result: problems, message })
}
